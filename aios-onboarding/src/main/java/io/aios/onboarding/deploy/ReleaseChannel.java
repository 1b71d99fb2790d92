package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.REFUSED;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.onboarding.approval.WallReader;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.Release;
import io.aios.onboarding.sign.SignatureException;
import io.aios.onboarding.sign.TrustRoot;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which package an organisation should run: signed pointers with a serial and an end, published on the audit wall. An old
 * package that is served again is not the one pointed at, an old pointer has a lower serial, and one that is never renewed
 * ends. Safe for any number of threads.
 *
 * <p>A pointer whose key is no longer trusted does not count, neither as the newest nor as a serial to stay above; so a
 * stolen key that pointed far ahead does no lasting harm once it is revoked.
 */
public final class ReleaseChannel {
    private static final String TYPE = "release.published";
    private static final String BUNDLE = "bundle";

    private final String name;
    private final TrustRoot trust;
    private final AuditLog writer;
    private final WallReader reader;
    private final Clock clock;

    /**
     * A channel.
     *
     * @param name for example {@code production}
     * @param trust keys that count for {@link io.aios.onboarding.sign.Predicate#RELEASE}
     */
    public ReleaseChannel(String name, TrustRoot trust, AuditLog writer, AuditReader reader, Clock clock) {
        this.name = name;
        this.trust = trust;
        this.writer = writer;
        this.reader = WallReader.of(reader, TYPE);
        this.clock = clock;
    }

    /** The newest pointer; no release when it was erased, which no older one may stand in for. */
    private record Newest(long serial, @Nullable Release release) {}

    /**
     * Publishes a pointer.
     *
     * @param bundle as {@link io.aios.onboarding.sign.PackageSigner#release} makes it
     * @param actor who publishes it, a pseudonym {@code [A-Za-z0-9._:-]{1,128}}
     * @throws SignatureException when no trusted key made it, or it points at another package
     * @throws DeploymentException when it is of another channel, has ended, or its serial is not above the newest
     */
    public AuditReceipt publish(VerifiedPackage content, byte[] bundle, String actor) {
        OrgId org = content.manifest().orgId();
        Release release = trust.release(bundle, content.hash(), clock.instant());
        requireCurrent(release);
        long floor = newest(org).map(Newest::serial).orElse(0L);
        if (!release.channel().equals(name) || release.serial() <= floor) {
            throw new DeploymentException(
                    REFUSED,
                    "the release is number " + release.serial() + " of channel " + release.channel() + "; channel "
                            + name + " needs one above " + floor);
        }
        try {
            AuditReceipt receipt = writer.tenant(org)
                    .append(AuditEvent.of(TYPE)
                            .actor(actor)
                            .subject(name + ":" + release.serial())
                            .outcome("published")
                            .packageHash(content.hash())
                            .payload(Map.of(BUNDLE, new String(bundle, StandardCharsets.UTF_8)))
                            .build());
            reader.appended(receipt);
            return receipt;
        } catch (AuditException e) {
            throw new DeploymentException(REFUSED, "the audit wall did not take the release: " + e.getMessage(), e);
        }
    }

    /**
     * Requires that the newest pointer names exactly this package and has not ended.
     *
     * @throws DeploymentException with reason REFUSED when not
     */
    public Release require(VerifiedPackage content) {
        Release release = newest(content.manifest().orgId())
                .map(Newest::release)
                .orElseThrow(() -> new DeploymentException(
                        REFUSED, "channel " + name + " points at no package that can be proved"));
        if (!release.packageHash().equals(content.hash())) {
            throw new DeploymentException(
                    REFUSED,
                    "channel " + name + " points at package "
                            + release.packageHash().hex() + " (number " + release.serial() + "), not at "
                            + content.hash().hex());
        }
        requireCurrent(release);
        return release;
    }

    private void requireCurrent(Release release) {
        if (!clock.instant().isBefore(release.expiresAt())) {
            throw new DeploymentException(
                    REFUSED,
                    "release " + release.serial() + " of channel " + release.channel() + " ended at "
                            + release.expiresAt() + "; publish a new one");
        }
    }

    private Optional<Newest> newest(OrgId org) {
        List<AuditEntry> entries;
        try {
            entries = reader.entries(
                    org, entry -> entry.type().equals(TYPE) && entry.subject().startsWith(name + ":"));
        } catch (AuditException e) {
            throw new DeploymentException(REFUSED, "the audit wall cannot be trusted: " + e.getMessage(), e);
        }
        Newest newest = null;
        for (AuditEntry entry : entries) {
            Newest next = read(entry);
            if (next != null && (newest == null || next.serial() > newest.serial())) {
                newest = next;
            }
        }
        return Optional.ofNullable(newest);
    }

    /** Null when the pointer does not count. */
    private @Nullable Newest read(AuditEntry entry) {
        Digest packageHash = entry.packageHash().orElse(null);
        if (packageHash != null
                && entry.payload() instanceof AuditPayload.Present present
                && present.json() instanceof Map<?, ?> payload
                && payload.get(BUNDLE) instanceof String bundle) {
            try {
                Release release = trust.release(bundle.getBytes(StandardCharsets.UTF_8), packageHash, clock.instant());
                boolean same = entry.subject().equals(release.channel() + ":" + release.serial());
                return same ? new Newest(release.serial(), release) : null;
            } catch (SignatureException e) {
                return null;
            }
        }
        return new Newest(Long.parseLong(entry.subject().substring(name.length() + 1)), null);
    }
}
