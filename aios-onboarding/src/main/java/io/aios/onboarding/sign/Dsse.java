package io.aios.onboarding.sign;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A DSSE envelope with one signature in a Sigstore bundle; what is signed are the payload's bytes, never its text. */
final class Dsse {
    static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private final byte[] payload;
    private final byte[] signature;

    Dsse(byte[] payload, byte[] signature) {
        this.payload = payload;
        this.signature = signature;
    }

    byte[] payload() {
        return payload.clone();
    }

    byte[] signature() {
        return signature.clone();
    }

    /** The pre-authentication encoding; lengths count bytes. */
    static byte[] pae(byte[] payload) {
        byte[] type = PAYLOAD_TYPE.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    byte[] bundle(String hint) {
        Base64.Encoder base64 = Base64.getEncoder();
        return CanonicalJson.bytes(Map.of(
                "mediaType",
                MEDIA_TYPE,
                "verificationMaterial",
                Map.of("publicKey", Map.of("hint", hint)),
                "dsseEnvelope",
                Map.of(
                        "payload",
                        base64.encodeToString(payload),
                        "payloadType",
                        PAYLOAD_TYPE,
                        "signatures",
                        List.of(Map.of("sig", base64.encodeToString(signature), "keyid", hint)))));
    }

    /** Reads a bundle strictly; the hint and key id prove nothing and are not used. */
    static Dsse parse(byte[] bundle) {
        Object json;
        try {
            json = CanonicalJson.parse(bundle);
        } catch (InvalidJsonException e) {
            throw new SignatureException("the bundle is not JSON: " + e.getMessage(), e);
        }
        Map<?, ?> top = object(json, "bundle", Set.of("mediaType", "verificationMaterial", "dsseEnvelope"));
        if (!MEDIA_TYPE.equals(top.get("mediaType"))) {
            throw new SignatureException("the bundle has another media type than " + MEDIA_TYPE);
        }
        Map<?, ?> material = object(top.get("verificationMaterial"), "verification material", Set.of("publicKey"));
        Map<?, ?> key = object(material.get("publicKey"), "public key", Set.of("hint"));
        Map<?, ?> envelope =
                object(top.get("dsseEnvelope"), "envelope", Set.of("payload", "payloadType", "signatures"));
        if (!PAYLOAD_TYPE.equals(envelope.get("payloadType"))) {
            throw new SignatureException("the envelope has another payload type than " + PAYLOAD_TYPE);
        }
        if (!(envelope.get("signatures") instanceof List<?> signatures) || signatures.size() != 1) {
            throw new SignatureException("the envelope has not exactly one signature");
        }
        Map<?, ?> signature = object(signatures.get(0), "signature", Set.of("sig", "keyid"));
        if (signature.get("keyid") instanceof String id && !id.isEmpty() && !id.equals(key.get("hint"))) {
            throw new SignatureException("the key id and the key hint differ");
        }
        return new Dsse(bytes(envelope.get("payload"), "payload"), bytes(signature.get("sig"), "signature"));
    }

    private static Map<?, ?> object(@Nullable Object value, String what, Set<String> fields) {
        if (value instanceof Map<?, ?> map && fields.containsAll(map.keySet())) {
            return map;
        }
        throw new SignatureException("the " + what + " is not an object of "
                + fields.stream().sorted().toList());
    }

    /** Standard or URL-safe base64 (DSSE allows both) in its one canonical spelling. */
    private static byte[] bytes(@Nullable Object value, String what) {
        if (value instanceof String text) {
            for (Base64.Decoder decoder : List.of(Base64.getDecoder(), Base64.getUrlDecoder())) {
                byte[] bytes = decoded(decoder, text);
                if (bytes != null) {
                    return bytes;
                }
            }
        }
        throw new SignatureException("the " + what + " is not base64");
    }

    private static byte @Nullable [] decoded(Base64.Decoder decoder, String text) {
        try {
            byte[] bytes = decoder.decode(text);
            boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(text)
                    || Base64.getUrlEncoder().encodeToString(bytes).equals(text);
            return canonical ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
