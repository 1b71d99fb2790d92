package io.aios.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns ids into pseudonyms under a tenant's key: equal ids stay equal, and nobody without the key can test a guess.
 * Destroying the key makes every pseudonym anonymous. Safe for use by several threads.
 */
public final class Pseudonyms {
    private static final int MIN_KEY = 32;
    private static final int SHOWN = 16;

    private final SecretKeySpec key;

    private Pseudonyms(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** With a tenant's key of at least 32 random bytes. */
    public static Pseudonyms of(byte[] tenantKey) {
        if (tenantKey.length < MIN_KEY) {
            throw new IllegalArgumentException(
                    "a pseudonym key needs at least " + MIN_KEY + " bytes, not " + tenantKey.length);
        }
        return new Pseudonyms(tenantKey);
    }

    /**
     * The pseudonym of an id, {@code kind:} and 32 hex digits of HMAC-SHA-256.
     *
     * @param kind what the id names, {@code [a-z0-9._-]{1,64}}
     */
    public String of(String kind, String id) {
        Tokens.word("kind", kind);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((kind + "\n").getBytes(UTF_8));
            byte[] hash = mac.doFinal(id.getBytes(UTF_8));
            return kind + ":" + HexFormat.of().formatHex(hash, 0, SHOWN);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC with SHA-256", e);
        }
    }
}
