package io.aios.onboarding.sign;

import io.aios.onboarding.pack.PlainText;
import io.aios.onboarding.pack.VerifiedPackage;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose keys count for what, held by the host outside every package. Immutable.
 *
 * <p>A key id or hint in a bundle is never looked at: every trusted key is tried. Signatures count by identity, so that
 * two keys or two signatures of one identity count once.
 */
public final class TrustRoot {
    private static final Logger LOG = LoggerFactory.getLogger(TrustRoot.class);

    private final List<TrustedKey> keys;

    /**
     * A key and whom it belongs to.
     *
     * @param identity who holds it
     * @param key Ed25519, or RSA with the RSASSA-PSS identifier
     * @param purposes what its signatures may say
     * @param notBefore from when on it counts
     * @param notAfter until when it counts; it has ended at exactly that time
     * @param revokedAt from when on none of its signatures counts any more, or null
     */
    public record TrustedKey(
            String identity,
            PublicKey key,
            Set<Predicate> purposes,
            Instant notBefore,
            Instant notAfter,
            @Nullable Instant revokedAt) {
        /** Checks the key. */
        public TrustedKey {
            PlainText.require("identity", identity, 200);
            key = Keys.require(key);
            purposes = Set.copyOf(purposes);
        }

        boolean countsAt(Instant now) {
            return !now.isBefore(notBefore) && now.isBefore(notAfter) && (revokedAt == null || now.isBefore(revokedAt));
        }
    }

    private TrustRoot(List<TrustedKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** A root of these keys. */
    public static TrustRoot of(TrustedKey... keys) {
        return new TrustRoot(List.of(keys));
    }

    /**
     * The identities that sign a package as a whole now.
     *
     * @param threshold how many there must be at least, at least 1
     * @throws SignatureException when there are fewer; a package without attestations has none
     */
    public Set<String> requireSigned(VerifiedPackage content, int threshold, Instant now) {
        if (threshold < 1) {
            throw new SignatureException("a threshold below 1 requires nothing");
        }
        Set<String> identities = new TreeSet<>();
        for (Verified verified : verified(content, Predicate.PACKAGE, now)) {
            identities.add(verified.identity());
        }
        if (identities.size() < threshold) {
            throw new SignatureException("package " + content.hash().hex() + " is signed by " + identities.size()
                    + " trusted identities; " + threshold + " must");
        }
        return identities;
    }

    /**
     * The SLSA provenance of a package, JSON-shaped, by a key trusted for it.
     *
     * @throws SignatureException when there is none
     */
    public Map<?, ?> requireProvenance(VerifiedPackage content, Instant now) {
        return verified(content, Predicate.PROVENANCE, now).stream()
                .findFirst()
                .map(Verified::says)
                .orElseThrow(() -> new SignatureException(
                        "package " + content.hash().hex() + " has no provenance by a trusted key"));
    }

    /**
     * Requires that the golden suites in exactly this package were run and passed, and that no trusted result says they
     * failed: running again until they pass does not help.
     *
     * @throws SignatureException naming what is missing
     */
    public void requireGoldenPassed(VerifiedPackage content, Instant now) {
        List<Verified> results = verified(content, Predicate.TEST_RESULT, now);
        if (GoldenSuites.of(content).isEmpty()) {
            throw new SignatureException("package " + content.hash().hex() + " contains no golden suite");
        }
        if (results.isEmpty()) {
            throw new SignatureException("package " + content.hash().hex() + " has no golden result by a trusted key");
        }
        for (Verified result : results) {
            if (!"PASSED".equals(result.says().get("result"))) {
                throw new SignatureException(
                        "a golden result of package " + content.hash().hex() + " is FAILED");
            }
            if (!GoldenSuites.of(content).equals(result.says().get("configuration"))) {
                throw new SignatureException(
                        "a golden result of package " + content.hash().hex() + " is about other golden suites");
            }
        }
    }

    /**
     * Verifies one bundle, wherever it came from.
     *
     * @return the identity that signed it
     * @throws SignatureException when it is malformed, about another package or another purpose, or by no trusted key
     */
    public String verify(byte[] bundle, VerifiedPackage content, Predicate predicate, Instant now) {
        return verified(bundle, content, predicate, now).identity();
    }

    private record Verified(String identity, Map<?, ?> says) {}

    private List<Verified> verified(VerifiedPackage content, Predicate predicate, Instant now) {
        List<Verified> verified = new ArrayList<>();
        for (String path : content.attestations()) {
            try {
                verified.add(verified(content.attestation(path), content, predicate, now));
            } catch (SignatureException e) {
                // An attestation of another purpose, package or key proves nothing here and harms nothing.
                LOG.debug("attestation {} does not count: {}", path, e.getMessage());
            }
        }
        return verified;
    }

    private Verified verified(byte[] bundle, VerifiedPackage content, Predicate predicate, Instant now) {
        Dsse envelope = Dsse.parse(bundle);
        byte[] message = Dsse.pae(envelope.payload());
        for (TrustedKey trusted : keys) {
            if (trusted.purposes().contains(predicate)
                    && trusted.countsAt(now)
                    && Keys.verify(trusted.key(), message, envelope.signature())) {
                return new Verified(trusted.identity(), Statement.require(envelope.payload(), content, predicate));
            }
        }
        throw new SignatureException("no key that is trusted for " + predicate.type() + " made this signature");
    }
}
