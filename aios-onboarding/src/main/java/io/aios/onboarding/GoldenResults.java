package io.aios.onboarding;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.onboarding.approval.WallReader;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.GoldenResult;
import io.aios.onboarding.sign.SignatureException;
import io.aios.onboarding.sign.TrustRoot;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * What golden suites said about packages, on the audit wall: a failed result stays there whatever becomes of the files of
 * a package, and running again until it passes does not help. Safe for any number of threads.
 */
public final class GoldenResults {
    private static final String TYPE = "golden.result";
    private static final String PASSED = "passed";
    private static final String FAILED = "failed";
    private static final String BUNDLE = "bundle";

    private final TrustRoot trust;
    private final AuditLog writer;
    private final WallReader reader;
    private final Clock clock;

    /** Results on a wall, by keys trusted for {@link io.aios.onboarding.sign.Predicate#TEST_RESULT}. */
    public GoldenResults(TrustRoot trust, AuditLog writer, AuditReader reader, Clock clock) {
        this.trust = trust;
        this.writer = writer;
        this.reader = WallReader.of(reader, TYPE);
        this.clock = clock;
    }

    /**
     * Records a result, passed or failed.
     *
     * @param bundle the signed result, as {@link io.aios.onboarding.sign.PackageSigner#testResult} makes it
     * @param actor who hands it in, a pseudonym {@code [A-Za-z0-9._:-]{1,128}}
     * @throws SignatureException when it is about another package or other suites, or by no trusted key
     * @throws io.aios.audit.AuditException when the wall does not take it
     */
    public AuditReceipt submit(VerifiedPackage content, byte[] bundle, String actor) {
        GoldenResult result = trust.golden(bundle, content, clock.instant());
        AuditReceipt receipt = writer.tenant(content.manifest().orgId())
                .append(AuditEvent.of(TYPE)
                        .actor(actor)
                        .subject("golden")
                        .outcome(result.passed() ? PASSED : FAILED)
                        .packageHash(content.hash())
                        .payload(Map.of(BUNDLE, new String(bundle, StandardCharsets.UTF_8)))
                        .build());
        reader.appended(receipt);
        return receipt;
    }

    /**
     * Requires that a result for exactly this package is on the wall and passed, its key still trusted, and that none
     * failed: neither on the wall nor among the package's files.
     *
     * @throws SignatureException naming what is missing
     * @throws io.aios.audit.AuditException when the wall cannot be trusted
     */
    public void requirePassed(VerifiedPackage content) {
        String which = "package " + content.hash().hex();
        if (trust.goldenResults(content, clock.instant()).stream().anyMatch(result -> !result.passed())) {
            throw new SignatureException("a golden result of " + which + " is FAILED");
        }
        List<AuditEntry> entries = reader.entries(
                content.manifest().orgId(),
                entry -> entry.type().equals(TYPE)
                        && entry.packageHash().filter(content.hash()::equals).isPresent());
        boolean passed = false;
        for (AuditEntry entry : entries) {
            if (!entry.outcome().equals(PASSED)) {
                throw new SignatureException("a golden result of " + which + " is FAILED (audit entry " + entry.seq()
                        + "); build another package");
            }
            passed |= stillPasses(entry, content);
        }
        if (!passed) {
            throw new SignatureException(which + " has no golden result by a trusted key on the audit wall");
        }
    }

    /** What passed must be proved again; an erased result, or one whose key lost its trust, proves nothing. */
    private boolean stillPasses(AuditEntry entry, VerifiedPackage content) {
        if (entry.payload() instanceof AuditPayload.Present present
                && present.json() instanceof Map<?, ?> payload
                && payload.get(BUNDLE) instanceof String bundle) {
            try {
                return trust.golden(bundle.getBytes(StandardCharsets.UTF_8), content, clock.instant())
                        .passed();
            } catch (SignatureException e) {
                return false;
            }
        }
        return false;
    }
}
