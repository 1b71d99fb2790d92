package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditEvents;
import io.aios.audit.AuditException;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Pseudonyms;
import io.aios.tenancy.OrgId;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records events by what their loss would mean. Every type is required, so that the action fails when the wall does not
 * acknowledge, unless it was named best-effort; then a loss is counted and logged, never silent.
 */
public final class AuditRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRecorder.class);

    private final AuditLog log;
    private final Predicate<String> bestEffort;
    private final AtomicLong lost = new AtomicLong();

    private AuditRecorder(AuditLog log, Predicate<String> bestEffort) {
        this.log = log;
        this.bestEffort = bestEffort;
    }

    /** Every event is required. */
    public static AuditRecorder required(AuditLog log) {
        return new AuditRecorder(Objects.requireNonNull(log, "log"), type -> false);
    }

    /** Events of the types that match are best-effort, all others required. */
    public AuditRecorder bestEffort(Predicate<String> types) {
        return new AuditRecorder(log, types);
    }

    /**
     * Records an event.
     *
     * @return the receipt of a required event; nothing for a best-effort one, which is on its way
     * @throws AuditException if a required event was not acknowledged: do not go on with the action
     */
    @CanIgnoreReturnValue
    public Optional<AuditReceipt> record(OrgId org, AuditEvent event) {
        if (!bestEffort.test(event.type())) {
            return Optional.of(log.tenant(org).append(event));
        }
        try {
            var unused = log.tenant(org).appendAsync(event).whenComplete((receipt, failure) -> {
                if (failure != null) {
                    count(org, event, failure);
                }
            });
        } catch (AuditException e) {
            count(org, event, e);
        }
        return Optional.empty();
    }

    private void count(OrgId org, AuditEvent event, Throwable failure) {
        LOG.warn(
                "audit event {} of tenant {} was lost ({} so far): {}",
                event.type(),
                org,
                lost.incrementAndGet(),
                failure.toString());
    }

    /** How many best-effort events this recorder lost. */
    public long lost() {
        return lost.get();
    }

    /**
     * An executor that records each call before it happens and what became of it. A call that cannot be recorded does
     * not happen; an outcome that cannot be recorded fails.
     *
     * @param actor who calls, a pseudonym
     */
    public ToolExecutor audited(OrgId org, ToolExecutor tools, String actor, Pseudonyms pseudonyms) {
        return call -> {
            record(org, AuditEvents.toolRequested(call, actor, pseudonyms));
            ToolOutcome outcome = tools.execute(call);
            record(org, AuditEvents.toolCalled(call, outcome, actor, pseudonyms));
            return outcome;
        };
    }
}
