package io.aios.trace.json;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A SHA-256 value, printed as 64 lower-case hex digits and compared in constant time. */
public final class Digest {
    private static final int LENGTH = 32;
    private static final HexFormat HEX = HexFormat.of();
    private static final MessageDigest PROTOTYPE = lookUp();

    private final byte[] value;

    private Digest(byte[] value) {
        this.value = value;
    }

    /** SHA-256 of the parts, one after the other. */
    public static Digest sha256(byte[]... parts) {
        MessageDigest sha = newSha256();
        for (byte[] part : parts) {
            sha.update(part);
        }
        return new Digest(sha.digest());
    }

    /**
     * A digest from its 32 bytes.
     *
     * @throws IllegalArgumentException if there are not 32 of them
     */
    public static Digest of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
        }
        return new Digest(bytes.clone());
    }

    /** A digest of 32 bytes that nobody else holds. */
    static Digest taking(byte[] bytes) {
        return new Digest(bytes);
    }

    /**
     * Reads exactly 64 lower-case hex digits; no spaces, no capitals, no prefix.
     *
     * @throws IllegalArgumentException for anything else
     */
    @JsonCreator
    public static Digest parse(String hex) {
        if (hex.length() != 2 * LENGTH) {
            throw new IllegalArgumentException(
                    "a SHA-256 digest is 64 lower-case hex digits, not " + hex.length() + " characters");
        }
        byte[] value = new byte[LENGTH];
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                throw new IllegalArgumentException(
                        "a SHA-256 digest is 64 lower-case hex digits; character " + i + " is not one");
            }
            value[i / 2] = (byte) (value[i / 2] << 4 | digit);
        }
        return new Digest(value);
    }

    /** The 64 lower-case hex digits. */
    @JsonValue
    public String hex() {
        return HEX.formatHex(value);
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return value.clone();
    }

    /** Compares in a time that does not depend on where two digests differ. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Digest that && MessageDigest.isEqual(value, that.value));
    }

    @Override
    public int hashCode() {
        return ByteBuffer.wrap(value).getInt();
    }

    @Override
    public String toString() {
        return hex();
    }

    /** Cloning a prototype spares the provider look-up of every call. */
    static MessageDigest newSha256() {
        try {
            return (MessageDigest) PROTOTYPE.clone();
        } catch (CloneNotSupportedException e) {
            return lookUp();
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
