package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.DRIFT;
import static io.aios.onboarding.deploy.DeploymentException.Reason.LEASE;
import static io.aios.onboarding.deploy.DeploymentException.Reason.LOG;

import io.aios.trace.json.Digest;
import java.time.Duration;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Changes a PostgreSQL target; each call is one transaction that holds the lease row and checks the token. */
final class PostgresLease implements Lease {
    private final PostgresTarget target;
    private final long token;
    private final Duration ttl;

    PostgresLease(PostgresTarget target, long token, Duration ttl) {
        this.target = target;
        this.token = token;
        this.ttl = ttl;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public TargetState state() {
        return target.transaction(tx -> {
            Anchor anchor = held(tx);
            TargetState state = target.state(tx);
            anchor.require(state.log(), false);
            return state;
        });
    }

    @Override
    public void append(LogEntry line) {
        target.transaction(tx -> {
            append(tx, held(tx), line);
            return true;
        });
    }

    @Override
    public boolean apply(Step step, byte @Nullable [] content, LogEntry done) {
        return target.transaction(tx -> {
            Anchor anchor = held(tx);
            Digest now = target.read(tx, step.key()).map(Digest::sha256).orElse(null);
            boolean changes = !Objects.equals(now, step.after());
            if (changes) {
                if (!Objects.equals(now, step.before())) {
                    throw new DeploymentException(
                            DRIFT,
                            step.key() + " on the target is neither as planned before nor after this step; nothing was"
                                    + " overwritten: abandon the run and plan again");
                }
                target.put(tx, step.key(), content);
            }
            append(tx, anchor, done);
            return changes;
        });
    }

    private void append(Handle tx, Anchor anchor, LogEntry line) {
        if (line.seq() != anchor.count() || !line.prev().equals(anchor.head())) {
            throw new DeploymentException(LOG, "the line does not follow the log's head");
        }
        target.append(tx, line);
        target.write(tx, anchor.renewed(target.clock().instant().plus(ttl)).advanced(line.digest()));
    }

    private Anchor held(Handle tx) {
        Anchor anchor = target.anchor(tx, true);
        if (anchor.token() != token || !anchor.heldAt(target.clock().instant())) {
            throw new DeploymentException(
                    LEASE,
                    "the lease of " + target.org().value() + " with token " + token + " is lost"
                            + (anchor.token() > token ? ": " + anchor.holder() + " took it over" : ": it expired"));
        }
        return anchor;
    }

    @Override
    public void close() {
        target.transaction(tx -> {
            Anchor anchor = target.anchor(tx, true);
            if (anchor.token() == token && !anchor.holder().isEmpty()) {
                target.write(tx, new Anchor(token, "", anchor.expiresAt(), anchor.count(), anchor.head(), null));
            }
            return true;
        });
    }
}
