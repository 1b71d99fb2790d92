package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static io.aios.tenancy.attack.AttackBed.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.IdempotencyGuard;
import io.aios.tenancy.IdempotencyGuard.Outcome;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantKeys;
import io.aios.tenancy.request.OrgResolver;
import io.aios.tenancy.request.RequestView;
import io.aios.tenancy.request.Resolution;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks 61 to 67 and 73 to 75: a request that names another tenant, and events that arrive twice. */
class RequestAttacksIT {
    private static final OrgResolver RESOLVER = OrgResolver.claim(List.of("/health"));
    private static final String TENANT = "x-tenant-id";
    private static final String HASH = "a".repeat(64);
    private static AttackBed bed;

    record Request(Map<String, List<String>> headers, List<String> parameter, List<String> verifiedOrgs, String path)
            implements RequestView {
        @Override
        public List<String> headers(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        }

        @Override
        public List<String> query(String name) {
            return name.equals("org_id") ? parameter : List.of();
        }
    }

    @BeforeAll
    static void open() {
        bed = new AttackBed();
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    /** Resolves the request and reads as whom it resolved to; the status if it was refused. */
    private static String answer(Map<String, List<String>> headers, List<String> parameter, String path) {
        Resolution resolution = RESOLVER.resolve(new Request(headers, parameter, List.of("tenant-a"), path));
        return resolution.fold(
                r -> String.join("", bed.read(r.org(), "select body from doc")),
                excluded -> "no tenant",
                rejected -> String.valueOf(rejected.status()));
    }

    private static String answer(Map<String, List<String>> headers) {
        return answer(headers, List.of(), "/api/doc");
    }

    @Test
    void attack61AHeaderOfAnotherTenantThanTheClaim() {
        assertThat(answer(Map.of(TENANT, List.of("tenant-b")))).isEqualTo("403");
        assertThat(answer(Map.of("x-org-id", List.of("tenant-b")))).isEqualTo("403");
        assertThat(answer(Map.of())).isEqualTo("of-a");
    }

    @Test
    void attack62TwoHeaders() {
        assertThat(answer(Map.of(TENANT, List.of("tenant-a", "tenant-b")))).isEqualTo("400");
        assertThat(answer(Map.of(TENANT, List.of("tenant-a,tenant-b")))).isEqualTo("400");
        assertThat(answer(Map.of(TENANT, List.of("tenant-a"), "x-org-id", List.of("tenant-b"))))
                .isEqualTo("403");
    }

    @Test
    void attack63ABlankHeaderBeforeAnother() {
        assertThat(answer(Map.of(TENANT, List.of(""), "x-org-id", List.of("tenant-b"))))
                .isEqualTo("400");
        assertThat(answer(Map.of(TENANT, List.of(" "), "x-org-id", List.of("tenant-b"))))
                .isEqualTo("400");
    }

    @Test
    void attack64AQueryParameterOfAnotherTenant() {
        assertThat(answer(Map.of(), List.of("tenant-b"), "/api/doc")).isEqualTo("403");
        assertThat(answer(Map.of(), List.of("tenant-a", "tenant-b"), "/api/doc"))
                .isEqualTo("400");
    }

    @Test
    void attack65AReservedId() {
        for (String reserved : List.of("__system__", "system", "aios-canary-b", "aios", "null", "undefined")) {
            assertThat(answer(Map.of(TENANT, List.of(reserved)))).isEqualTo("400");
            assertThatThrownBy(() -> OrgId.of(reserved)).hasMessageContaining("org id");
        }
    }

    @Test
    void attack66APathThatOnlyLooksExcluded() {
        for (String path : List.of("/health/../api", "/health%2f..%2fapi", "/health;/../api", "/health\\..\\api")) {
            assertThat(answer(Map.of(), List.of(), path)).isEqualTo("400");
        }
        assertThat(answer(Map.of(TENANT, List.of("tenant-b")), List.of(), "/healthz"))
                .isEqualTo("403");
        assertThat(answer(Map.of(), List.of(), "/health")).isEqualTo("no tenant");
    }

    @Test
    void attack67ACachedResponseUnderAKeyWithoutTenant() {
        assertThat(TenantKeys.key(A, "doc", "1")).isNotEqualTo(TenantKeys.key(B, "doc", "1"));
        assertThat(TenantKeys.key(A, "../tenant-b/doc")).startsWith("tenant-a/").doesNotContain("/tenant-b/");
    }

    private static IdempotencyGuard.Key event(String id) {
        return new IdempotencyGuard.Key("provider", id, "paid");
    }

    private static Outcome deliver(OrgId org, String id) {
        IdempotencyGuard guard = IdempotencyGuard.over(bed.door(), Duration.ofMillis(50));
        return guard.once(org, event(id), HASH, tx -> "done for " + org);
    }

    @Test
    void attack73TheSameEventIdOfTwoTenants() {
        assertThat(deliver(A, "e73").orElseThrow()).contains("done for tenant-a");
        assertThat(deliver(B, "e73").orElseThrow()).contains("done for tenant-b");
        assertThat(deliver(A, "e73")).isInstanceOf(Outcome.Duplicate.class);
        assertThat(deliver(A, "e73").orElseThrow()).contains("done for tenant-a");
    }

    @Test
    void attack74ACrashBetweenClaimAndEffect() {
        IdempotencyGuard guard = IdempotencyGuard.over(bed.door(), Duration.ofMillis(50));
        assertThatThrownBy(() -> guard.once(A, event("e74"), HASH, tx -> {
                    assertThat(tx.execute("update doc set body = 'half'")).isEqualTo(1);
                    throw new IllegalStateException("crash");
                }))
                .hasMessage("crash");
        bed.intact();
        assertThat(deliver(A, "e74")).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void attack75ADuplicateWhileTheFirstIsInFlight() throws Exception {
        CountDownLatch claimed = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (var wide = io.aios.tenancy.TenantDb.connect(
                        bed.database().url(), "aios_app", io.aios.tenancy.postgres.TestDatabase.password())
                .build()) {
            IdempotencyGuard guard = IdempotencyGuard.over(wide, Duration.ofMillis(50));
            Future<Outcome> first = other.submit(() -> guard.once(A, event("e75"), HASH, tx -> {
                assertThat(tx.execute("update doc set body = 'of-a'")).isEqualTo(1);
                claimed.countDown();
                release.await();
                return "first";
            }));
            claimed.await();
            assertThat(guard.once(A, event("e75"), HASH, tx -> "second")).isInstanceOf(Outcome.InFlight.class);
            assertThat(guard.once(B, event("e75"), HASH, tx -> "of b")).isInstanceOf(Outcome.Done.class);
            release.countDown();
            assertThat(first.get()).isInstanceOf(Outcome.Done.class);
        } finally {
            release.countDown();
            other.shutdown();
        }
    }
}
