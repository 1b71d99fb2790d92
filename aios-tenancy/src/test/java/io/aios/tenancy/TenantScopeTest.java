package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TenantScopeTest {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");

    @BeforeEach
    @AfterEach
    void noScopeIsLeftBehind() {
        assertThat(TenantScope.current()).isEmpty();
        MDC.clear();
    }

    @Test
    void withoutAScopeThereIsNoTenant() {
        assertThatThrownBy(TenantScope::require).isInstanceOf(NoTenantException.class);
    }

    @Test
    void aScopeOfTheSameTenantJoins() {
        try (TenantScope outer = TenantScope.open(A)) {
            try (TenantScope inner = TenantScope.open(A)) {
                assertThat(inner.org()).isEqualTo(outer.org());
            }
            assertThat(TenantScope.require()).isEqualTo(A);
        }
    }

    @Test
    void aScopeOfAnotherTenantIsRefusedAndTheFirstStays() {
        try (TenantScope outer = TenantScope.open(A)) {
            assertThatThrownBy(() -> TenantScope.open(B))
                    .isInstanceOf(TenantSwitchException.class)
                    .hasMessageContaining("requiresNew");
            assertThat(TenantScope.require()).isEqualTo(outer.org());
        }
    }

    @Test
    void scopesCloseInnermostFirst() {
        try (TenantScope outer = TenantScope.open(A);
                TenantScope inner = TenantScope.open(A)) {
            assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);
            assertThat(TenantScope.require()).isEqualTo(inner.org());
        }
    }

    @Test
    void aScopeIsClosedByItsOwnThread() throws Exception {
        try (TenantScope scope = TenantScope.open(A)) {
            AutoCloseable handedOver = scope;
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread other = new Thread(() -> thrown.set(catchThrowable(handedOver::close)));
            other.start();
            other.join();
            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
            assertThat(TenantScope.require()).isEqualTo(A);
        }
    }

    @Test
    void theLoggingContextIsPutBackOnEveryWayOut() {
        MDC.put(TenantScope.MDC_CORRELATION, "before");
        assertThatThrownBy(() -> {
                    try (TenantScope scope = TenantScope.open(A)) {
                        scope.with("trace-1", "corr-1");
                        assertThat(MDC.get(TenantScope.MDC_ORG)).isEqualTo("tenant-a");
                        assertThat(MDC.get(TenantScope.MDC_TRACE)).isEqualTo("trace-1");
                        assertThat(MDC.get(TenantScope.MDC_CORRELATION)).isEqualTo("corr-1");
                        throw new IllegalArgumentException("out");
                    }
                })
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(MDC.get(TenantScope.MDC_ORG)).isNull();
        assertThat(MDC.get(TenantScope.MDC_TRACE)).isNull();
        assertThat(MDC.get(TenantScope.MDC_CORRELATION)).isEqualTo("before");
    }

    @Test
    void logIdsCannotCarryALineBreak() {
        try (TenantScope scope = TenantScope.open(A)) {
            assertThatThrownBy(() -> scope.with("a\nINFO forged", null)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aThreadStartedInsideAScopeInheritsNothing() throws Exception {
        AtomicReference<Object> seen = new AtomicReference<>();
        try (TenantScope scope = TenantScope.open(A)) {
            Thread thread = new Thread(() -> seen.set(TenantScope.current()));
            thread.start();
            thread.join();
            assertThat(scope.org()).isEqualTo(A);
        }
        assertThat(seen.get()).isEqualTo(java.util.Optional.empty());
    }

    @Test
    void aPoolsThreadRunsEachTaskForTheTenantThatHandedItOver() throws Exception {
        ExecutorService plain = Executors.newSingleThreadExecutor();
        ExecutorService service = TenantContext.executorService(plain);
        try {
            Callable<String> who =
                    () -> TenantScope.current().map(OrgId::value).orElse("nobody") + "/" + MDC.get(TenantScope.MDC_ORG);
            Future<String> a;
            try (TenantScope scope = TenantScope.open(A)) {
                assertThat(scope.org()).isEqualTo(A);
                a = service.submit(who);
            }
            Future<String> b;
            try (TenantScope scope = TenantScope.open(B)) {
                assertThat(scope.org()).isEqualTo(B);
                b = service.submit(who);
            }
            Future<String> nobody = service.submit(who);
            assertThat(a.get()).isEqualTo("tenant-a/tenant-a");
            assertThat(b.get()).isEqualTo("tenant-b/tenant-b");
            assertThat(nobody.get()).isEqualTo("nobody/null");
            assertThat(plain.submit(who).get()).isEqualTo("nobody/null");
        } finally {
            service.shutdown();
        }
    }

    @Test
    void aTaskThatLeavesAScopeOpenDoesNotPoisonTheWorker() throws Exception {
        ExecutorService plain = Executors.newSingleThreadExecutor();
        try {
            Runnable forgets = () -> assertThat(TenantScope.open(B).org()).isEqualTo(B);
            plain.submit(TenantContext.wrap(forgets)).get();
            assertThat(plain.submit(TenantScope::current).get()).isEmpty();
        } finally {
            plain.shutdown();
        }
    }

    @Test
    void aCompletableFutureWithoutContextHasNoTenant() {
        try (TenantScope scope = TenantScope.open(A)) {
            assertThatThrownBy(() ->
                            CompletableFuture.supplyAsync(TenantScope::require).join())
                    .hasCauseInstanceOf(NoTenantException.class);
            assertThat(CompletableFuture.supplyAsync(TenantScope::require, TenantContext.executor(Runnable::run))
                            .join())
                    .isEqualTo(scope.org());
        }
    }
}
