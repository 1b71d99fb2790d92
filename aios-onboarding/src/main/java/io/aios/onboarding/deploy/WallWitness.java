package io.aios.onboarding.deploy;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.onboarding.approval.WallReader;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A witness on the audit wall: type {@code deployment.<event>}, subject {@code <lineage>:<count>:<head>}. */
public final class WallWitness implements DeploymentWitness {
    private static final String TYPE = "deployment.";

    private final AuditLog writer;
    private final WallReader reader;

    /** A witness that appends as the writer role and reads as the reader role. */
    public WallWitness(AuditLog writer, AuditReader reader) {
        this(writer, WallReader.of(reader, TYPE));
    }

    private WallWitness(AuditLog writer, WallReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /** The same, also held to what is known of the wall from outside, such as checkpoints kept elsewhere. */
    public WallWitness heldTo(Function<OrgId, Held> known) {
        return new WallWitness(writer, reader.heldTo(known));
    }

    @Override
    public void see(OrgId org, TargetIdentity target, String event, String holder, Digest packageHash, Seen seen) {
        try {
            reader.appended(writer.tenant(org)
                    .append(AuditEvent.of(TYPE + event)
                            .actor(holder)
                            .subject(target.lineage() + ":" + seen.count() + ":"
                                    + seen.head().hex())
                            .outcome(event)
                            .packageHash(packageHash)
                            .build()));
        } catch (AuditException e) {
            throw new DeploymentException(
                    DeploymentException.Reason.LOG, "the audit wall did not take the deployment: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Seen> last(OrgId org, TargetIdentity target) {
        List<AuditEntry> entries;
        try {
            entries = reader.entries(
                    org,
                    entry -> entry.type().startsWith(TYPE) && entry.subject().startsWith(target.lineage() + ":"));
        } catch (AuditException e) {
            throw new DeploymentException(
                    DeploymentException.Reason.LOG, "the audit wall cannot be trusted: " + e.getMessage(), e);
        }
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(seen(entries.get(entries.size() - 1).subject()));
    }

    private static Seen seen(String subject) {
        String[] parts = subject.split(":", -1);
        return new Seen(Long.parseLong(parts[1]), Digest.parse(parts[2]));
    }
}
