package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.Finding;
import io.aios.tenancy.rls.IsolationReport;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantIsolationVerifier;
import io.aios.tenancy.rls.TenantTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a door verifies, and what it does with what it finds. */
class IsolationWatchIT {
    private static final String LEAK = "create table aios.bare (body text); grant select on aios.bare to aios_app";
    private static final String MEND = "drop table if exists aios.bare";
    private static final Logger LOG = Logger.getLogger("io.aios.tenancy.IsolationWatch");
    private static TestDatabase database;
    private static TenantDb db;
    private final BlockingQueue<LogRecord> logged = new LinkedBlockingQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void open() {
        database = TestDatabase.with(
                RlsSchema.builder().table(TenantTable.standard("agents")).build());
        db = opened(VerifyMode.FAIL);
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void mend() {
        LOG.removeHandler(handler);
        database.asAdmin(MEND);
    }

    private static TenantDb opened(VerifyMode mode) {
        return TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .verify(mode)
                .build();
    }

    private List<String> messages() {
        return logged.stream().map(LogRecord::getMessage).toList();
    }

    @Test
    void aSoundSchemaIsFoundSoundAndNothingIsLogged() {
        assertThat(db.verify()).isEqualTo(new IsolationReport.Isolated(List.of()));
        opened(VerifyMode.FAIL).close();
        assertThat(messages()).isEmpty();
    }

    @Test
    void failKeepsTheDoorShutAndHandsOutTheReport() {
        database.asAdmin(LEAK);
        assertThatThrownBy(() -> opened(VerifyMode.FAIL).close())
                .isInstanceOfSatisfying(
                        IsolationException.class,
                        e -> assertThat(e.report())
                                .hasValueSatisfying(r -> assertThat(r.findings())
                                        .extracting(Finding::id)
                                        .contains("T14")));
    }

    @Test
    void warnOpensTheDoorAndLogsEachFinding() {
        database.asAdmin(LEAK);
        opened(VerifyMode.WARN).close();
        assertThat(messages()).anySatisfy(m -> assertThat(m).contains("T14").contains("aios.bare"));
    }

    @Test
    void offAsksNothingAndSaysSo() {
        database.asAdmin(LEAK);
        opened(VerifyMode.OFF).close();
        assertThat(messages()).singleElement().satisfies(m -> assertThat(m).contains("VerifyMode.OFF"));
    }

    @Test
    void offStillRefusesALoginThatNoPolicyBinds() {
        assertThatThrownBy(() ->
                        TenantDb.over(database.admin()).verify(VerifyMode.OFF).build())
                .isInstanceOf(IsolationException.class);
    }

    @Test
    void aScheduleFindsWhatCameAfterTheDoorOpened() throws Exception {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        BlockingQueue<IsolationReport> reports = new LinkedBlockingQueue<>();
        try {
            ScheduledFuture<?> task = db.verifyEvery(Duration.ofMillis(20), scheduler, reports::add);
            assertThat(reports.poll(1, TimeUnit.MINUTES)).isInstanceOf(IsolationReport.Isolated.class);
            database.asAdmin(LEAK);
            IsolationReport report = reports.poll(1, TimeUnit.MINUTES);
            while (report instanceof IsolationReport.Isolated) {
                report = reports.poll(1, TimeUnit.MINUTES);
            }
            assertThat(report).isInstanceOf(IsolationReport.NotIsolated.class);
            assertThat(task.cancel(false)).isTrue();
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(messages()).anySatisfy(m -> assertThat(m).contains("T14"));
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheSchedule() throws Exception {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        BlockingQueue<IsolationReport> reports = new LinkedBlockingQueue<>();
        try {
            ScheduledFuture<?> task = db.verifyEvery(Duration.ofMillis(20), scheduler, report -> {
                reports.add(report);
                throw new IllegalStateException("the listener failed");
            });
            for (int i = 0; i < 3; i++) {
                assertThat(reports.poll(1, TimeUnit.MINUTES)).isNotNull();
            }
            assertThat(task.cancel(false)).isTrue();
        } finally {
            scheduler.shutdownNow();
        }
        assertThat(messages()).anySatisfy(m -> assertThat(m).contains("the listener failed"));
    }

    @Test
    void fiveHundredTablesAreVerifiedInOneStatementAndTheProbes() throws SQLException {
        RlsSchema.Builder many = RlsSchema.builder();
        for (int i = 0; i < 500; i++) {
            many = many.table(TenantTable.standard("t" + i));
        }
        TestDatabase large = TestDatabase.with(many.build());
        large.asAdmin("alter table aios.t499 no force row level security");
        assertThat(TenantIsolationVerifier.builder().build().verify(large.app()).findings())
                .extracting(Finding::id)
                .containsExactly("T02");
    }
}
