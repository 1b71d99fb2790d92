package io.aios.audit.wall;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditEvents;
import io.aios.audit.AuditException;
import io.aios.audit.AuditReceipt;
import io.aios.audit.PolicyVersion;
import io.aios.audit.Pseudonyms;
import io.aios.policy.PolicyRef;
import io.aios.policy.PolicyRequest;
import io.aios.policy.pdp.PolicyEvent;
import io.aios.policy.pdp.PolicyListener;
import io.aios.tenancy.IsolationException;
import io.aios.tenancy.NoTenantException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.RefusedStatementException;
import io.aios.tenancy.TenantSwitchException;
import io.aios.trace.SealedTrace;
import io.aios.trace.json.Digest;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records events by what their loss would mean. Every type is required, so that the action fails when the wall does not
 * acknowledge, unless it was named best-effort; then a loss is counted and logged, never silent.
 */
public final class AuditRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRecorder.class);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

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

    /**
     * A listener for a decision point: each activation and each decision is an entry before it counts. A decision that
     * cannot be recorded is denied, an activation rolled back.
     *
     * @param tenantOf whose log a request belongs to
     * @param operator whose log activations belong to
     * @param actor who activates, a pseudonym
     */
    public PolicyListener policies(
            Function<? super PolicyRequest, OrgId> tenantOf, OrgId operator, String actor, Pseudonyms pseudonyms) {
        return event -> {
            if (event instanceof PolicyEvent.Evaluated evaluated) {
                PolicyRequest request = evaluated.request();
                record(tenantOf.apply(request), AuditEvents.decision(request, evaluated.decision(), pseudonyms));
            } else if (event instanceof PolicyEvent.Denied denied) {
                PolicyRequest request = denied.request();
                record(tenantOf.apply(request), AuditEvents.decision(request, denied.decision(), pseudonyms));
            } else if (event instanceof PolicyEvent.Activated activated) {
                activated
                        .policies()
                        .forEach(active ->
                                record(operator, AuditEvents.policyActivated(version(active, pseudonyms), actor)));
            } else if (event instanceof PolicyEvent.ActivationRefused refused) {
                refused.policies()
                        .forEach(active -> record(
                                operator,
                                AuditEvents.policyRefused(version(active, pseudonyms), actor, refused.problem())));
            }
        };
    }

    /**
     * Retires a policy by hand, which no decision point sees, as a {@code policy.retired} that is {@link #changing}.
     *
     * @param operator whose log it belongs to
     * @param actor who retires it, a pseudonym
     * @param retire what retires the policy of an id: {@code OpaLifecycle::retire} of its lifecycle
     */
    public void retiring(
            OrgId operator, String policyId, String actor, Pseudonyms pseudonyms, Consumer<? super String> retire) {
        changing(operator, "policy.retired", actor, name("policy", policyId, pseudonyms), () -> {
            retire.accept(policyId);
            return policyId;
        });
    }

    private static PolicyVersion version(PolicyEvent.ActivePolicy active, Pseudonyms pseudonyms) {
        PolicyRef policy = active.policy();
        return new PolicyVersion(
                name("policy", policy.id(), pseudonyms),
                name("version", policy.version(), pseudonyms),
                Digest.parse(policy.digest()));
    }

    /** The id itself where a leaf can hold it, a pseudonym of it where not. */
    private static String name(String kind, String id, Pseudonyms pseudonyms) {
        return NAME.matcher(id).matches() ? id : pseudonyms.of(kind, id);
    }

    /** Records that a decision trace exists, by its record hash. */
    @CanIgnoreReturnValue
    public Optional<AuditReceipt> trace(OrgId org, SealedTrace trace, Pseudonyms pseudonyms) {
        return record(org, AuditEvents.trace(trace, pseudonyms));
    }

    /**
     * Does work on behalf of a tenant; when the tenancy layer or the database's row-level security stops it, that is an
     * entry, and what was thrown is thrown on.
     *
     * @param actor who works, a pseudonym
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object> R watched(OrgId org, String actor, Supplier<? extends R> work) {
        try {
            return work.get();
        } catch (RuntimeException stopped) {
            String what = violation(stopped);
            if (what != null) {
                try {
                    record(org, AuditEvents.tenantViolation(actor, what));
                } catch (AuditException unrecorded) {
                    stopped.addSuppressed(unrecorded);
                }
            }
            throw stopped;
        }
    }

    private static @Nullable String violation(Throwable stopped) {
        for (Throwable cause = stopped; cause != null; cause = cause.getCause()) {
            if (cause instanceof TenantSwitchException) {
                return "tenant-switch";
            } else if (cause instanceof NoTenantException) {
                return "no-tenant";
            } else if (cause instanceof RefusedStatementException) {
                return "refused-statement";
            } else if (cause instanceof IsolationException) {
                return "isolation";
            } else if (cause instanceof SQLException sql && "42501".equals(sql.getSQLState())) {
                return "row-level-security";
            }
        }
        return null;
    }

    /**
     * Changes something, with an entry before ({@code requested}) and one after ({@code done} or {@code failed}). A change
     * that cannot be recorded does not happen.
     *
     * @param type what kind of change, {@code [a-z0-9._-]{1,64}}
     * @param actor who changes, a pseudonym
     * @param subject what is changed, a pseudonym or an id
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object> R changing(
            OrgId org, String type, String actor, String subject, Supplier<? extends R> change) {
        AuditEvent.Builder event = AuditEvent.of(type).actor(actor).subject(subject);
        record(org, event.outcome("requested").build());
        R result;
        try {
            result = change.get();
        } catch (RuntimeException e) {
            record(org, event.outcome("failed").build());
            throw e;
        }
        record(org, event.outcome("done").build());
        return result;
    }
}
