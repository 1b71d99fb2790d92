package io.aios.tenancy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The tenant the current thread works for, for the length of a try-with-resources block.
 *
 * <p>Bound to one thread and never inherited: a thread started inside a scope has none until it opens its own or runs
 * through {@link TenantContext}. The logging context (MDC) carries the tenant and the ids while the scope is open, and is
 * put back as it was on every way out.
 */
public final class TenantScope implements AutoCloseable {
    /** MDC key of the tenant's id. */
    public static final String MDC_ORG = "aios.org";

    /** MDC key of the trace id. */
    public static final String MDC_TRACE = "aios.trace";

    /** MDC key of the correlation id. */
    public static final String MDC_CORRELATION = "correlation_id";

    private static final ThreadLocal<@Nullable TenantScope> CURRENT = new ThreadLocal<>();

    private final OrgId org;
    private final @Nullable TenantScope outer;
    private final Thread owner = Thread.currentThread();
    private final @Nullable String mdcOrg = MDC.get(MDC_ORG);
    private final @Nullable String mdcTrace = MDC.get(MDC_TRACE);
    private final @Nullable String mdcCorrelation = MDC.get(MDC_CORRELATION);
    private boolean closed;

    private TenantScope(OrgId org, @Nullable TenantScope outer) {
        this.org = org;
        this.outer = outer;
        CURRENT.set(this);
        MDC.put(MDC_ORG, org.value());
    }

    /**
     * Opens a scope for this tenant; inside a scope of the same tenant it joins.
     *
     * @throws TenantSwitchException inside a scope of another tenant
     */
    public static TenantScope open(OrgId org) {
        TenantScope outer = CURRENT.get();
        if (outer != null && !outer.org.equals(org)) {
            throw new TenantSwitchException(outer.org, org);
        }
        return new TenantScope(org, outer);
    }

    /** Opens a scope whatever the thread's scope is; that one is current again afterwards. */
    static TenantScope openNew(OrgId org) {
        return new TenantScope(org, CURRENT.get());
    }

    /** The current tenant, if this thread has one. */
    public static Optional<OrgId> current() {
        TenantScope scope = CURRENT.get();
        return scope == null ? Optional.empty() : Optional.of(scope.org);
    }

    /**
     * The current tenant.
     *
     * @throws NoTenantException if this thread has none
     */
    public static OrgId require() {
        return current()
                .orElseThrow(() -> new NoTenantException(
                        "no tenant in scope on this thread; open a TenantScope or name the tenant in the call"));
    }

    /** This scope's tenant. */
    public OrgId org() {
        return org;
    }

    /**
     * Names the request in the logging context until this scope closes.
     *
     * @param traceId id of the decision trace, or null to leave it as it is
     * @param correlationId id that links the request's log lines, or null to leave it as it is
     * @throws IllegalArgumentException if an id is not 1 to 128 characters of {@code [A-Za-z0-9._:-]}
     */
    @com.google.errorprone.annotations.CanIgnoreReturnValue
    public TenantScope with(@Nullable String traceId, @Nullable String correlationId) {
        put(MDC_TRACE, traceId);
        put(MDC_CORRELATION, correlationId);
        return this;
    }

    private static void put(String key, @Nullable String id) {
        if (id == null) {
            return;
        }
        if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
            throw new IllegalArgumentException(key + " must be 1 to 128 characters of [A-Za-z0-9._:-]");
        }
        MDC.put(key, id);
    }

    /**
     * Ends the scope and puts back what was before it; closing twice does nothing.
     *
     * @throws IllegalStateException on another thread, or while a scope opened inside this one is still open
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (!Thread.currentThread().equals(owner) || CURRENT.get() != this) {
            throw new IllegalStateException(
                    "scope of tenant '" + org + "' must be closed by its own thread, after the scopes inside it");
        }
        closed = true;
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
        restore(MDC_ORG, mdcOrg);
        restore(MDC_TRACE, mdcTrace);
        restore(MDC_CORRELATION, mdcCorrelation);
    }

    /** Takes this thread's scope away, with its logging ids; a task of another context is about to run. */
    static @Nullable TenantScope suspend() {
        TenantScope before = CURRENT.get();
        CURRENT.remove();
        MDC.remove(MDC_ORG);
        return before;
    }

    /** Closes whatever the task left open, and puts the thread's own scope back. */
    static void resume(@Nullable TenantScope before) {
        for (TenantScope left = CURRENT.get(); left != null; left = CURRENT.get()) {
            left.close();
        }
        if (before != null) {
            CURRENT.set(before);
            MDC.put(MDC_ORG, before.org.value());
        }
    }

    /** Repeats ids that were accepted on the thread they come from. */
    void restoreIds(@Nullable String trace, @Nullable String correlation) {
        restore(MDC_TRACE, trace);
        restore(MDC_CORRELATION, correlation);
    }

    private static void restore(String key, @Nullable String before) {
        if (before == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, before);
        }
    }
}
