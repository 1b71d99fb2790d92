package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.IdempotencyGuard.Outcome;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.postgres.WireProxy;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdempotencyGuardIT {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");
    private static final String HASH = "a".repeat(64);
    private static final String OTHER_HASH = "b".repeat(64);
    private static TestDatabase database;
    private static WireProxy wire;
    private static TenantDb db;
    private static IdempotencyGuard guard;

    @BeforeAll
    static void open() throws IOException {
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "600000");
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.idempotencyKeys())
                .table(TenantTable.named("effects")
                        .column("id", "uuid not null default gen_random_uuid()")
                        .column("event", "text not null")
                        .key("id")
                        .index("event")
                        .build())
                .build());
        wire = new WireProxy(TestDatabase.port());
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost:" + wire.port() + "/" + database.name());
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(8);
        db = TenantDb.pool(config).build();
        guard = IdempotencyGuard.over(db, Duration.ofMillis(200));
    }

    @AfterAll
    static void close() throws IOException {
        db.close();
        wire.close();
    }

    @BeforeEach
    void clear() {
        database.asAdmin("truncate aios.idempotency_keys; truncate aios.effects");
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    private static String effect(Handle tx, String event) {
        int rows = tx.createUpdate("insert into effects (org_id, event) values (current_org(), :event)")
                .bind("event", event)
                .execute();
        return event + ":" + rows;
    }

    private static Outcome deliver(OrgId org, String event, String hash) {
        return guard.once(org, new IdempotencyGuard.Key("stripe", event, "paid"), hash, tx -> effect(tx, event));
    }

    @Test
    void aDuplicateReturnsTheStoredResult() {
        assertThat(deliver(A, "e1", HASH).orElseThrow()).contains("e1:1");
        assertThat(deliver(A, "e1", HASH)).isInstanceOf(Outcome.Duplicate.class);
        assertThat(deliver(A, "e1", HASH).orElseThrow()).contains("e1:1");
        assertThat(database.adminSees("select count(*) from aios.effects")).isEqualTo("1");
    }

    @Test
    void theSameKeyWithAnotherPayloadIsAConflict() {
        assertThat(deliver(A, "e1", HASH)).isInstanceOf(Outcome.Done.class);
        assertThat(deliver(A, "e1", OTHER_HASH)).isEqualTo(new Outcome.Conflict(HASH));
        assertThatThrownBy(() -> deliver(A, "e1", OTHER_HASH).orElseThrow()).isInstanceOf(TenancyException.class);
    }

    @Test
    void tenantsAreIndependent() {
        assertThat(deliver(A, "e1", HASH)).isInstanceOf(Outcome.Done.class);
        assertThat(deliver(B, "e1", OTHER_HASH)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void aFailedEffectLeavesNoClaim() {
        assertThatThrownBy(() -> guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> {
                    effect(tx, "e1");
                    throw new IllegalArgumentException("crash between claim and commit");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> effect(tx, "e1")))
                .isInstanceOf(Outcome.Done.class);
        assertThat(database.adminSees("select count(*) from aios.effects")).isEqualTo("1");
    }

    @Test
    void anEffectThatSwallowsTheClaimsRefusalIsADuplicateNevertheless() {
        assertThat(deliver(A, "e1", HASH)).isInstanceOf(Outcome.Done.class);
        assertThat(guard.once(A, new IdempotencyGuard.Key("stripe", "e1", "paid"), HASH, tx -> {
                    try {
                        return effect(tx, "e1");
                    } catch (org.jdbi.v3.core.JdbiException e) {
                        return "swallowed";
                    }
                }))
                .isInstanceOf(Outcome.Duplicate.class);
    }

    @Test
    void anEffectWithoutStatementsIsClaimedToo() {
        assertThat(guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> "nothing"))
                .isInstanceOf(Outcome.Done.class);
        assertThat(guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> "nothing")
                        .orElseThrow())
                .contains("nothing");
        assertThat(guard.once(A, new IdempotencyGuard.Key("p", "e2", "t"), HASH, tx -> null)
                        .orElseThrow())
                .isEmpty();
    }

    @Test
    void aDeliveryWhileTheFirstIsInFlightIsToldSo() throws Exception {
        CountDownLatch claimed = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Outcome> first =
                    other.submit(() -> guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> {
                        String result = effect(tx, "e1");
                        claimed.countDown();
                        release.await();
                        return result;
                    }));
            claimed.await();
            assertThat(guard.once(A, new IdempotencyGuard.Key("p", "e1", "t"), HASH, tx -> effect(tx, "e1")))
                    .isInstanceOf(Outcome.InFlight.class);
            release.countDown();
            assertThat(first.get()).isInstanceOf(Outcome.Done.class);
        } finally {
            release.countDown();
            other.shutdown();
        }
    }

    @Test
    void guardingCostsNoRoundTrip() {
        for (int i = 0; i < 8; i++) {
            wire.roundTrips();
            db.inTenant(A, tx -> effect(tx, "plain"));
            long plain = wire.roundTrips();
            assertThat(deliver(A, "e" + i, HASH)).isInstanceOf(Outcome.Done.class);
            assertThat(wire.roundTrips())
                    .as("execution %d", i + 1)
                    .isEqualTo(plain)
                    .isEqualTo(2);
        }
    }

    @Test
    void tenThousandConcurrentDeliveriesWithFailuresGiveOneEffectEach() throws Exception {
        int events = 500;
        int deliveries = 10_000;
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < deliveries; i++) {
                String event = "e" + i % events;
                boolean fails = new Random(i).nextInt(100) < 30;
                all.add(pool.submit(() -> deliverUntilSettled(event, fails)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(database.adminSees("select count(*) || '/' || count(distinct event) from aios.effects"))
                .isEqualTo(events + "/" + events);
    }

    private static void deliverUntilSettled(String event, boolean failsOnce) {
        boolean fails = failsOnce;
        for (boolean settled = false; !settled; ) {
            boolean failing = fails;
            fails = false;
            try {
                Outcome outcome = guard.once(A, new IdempotencyGuard.Key("stripe", event, "paid"), HASH, tx -> {
                    String result = effect(tx, event);
                    if (failing) {
                        throw new IllegalStateException("injected");
                    }
                    return result;
                });
                settled = !(outcome instanceof Outcome.InFlight);
            } catch (IllegalStateException e) {
                // The provider delivers again.
                settled = false;
            }
        }
    }
}
