package io.aios.tenancy;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Carries the current tenant to another thread, on purpose and for one task.
 *
 * <p>The tenant is taken when the task is handed over, not when it runs, and the worker is left as it was found. A task
 * handed over without a tenant runs without one, whatever the worker did before.
 */
public final class TenantContext {
    private TenantContext() {}

    /** The task, to run for the tenant that is current now. */
    public static Runnable wrap(Runnable task) {
        Captured captured = Captured.now();
        return () -> {
            TenantScope before = captured.enter();
            try {
                task.run();
            } finally {
                captured.leave(before);
            }
        };
    }

    /** The task, to run for the tenant that is current now. */
    public static <V extends @Nullable Object> Callable<V> wrap(Callable<V> task) {
        Captured captured = Captured.now();
        return () -> {
            TenantScope before = captured.enter();
            try {
                return task.call();
            } finally {
                captured.leave(before);
            }
        };
    }

    /** An executor whose tasks run for the tenant that was current when they were handed over. */
    public static Executor executor(Executor executor) {
        return task -> executor.execute(wrap(task));
    }

    /** As {@link #executor(Executor)}; shutting it down shuts the given service down. */
    public static ExecutorService executorService(ExecutorService executor) {
        return new Service(executor);
    }

    /** A tenant and its logging ids, between two threads. */
    private record Captured(
            @Nullable OrgId org,
            @Nullable String trace,
            @Nullable String correlation) {
        static Captured now() {
            OrgId org = TenantScope.current().orElse(null);
            return new Captured(org, MDC.get(TenantScope.MDC_TRACE), MDC.get(TenantScope.MDC_CORRELATION));
        }

        /** Makes this the worker's context and returns what was there. */
        @Nullable TenantScope enter() {
            TenantScope before = TenantScope.suspend();
            if (org != null) {
                TenantScope.openNew(org).restoreIds(trace, correlation);
            }
            return before;
        }

        void leave(@Nullable TenantScope before) {
            TenantScope.resume(before);
        }
    }

    private static final class Service extends AbstractExecutorService {
        private final ExecutorService target;

        Service(ExecutorService target) {
            this.target = target;
        }

        @Override
        public void execute(Runnable task) {
            target.execute(wrap(task));
        }

        @Override
        public void shutdown() {
            target.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return target.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return target.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return target.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return target.awaitTermination(timeout, unit);
        }
    }
}
