package io.aios.onboarding.sign;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;

/** The two algorithms: Ed25519 (RFC 8032), and RSASSA-PSS with SHA-256 and 32 bytes of salt (RFC 8017). */
final class Keys {
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC);

    private static final BigInteger FIELD = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    /** The y of two of the four points of order eight; that of the others is its negative. */
    private static final BigInteger ORDER_EIGHT =
            new BigInteger("5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16);

    private Keys() {}

    static PublicKey require(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            requirePss(key);
            requireSize(rsa);
            if (rsa.getPublicExponent().compareTo(BigInteger.valueOf(65537)) < 0
                    || !rsa.getPublicExponent().testBit(0)) {
                throw new SignatureException("an RSA key with a public exponent below 65537 is refused");
            }
            return key;
        }
        if (key instanceof EdECPublicKey edwards
                && NamedParameterSpec.ED25519
                        .getName()
                        .equals(edwards.getParams().getName())) {
            requireLargeOrder(edwards);
            return key;
        }
        throw new SignatureException(
                "a key of algorithm " + key.getAlgorithm() + " is refused; use Ed25519 or RSASSA-PSS");
    }

    private static void requirePss(Key key) {
        if (!key.getAlgorithm().equals("RSASSA-PSS")) {
            throw new SignatureException("an RSA key must carry the RSASSA-PSS identifier (OID 1.2.840.113549.1.1.10);"
                    + " generate it as RSASSA-PSS");
        }
    }

    private static void requireSize(RSAKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new SignatureException("an RSA key of " + bits + " bits is refused; use 2048 to 8192, better 3072");
        }
    }

    /** Under a key of small order one signature fits nearly any message. */
    private static void requireLargeOrder(EdECPublicKey key) {
        BigInteger y = key.getPoint().getY().mod(FIELD);
        if (y.compareTo(BigInteger.ONE) <= 0
                || y.equals(FIELD.subtract(BigInteger.ONE))
                || y.equals(ORDER_EIGHT)
                || y.equals(FIELD.subtract(ORDER_EIGHT))) {
            throw new SignatureException("an Ed25519 key of small order is refused");
        }
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = signature(key);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new SignatureException("signing failed: " + e.getMessage(), e);
        }
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signed) {
        try {
            Signature signature = signature(key);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (java.security.SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new SignatureException("verifying failed: " + e.getMessage(), e);
        }
    }

    private static Signature signature(Key key) throws GeneralSecurityException {
        switch (key.getAlgorithm()) {
            case "EdDSA", "Ed25519" -> {
                return Signature.getInstance("Ed25519");
            }
            case "RSASSA-PSS" -> {
                Signature signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(PSS);
                return signature;
            }
            default -> throw new InvalidKeyException("algorithm " + key.getAlgorithm());
        }
    }
}
