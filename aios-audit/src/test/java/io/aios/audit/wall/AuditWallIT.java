package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.EntryRef;
import io.aios.audit.NotIntactException;
import io.aios.audit.PolicyVersion;
import io.aios.audit.Tally;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AuditWallIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static AuditWall wall;
    private static AuditReader reader;

    @BeforeAll
    static void open() {
        wall = DATABASE.writer().open();
        reader = DATABASE.reader();
    }

    @AfterAll
    static void close() {
        wall.close();
    }

    private static AuditEvent.Builder event(String subject) {
        return AuditEvent.of("policy.decided").actor("user-1").subject(subject).outcome("permit");
    }

    @Test
    void anAppendedEntryIsReadBackAsItWasGiven() {
        OrgId org = OrgId.of("read-back");
        Digest record = Digest.sha256("record".getBytes(UTF_8));
        PolicyVersion policy = new PolicyVersion("default", "1", Digest.sha256("policy".getBytes(UTF_8)));
        AuditReceipt receipt = wall.tenant(org)
                .append(event("trace-1")
                        .recordHash(record)
                        .packageHash(record)
                        .policy(policy)
                        .payload(Map.of("text", "who is paid what"))
                        .build());

        assertThat(receipt.seq()).isZero();
        List<AuditEntry> entries = reader.entries(org, Held.nothing().receipt(receipt), entry -> true);
        assertThat(entries).hasSize(1);
        AuditEntry entry = entries.get(0);
        assertThat(entry.ref()).isEqualTo(receipt.ref());
        assertThat(entry.recordHash()).contains(record);
        assertThat(entry.packageHash()).contains(record);
        assertThat(entry.policy()).contains(policy);
        assertThat(entry.payload().bytesIfPresent())
                .hasValueSatisfying(bytes -> assertThat(bytes).asString().isEqualTo("{\"text\":\"who is paid what\"}"));
    }

    @Test
    void manyThreadsAppendWithoutForkGapOrDuplicate() {
        OrgId org = OrgId.of("many-threads");
        List<CompletableFuture<AuditReceipt>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            futures.add(wall.tenant(org).appendAsync(event("trace-" + i).build()));
        }
        List<Long> seqs = futures.stream().map(f -> f.join().seq()).sorted().toList();
        assertThat(seqs)
                .containsExactlyElementsOf(LongStream.range(0, 500).boxed().toList());
        VerifyReport report = reader.verify(org);
        assertThat(report.isIntact()).isTrue();
        assertThat(report.orElseThrow().size()).isEqualTo(500);
    }

    @Test
    void severalWallsOnOneTenantShareOneChain() {
        OrgId org = OrgId.of("several-walls");
        try (AuditWall second = DATABASE.writer().open();
                AuditWall third = DATABASE.writer().flushBarrier(false).open()) {
            List<AuditWall> walls = List.of(wall, second, third);
            List<AuditReceipt> receipts = IntStream.range(0, 300)
                    .mapToObj(i -> walls.get(i % 3)
                            .tenant(org)
                            .appendAsync(event("trace-" + i).build()))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(receipts.stream().map(AuditReceipt::seq).sorted())
                    .containsExactlyElementsOf(LongStream.range(0, 300).boxed().toList());
            assertThat(reader.verify(
                                    org,
                                    Held.entries(receipts.stream()
                                            .map(AuditReceipt::ref)
                                            .toArray(EntryRef[]::new)))
                            .isIntact())
                    .isTrue();
        }
    }

    @Test
    void entriesAreCountedByTypeAndOutcomeForTheirTenantOnly() {
        OrgId org = OrgId.of("counted");
        for (String outcome : List.of("permit", "deny", "permit")) {
            wall.tenant(org)
                    .appendAsync(AuditEvent.of("policy.decided")
                            .actor("user-1")
                            .subject("case-1")
                            .outcome(outcome)
                            .build())
                    .join();
        }
        assertThat(reader.tally(org))
                .containsExactly(new Tally("policy.decided", "deny", 1), new Tally("policy.decided", "permit", 2));
        assertThat(reader.tally(OrgId.of("counted-not"))).isEmpty();
    }

    @Test
    void theSameIdIsOneEntry() {
        OrgId org = OrgId.of("same-id");
        UUID id = UUID.randomUUID();
        AuditEvent event = event("trace-1").id(id).payload(Map.of("a", 1)).build();
        AuditReceipt first = wall.tenant(org).append(event);
        AuditReceipt other = wall.tenant(org).append(event("trace-2").build());
        AuditReceipt again = wall.tenant(org).append(event);
        assertThat(again.ref()).isEqualTo(first.ref());
        assertThat(other.seq()).isEqualTo(1);
        assertThatThrownBy(() -> wall.tenant(org).append(event("trace-3").id(id).build()))
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("names another event");
        assertThat(reader.verify(org).orElseThrow().size()).isEqualTo(2);
    }

    @Test
    void aCorrectionLinksToTheOriginalWhichStays() {
        OrgId org = OrgId.of("corrected");
        AuditReceipt original = wall.tenant(org).append(event("trace-1").build());
        wall.tenant(org)
                .correct(original.ref(), event("trace-1").outcome("deny").build());
        List<AuditEntry> entries = reader.entries(org, Held.nothing(), entry -> true);
        assertThat(entries.get(0).outcome()).isEqualTo("permit");
        assertThat(entries.get(1).corrects()).contains(original.ref());
        EntryRef wrong = new EntryRef(0, Digest.sha256());
        assertThatThrownBy(
                        () -> wall.tenant(org).correct(wrong, event("trace-1").build()))
                .isInstanceOf(AuditRefusedException.class);
        assertThat(reader.verify(org).isIntact()).isTrue();
    }

    @Test
    void aByteFlippedByASuperuserIsFoundAndNamed() {
        OrgId org = OrgId.of("flipped");
        for (int i = 0; i < 5; i++) {
            wall.tenant(org).append(event("trace-" + i).build());
        }
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica",
                "UPDATE aios_audit.entry SET leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1)"
                        + " WHERE org = 'flipped' AND seq = 3");
        VerifyReport report = reader.verify(org);
        assertThat(report).isInstanceOf(VerifyReport.Tampered.class);
        assertThat(((VerifyReport.Tampered) report).seq()).isEqualTo(3);
        assertThatThrownBy(() -> reader.entries(org, Held.nothing(), entry -> true))
                .isInstanceOf(NotIntactException.class);
    }

    @Test
    void aTenantSeesItsOwnLogOnly() {
        AuditReceipt receipt = wall.tenant(OrgId.of("org-a"))
                .append(event("trace-a").payload(Map.of("a", 1)).build());
        assertThat(receipt.seq()).isZero();
        assertThat(reader.entries(OrgId.of("org-b"), Held.nothing(), entry -> true))
                .isEmpty();
        assertThat(reader.entries(OrgId.of("org-a"), Held.nothing(), entry -> true)
                        .get(0)
                        .payload())
                .isInstanceOf(AuditPayload.Present.class);
    }

    @Test
    void aCutTailIsFoundWhenAReceiptIsHeld() {
        OrgId org = OrgId.of("cut");
        wall.tenant(org).append(event("trace-0").build());
        AuditReceipt last = wall.tenant(org).append(event("trace-1").build());
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica",
                "DELETE FROM aios_audit.entry WHERE org = 'cut' AND seq = 1");
        assertThat(reader.verify(org).isIntact())
                .as("the chain alone cannot know")
                .isTrue();
        assertThat(reader.verify(org, Held.nothing().receipt(last))).isInstanceOf(VerifyReport.Truncated.class);
    }

    @Test
    void thePublishedQueryFindsABrokenLinkWithSqlAlone() throws Exception {
        OrgId org = OrgId.of("sql-alone");
        for (int i = 0; i < 4; i++) {
            wall.tenant(org).append(event("trace-" + i).build());
        }
        assertThat(checkChain("sql-alone")).isEmpty();
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica",
                "UPDATE aios_audit.entry SET entry_hash = sha256('x') WHERE org = 'sql-alone' AND seq = 2");
        assertThat(checkChain("sql-alone")).containsExactly(2L, 3L);
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica",
                "UPDATE aios_audit.entry SET leaf = 'no leaf' WHERE org = 'sql-alone' AND seq = 1");
        assertThat(checkChain("sql-alone")).containsExactly(1L, 2L, 3L);
    }

    private static List<Long> checkChain(String org) throws Exception {
        String script = Files.readString(Path.of("..", "docs", "spec", "check-chain.sql"));
        List<Long> bad = new ArrayList<>();
        try (Connection connection = DATABASE.as(Postgres.ROLES.reader()).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : script.replace(":'org'", "'" + org + "'").split(";\n", -1)) {
                if (!sql.isBlank()) {
                    bad.clear();
                    try (ResultSet rows = statement.executeQuery(sql)) {
                        while (rows.next() && rows.getMetaData().getColumnCount() == 2) {
                            bad.add(rows.getLong(1));
                        }
                    }
                }
            }
        }
        return bad;
    }
}
