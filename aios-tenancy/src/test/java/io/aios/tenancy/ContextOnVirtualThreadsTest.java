package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Virtual threads, found by reflection because the code is compiled for 17. */
class ContextOnVirtualThreadsTest {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @BeforeEach
    void needVirtualThreads() {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
    }

    private static String who() {
        return TenantScope.current().map(OrgId::value).orElse("nobody");
    }

    @Test
    void aVirtualThreadStartedInsideAScopeInheritsNothing() throws Exception {
        ExecutorService threads = virtualThreads();
        try (TenantScope scope = TenantScope.open(A)) {
            assertThat(scope.org()).isEqualTo(A);
            assertThat(threads.submit(ContextOnVirtualThreadsTest::who).get()).isEqualTo("nobody");
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aWrappedTaskKeepsItsTenantWhileItsCarrierServesOthers() throws Exception {
        ExecutorService threads = virtualThreads();
        ExecutorService wrapped = TenantContext.executorService(threads);
        int tasks = 200;
        CyclicBarrier allStarted = new CyclicBarrier(tasks); // each parks, so the carriers run all the others between
        List<String> expected = new ArrayList<>();
        List<Future<String>> seen = new ArrayList<>();
        try {
            for (int i = 0; i < tasks; i++) {
                OrgId org = i % 2 == 0 ? A : B;
                expected.add(org + "/" + org);
                Callable<String> task = () -> {
                    String before = who();
                    allStarted.await();
                    return before + "/" + who();
                };
                try (TenantScope scope = TenantScope.open(org)) {
                    assertThat(scope.org()).isEqualTo(org);
                    seen.add(wrapped.submit(task));
                }
            }
            for (int i = 0; i < tasks; i++) {
                assertThat(seen.get(i).get()).isEqualTo(expected.get(i));
            }
        } finally {
            wrapped.shutdown();
        }
    }
}
