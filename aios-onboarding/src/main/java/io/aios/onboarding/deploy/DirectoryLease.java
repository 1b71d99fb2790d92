package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.DRIFT;
import static io.aios.onboarding.deploy.DeploymentException.Reason.LEASE;
import static io.aios.onboarding.deploy.DeploymentException.Reason.LOG;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes a directory target; before each change it looks whether it still holds the highest token. */
final class DirectoryLease implements Lease {
    private final DirectoryTarget target;
    private final OrgId org;
    private final long token;
    private final Duration ttl;

    DirectoryLease(DirectoryTarget target, OrgId org, long token, Duration ttl) {
        this.target = target;
        this.org = org;
        this.token = token;
        this.ttl = ttl;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public TargetState state() {
        return target.exclusively(org, () -> {
            held();
            return target.files(org).state();
        });
    }

    @Override
    public void append(LogEntry line) {
        target.exclusively(org, () -> {
            write(held(), line);
            return true;
        });
    }

    @Override
    public boolean apply(Step step, byte @Nullable [] content, LogEntry done) {
        return target.exclusively(org, () -> {
            Anchor anchor = held();
            Digest now = target.read(org, step.key()).map(Digest::sha256).orElse(null);
            boolean changes = !Objects.equals(now, step.after());
            if (changes) {
                if (!Objects.equals(now, step.before())) {
                    throw new DeploymentException(
                            DRIFT,
                            step.key() + " on the target is neither as planned before nor after this step; nothing was"
                                    + " overwritten: abandon the run and plan again");
                }
                change(step, content);
            }
            write(anchor, done);
            return changes;
        });
    }

    private void change(Step step, byte @Nullable [] content) throws IOException {
        Path file = target.resource(org, step.key());
        if (content == null) {
            target.disk().delete(file);
            return;
        }
        Path state = target.files(org).stateFolder();
        Path parent = Objects.requireNonNull(file.getParent());
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(state.toRealPath())) {
            throw new DeploymentException(DRIFT, "a folder of " + step.key() + " on the target leads elsewhere");
        }
        target.disk().place(target.files(org).scratch(), file, content);
    }

    private void write(Anchor anchor, LogEntry line) throws IOException {
        if (line.seq() != anchor.count() || !line.prev().equals(anchor.head())) {
            throw new DeploymentException(LOG, "the line does not follow the log's head");
        }
        OrgFiles files = target.files(org);
        Instant until = target.clock().instant().plus(ttl);
        Anchor announced = anchor.announcing(line.digest(), until);
        target.disk().replace(files.leaseFile(), announced.bytes());
        target.disk().append(files.logFile(), (line.line() + "\n").getBytes(StandardCharsets.UTF_8));
        target.disk()
                .replace(files.leaseFile(), announced.advanced(line.digest()).bytes());
    }

    @CanIgnoreReturnValue
    private Anchor held() throws IOException {
        Anchor anchor = target.files(org).anchor();
        if (anchor.token() != token || !anchor.heldAt(target.clock().instant())) {
            throw new DeploymentException(
                    LEASE,
                    "the lease of " + org.value() + " with token " + token + " is lost"
                            + (anchor.token() > token ? ": " + anchor.holder() + " took it over" : ": it expired"));
        }
        return anchor;
    }

    @Override
    public void close() {
        target.exclusively(org, () -> {
            OrgFiles files = target.files(org);
            Anchor anchor = files.anchor();
            if (anchor.token() == token && !anchor.holder().isEmpty()) {
                Anchor free =
                        new Anchor(token, "", anchor.expiresAt(), anchor.count(), anchor.head(), anchor.pending());
                target.disk().replace(files.leaseFile(), free.bytes());
            }
            return true;
        });
    }
}
