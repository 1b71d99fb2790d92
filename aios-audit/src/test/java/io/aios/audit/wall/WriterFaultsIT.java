package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lines, poolers and administrators can do to a writer: an entry is acknowledged once, where it stands, or not. */
class WriterFaultsIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final AuditReader READER = DATABASE.reader();
    private static final String END_WRITERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
            + Postgres.ROLES.writer() + "' AND datname = '" + DATABASE.database() + "'";

    private static AuditEvent.Builder event(String subject) {
        return AuditEvent.of("tool.called").actor("agent-1").subject(subject).outcome("ok");
    }

    private static void assertEachOnce(OrgId org, List<AuditReceipt> receipts) {
        EntryRef[] refs = receipts.stream().map(AuditReceipt::ref).toArray(EntryRef[]::new);
        VerifyReport report = READER.verify(org, Held.entries(refs));
        assertThat(report.isIntact()).as("%s", report).isTrue();
        assertThat(report.orElseThrow().size()).isEqualTo(receipts.size());
        assertThat(receipts.stream().map(AuditReceipt::seq)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"256, true", "256, false", "1, true", "1, false"})
    void aLineThatBreaksAtAnyCallLosesAndDoublesNothing(int maxBatch, boolean barrier) {
        FaultyLine line = new FaultyLine();
        try (AuditWall wall = AuditWall.writer(line.over(DATABASE.as(Postgres.ROLES.writer())))
                .primary(Postgres.primary())
                .maxBatch(maxBatch)
                .flushBarrier(barrier)
                .open()) {
            for (int call = 1; call <= 8; call++) {
                for (boolean afterwards : new boolean[] {false, true}) {
                    OrgId org = OrgId.of("line-" + maxBatch + "-" + barrier + "-" + call + "-" + afterwards);
                    if (call % 2 == 0) {
                        // The calls that open a connection again are among those at which the line breaks.
                        Postgres.execute(DATABASE.superuser(), END_WRITERS);
                    }
                    line.breakAt(call, afterwards);
                    List<CompletableFuture<AuditReceipt>> flying = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        flying.add(wall.tenant(org).appendAsync(event("s-" + i).build()));
                    }
                    assertEachOnce(
                            org, flying.stream().map(CompletableFuture::join).toList());
                }
            }
        }
    }

    @Test
    void writersWhoseServerProcessesAreEndedLoseAndDoubleNothing() throws Exception {
        OrgId org = OrgId.of("terminated");
        List<AuditReceipt> receipts = Collections.synchronizedList(new ArrayList<>());
        Semaphore acknowledged = new Semaphore(0);
        AtomicBoolean stop = new AtomicBoolean();
        try (AuditWall first = DATABASE.writer().open();
                AuditWall second = DATABASE.writer().open()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                AuditWall wall = i % 2 == 0 ? first : second;
                threads.add(new Thread(() -> {
                    for (int n = 0; !stop.get(); n++) {
                        receipts.add(wall.tenant(org).append(event("s-" + n).build()));
                        acknowledged.release();
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (int kill = 0; kill < 12; kill++) {
                acknowledged.acquire(20);
                Postgres.execute(DATABASE.superuser(), END_WRITERS);
            }
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEachOnce(org, List.copyOf(receipts));
    }

    @Test
    void twoWritersWhoseHeadsAreOldAppendBehindEachOther() {
        OrgId org = OrgId.of("old-heads");
        List<AuditReceipt> receipts = new ArrayList<>();
        try (AuditWall first = DATABASE.writer().open();
                AuditWall second = DATABASE.writer().open()) {
            for (int i = 0; i < 20; i++) {
                receipts.add(first.tenant(org).append(event("first-" + i).build()));
                receipts.add(second.tenant(org).append(event("second-" + i).build()));
            }
        }
        assertThat(receipts).extracting(AuditReceipt::seq).isSorted();
        assertEachOnce(org, receipts);
    }

    @Test
    void aPoolerThatSpreadsStatementsOverConnectionsGetsNoBarrier() throws SQLException {
        DataSource straight = DATABASE.as(Postgres.ROLES.writer());
        assertThat(WallSelfCheck.writer(straight, Postgres.primary()).barrierWorks())
                .isTrue();
        WallSelfCheck.Result alternating = WallSelfCheck.writer(FaultyLine.alternating(straight), Postgres.primary());
        assertThat(alternating.barrierWorks())
                .as("findings: %s", alternating.findings())
                .isFalse();
    }

    @Test
    void aBarrierOnAnotherConnectionIsAnsweredOnlyForAnEntryThatIsThere() throws SQLException {
        OrgId org = OrgId.of("other-connection");
        try (WriterConnection one = WriterConnection.open(DATABASE.as(Postgres.ROLES.writer()));
                WriterConnection other = WriterConnection.open(DATABASE.as(Postgres.ROLES.writer()))) {
            AuditEvent event =
                    event("s").id(UUID.randomUUID()).at(Instant.EPOCH).build();
            WriterConnection.Answer answer = one.append(
                    org, List.of(new Pending(event, event, new byte[32], 0)), false, WriterConnection.Durability.LATER);
            other.flush(org, 0, answer.head());
            assertThatThrownBy(() -> other.flush(org, 1, answer.head())).hasMessageContaining("is not on this server");
            assertThatThrownBy(() -> other.flush(org, 0, answer.before().hash()))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(BatchWriter.isTransient(e))
                                    .as("the entry is appended again, not refused")
                                    .isTrue());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "p_actors|ARRAY['a\"b']|breaks the form",
                "p_subjects|ARRAY['Zo\u00eb']|breaks the form",
                "p_types|ARRAY['audit.payload.erased']|breaks the form",
                "p_types|ARRAY['']|breaks the form",
                "p_ats|ARRAY['1969-12-31T23:59:59.999999'::timestamp]|breaks the form",
                "p_ats|ARRAY['10000-01-01T00:00:00'::timestamp]|breaks the form",
                "p_ats|ARRAY['infinity'::timestamp]|breaks the form",
                "p_record_hashes|ARRAY['AB'::bytea]|breaks the form",
                "p_policy_ids|ARRAY['p']|breaks the form",
                "p_salts|ARRAY['x'::bytea]|breaks the form",
                "p_encs|ARRAY['aes']|breaks the form",
                "p_targets|ARRAY[0]|which is not there",
                "p_outcomes|ARRAY[NULL]|violates not-null",
                "p_outcomes|NULL|violates not-null",
                "p_subjects|NULL|violates not-null",
                "p_ats|NULL|violates not-null",
                "p_org|'other'|does not name tenant",
            })
    void whateverAWriterSendsItCannotWriteAnEntryThatIsNone(String parameter, String value, String refusal)
            throws SQLException {
        String call = "SELECT aios_audit.append(p_org => 'liar', p_known => false, p_async => false,"
                + " p_ids => ARRAY[gen_random_uuid()], p_ats => ARRAY['2026-02-28T00:00:00'::timestamp],"
                + " p_types => ARRAY['t'], p_actors => ARRAY['a'], p_subjects => ARRAY['s'], p_outcomes => ARRAY['o'],"
                + " p_targets => NULL, p_target_hashes => NULL, p_record_hashes => NULL, p_package_hashes => NULL,"
                + " p_policy_digests => NULL, p_policy_ids => NULL, p_policy_versions => NULL, p_salts => NULL,"
                + " p_payloads => NULL, p_encs => NULL, p_key_refs => NULL)";
        String lie = call.replaceFirst(parameter + " => ('[^']*'|NULL|ARRAY\\[[^]]*\\])", parameter + " => " + value);
        assertThat(lie).isNotEqualTo(call);
        try (Connection connection = DATABASE.as(Postgres.ROLES.writer()).getConnection();
                PreparedStatement tenant =
                        connection.prepareStatement("SELECT set_config('app.org_id', 'liar', false)");
                PreparedStatement honest = connection.prepareStatement(call);
                PreparedStatement dishonest = connection.prepareStatement(lie)) {
            tenant.execute();
            honest.execute();
            assertThatThrownBy(dishonest::execute)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(refusal);
        }
        assertThat(DATABASE.reader().verify(OrgId.of("liar")).isIntact()).isTrue();
    }
}
