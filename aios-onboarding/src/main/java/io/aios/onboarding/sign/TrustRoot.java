package io.aios.onboarding.sign;

import io.aios.onboarding.pack.PackageContent;
import io.aios.onboarding.pack.PlainText;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.trace.json.Digest;
import java.security.PublicKey;
import java.time.DateTimeException;
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
     * The golden result in a bundle, wherever it came from.
     *
     * @throws SignatureException when it is about another package, other suites or none, or by no key trusted for it
     */
    public GoldenResult golden(byte[] bundle, PackageContent content, Instant now) {
        Verified result = verified(bundle, content.hash(), Predicate.TEST_RESULT, now);
        if (GoldenSuites.of(content).isEmpty()) {
            throw new SignatureException("package " + content.hash().hex() + " contains no golden suite");
        }
        if (!GoldenSuites.of(content).equals(result.says().get("configuration"))) {
            throw new SignatureException(
                    "a golden result of package " + content.hash().hex() + " is about other golden suites");
        }
        return new GoldenResult(result.identity(), "PASSED".equals(result.says().get("result")));
    }

    /**
     * The golden results in a package's files. Files can be deleted: that none here failed proves nothing.
     *
     * @throws SignatureException when one is about other suites
     */
    public List<GoldenResult> goldenResults(VerifiedPackage content, Instant now) {
        List<GoldenResult> results = new ArrayList<>();
        for (String path : content.attestations()) {
            byte[] bundle = content.attestation(path);
            if (says(path, bundle, content, Predicate.TEST_RESULT, now) != null) {
                results.add(golden(bundle, content, now));
            }
        }
        return results;
    }

    /**
     * The pointer in a bundle, expired or not.
     *
     * @throws SignatureException when it points at another package, or by no key trusted for it
     */
    public Release release(byte[] bundle, Digest packageHash, Instant now) {
        Verified pointer = verified(bundle, packageHash, Predicate.RELEASE, now);
        if (pointer.says().get("channel") instanceof String channel
                && pointer.says().get("serial") instanceof Long serial
                && pointer.says().get("expires_at") instanceof String expires) {
            try {
                return new Release(pointer.identity(), channel, serial, packageHash, Instant.parse(expires));
            } catch (DateTimeException e) {
                throw new SignatureException("the release names no time it ends at", e);
            }
        }
        throw new SignatureException("the release names no channel, serial or end");
    }

    /**
     * Verifies one bundle, wherever it came from.
     *
     * @return the identity that signed it
     * @throws SignatureException when it is malformed, about another package or another purpose, or by no trusted key
     */
    public String verify(byte[] bundle, VerifiedPackage content, Predicate predicate, Instant now) {
        return verified(bundle, content.hash(), predicate, now).identity();
    }

    private record Verified(String identity, Map<?, ?> says) {}

    private List<Verified> verified(VerifiedPackage content, Predicate predicate, Instant now) {
        List<Verified> verified = new ArrayList<>();
        for (String path : content.attestations()) {
            Verified one = says(path, content.attestation(path), content, predicate, now);
            if (one != null) {
                verified.add(one);
            }
        }
        return verified;
    }

    /** Null when it does not count: one of another purpose, package or key proves nothing here and harms nothing. */
    private @Nullable Verified says(
            String path, byte[] bundle, PackageContent content, Predicate predicate, Instant now) {
        try {
            return verified(bundle, content.hash(), predicate, now);
        } catch (SignatureException e) {
            LOG.debug("attestation {} does not count: {}", path, e.getMessage());
            return null;
        }
    }

    private Verified verified(byte[] bundle, Digest packageHash, Predicate predicate, Instant now) {
        Dsse envelope = Dsse.parse(bundle);
        byte[] message = Dsse.pae(envelope.payload());
        for (TrustedKey trusted : keys) {
            if (trusted.purposes().contains(predicate)
                    && trusted.countsAt(now)
                    && Keys.verify(trusted.key(), message, envelope.signature())) {
                return new Verified(trusted.identity(), Statement.require(envelope.payload(), packageHash, predicate));
            }
        }
        throw new SignatureException("no key that is trusted for " + predicate.type() + " made this signature");
    }
}
