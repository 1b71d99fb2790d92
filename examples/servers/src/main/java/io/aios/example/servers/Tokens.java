package io.aios.example.servers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Bearer tokens signed with HMAC-SHA-256 under a key of this process; the place of a host's identity provider. */
public final class Tokens {
    private static final String SCHEME = "Bearer ";

    private final SecretKeySpec key;
    private final Clock clock;

    /** Tokens under a new random key. */
    public Tokens(Clock clock) {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        this.clock = clock;
    }

    /**
     * Who signed in.
     *
     * @param user the person
     * @param orgs the tenants this person may work for
     */
    public record Claims(String user, List<String> orgs) {}

    /** The value of an {@code Authorization} header for a person who works for these tenants. */
    public String issue(String user, Duration validFor, String... orgs) {
        String claims = base64(CanonicalJson.bytes(Map.of(
                "user",
                user,
                "orgs",
                List.of(orgs),
                "exp",
                clock.instant().plus(validFor).getEpochSecond())));
        return SCHEME + claims + "." + base64(mac(claims));
    }

    /**
     * The claims of the one {@code Authorization} header there is.
     *
     * @return nothing if there is none, or several, or one that is forged or expired
     */
    public Optional<Claims> verify(List<String> authorization) {
        if (authorization.size() != 1 || !authorization.get(0).startsWith(SCHEME)) {
            return Optional.empty();
        }
        String[] parts = authorization.get(0).substring(SCHEME.length()).split("\\.", -1);
        try {
            if (parts.length != 2
                    || !MessageDigest.isEqual(Base64.getUrlDecoder().decode(parts[1]), mac(parts[0]))) {
                return Optional.empty();
            }
            return claims(CanonicalJson.parse(Base64.getUrlDecoder().decode(parts[0])));
        } catch (IllegalArgumentException | InvalidJsonException forged) {
            return Optional.empty();
        }
    }

    private Optional<Claims> claims(@Nullable Object json) {
        if (json instanceof Map<?, ?> claims
                && claims.get("user") instanceof String user
                && claims.get("orgs") instanceof List<?> orgs
                && claims.get("exp") instanceof Long expiry
                && clock.instant().getEpochSecond() < expiry) {
            return Optional.of(
                    new Claims(user, orgs.stream().map(String::valueOf).toList()));
        }
        return Optional.empty();
    }

    private byte[] mac(String claims) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(claims.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC with SHA-256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return new String(Base64.getUrlEncoder().withoutPadding().encode(bytes), US_ASCII);
    }
}
