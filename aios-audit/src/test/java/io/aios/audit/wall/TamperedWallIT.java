package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A superuser's changes in the database itself, one at a time; each is undone from a copy before the next. */
class TamperedWallIT {
    private static final int ROUNDS = Boolean.getBoolean("aios.slow") ? 40 : 1;
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final OrgId ORG = OrgId.of("tampered");
    private static final NoteSigner KEY = NoteSigner.generate("example.org/tampered", new SecureRandom());
    private static final int SIZE = 14;
    private static final int ERASED = 5;
    private static final int CORRECTION = 9;

    /** A change, and what must be said of it: a kind of report, and the first bad entry where there is one. */
    private record Tamper(String kind, String sql, Class<? extends VerifyReport> verdict, long seq) {}

    @TempDir
    private static Path directory;

    private static DirectoryCheckpointStore store;

    @BeforeAll
    static void fill() {
        store = new DirectoryCheckpointStore(directory);
        try (AuditWall wall = DATABASE.writer().open()) {
            List<AuditReceipt> receipts = new ArrayList<>();
            for (int i = 0; i < SIZE - 1; i++) {
                AuditEvent.Builder event = AuditEvent.of("tool.called")
                        .actor("agent-" + i)
                        .subject("subject-" + i)
                        .outcome("ok")
                        .payload(Map.of("i", i));
                receipts.add(
                        i == CORRECTION
                                ? wall.tenant(ORG).correct(receipts.get(2).ref(), event.build())
                                : wall.tenant(ORG).append(event.build()));
            }
            AuditEraser.open(DATABASE.as(Postgres.ROLES.eraser()), Clock.systemUTC())
                    .erase(ORG, receipts.get(ERASED).ref(), "officer", "gdpr.art17");
            wall.tenant(OrgId.of("other"))
                    .append(AuditEvent.of("t")
                            .actor("a")
                            .subject("s")
                            .outcome("o")
                            .build());
        }
        assertThat(CheckpointSigner.open(DATABASE.as(Postgres.ROLES.signer()), KEY, store)
                        .publish()
                        .size())
                .isEqualTo(2);
        for (String table : List.of("entry", "payload", "tenant_log", "head", "checkpoint")) {
            Postgres.execute(
                    DATABASE.superuser(), "CREATE TABLE public." + table + "_copy AS TABLE aios_audit." + table);
        }
    }

    private static List<Tamper> tampers(Random random) {
        List<Tamper> all = new ArrayList<>();
        for (int seq = 0; seq < SIZE; seq++) {
            int bit = 1 << random.nextInt(8);
            int at = random.nextInt(300);
            Map<String, String> columns = new TreeMap<>(Map.of(
                    "entry_id", "entry_id = gen_random_uuid()",
                    "at", "at = at + interval '1 microsecond'",
                    "type", "type = type || 'x'",
                    "actor", "actor = upper(actor)",
                    "subject", "subject = 'subject-99'",
                    "outcome", "outcome = 'no'",
                    "corrects", "corrects = coalesce(corrects, 0) + 1",
                    "leaf", "leaf = set_byte(leaf, " + at + ", get_byte(leaf, " + at + ") # " + bit + ")",
                    "entry_hash",
                            "entry_hash = set_byte(entry_hash, " + at % 32 + ", get_byte(entry_hash, " + at % 32
                                    + ") # " + bit + ")",
                    "leaf and hash",
                            "leaf = overlay(leaf PLACING 'X' FROM 12), entry_hash = sha256('\\x00'::bytea"
                                    + " || overlay(leaf PLACING 'X' FROM 12))"));
            for (Map.Entry<String, String> column : columns.entrySet()) {
                all.add(new Tamper(
                        column.getKey(),
                        "UPDATE aios_audit.entry SET " + column.getValue() + " WHERE org = 'tampered' AND seq = " + seq,
                        VerifyReport.Tampered.class,
                        seq));
            }
            if (seq != ERASED && seq != SIZE - 1) {
                all.add(new Tamper(
                        "payload byte",
                        "UPDATE aios_audit.payload SET bytes = set_byte(bytes, 3, get_byte(bytes, 3) # " + bit
                                + ") WHERE org = 'tampered' AND seq = " + seq,
                        VerifyReport.Tampered.class,
                        seq));
                all.add(new Tamper(
                        "payload salt",
                        "UPDATE aios_audit.payload SET salt = sha256(salt) WHERE org = 'tampered' AND seq = " + seq,
                        VerifyReport.Tampered.class,
                        seq));
                all.add(new Tamper(
                        "payload deleted",
                        "DELETE FROM aios_audit.payload WHERE org = 'tampered' AND seq = " + seq,
                        VerifyReport.Missing.class,
                        seq));
            }
            String where = " WHERE org = 'tampered' AND seq = " + seq;
            boolean last = seq == SIZE - 1;
            Class<? extends VerifyReport> gone = last ? VerifyReport.Truncated.class : VerifyReport.Tampered.class;
            all.add(new Tamper("entry deleted", "DELETE FROM aios_audit.entry" + where, gone, seq));
            all.add(new Tamper(
                    "entry renumbered",
                    "UPDATE aios_audit.entry SET seq = seq + 1000" + where,
                    VerifyReport.Tampered.class,
                    seq));
            all.add(new Tamper("entry moved", "UPDATE aios_audit.entry SET org = 'moved'" + where, gone, seq));
            if (!last) {
                all.add(new Tamper(
                        "entries swapped",
                        "UPDATE aios_audit.entry SET seq = CASE seq WHEN " + seq + " THEN 5000 ELSE " + seq
                                + " END WHERE org = 'tampered' AND seq IN (" + seq + ", " + (seq + 1)
                                + "); UPDATE aios_audit.entry SET seq = " + (seq + 1) + " WHERE seq = 5000",
                        VerifyReport.Tampered.class,
                        seq));
            }
            all.add(new Tamper("history rewritten", rewriteFrom(seq), VerifyReport.RolledBack.class, SIZE));
        }
        all.add(new Tamper(
                "log renamed",
                "UPDATE aios_audit.tenant_log SET log = repeat('a', 32) WHERE org = 'tampered'",
                VerifyReport.Tampered.class,
                0));
        all.add(new Tamper(
                "tenant deleted",
                "DELETE FROM aios_audit.entry WHERE org = 'tampered'; DELETE FROM aios_audit.payload WHERE org = 'tampered';"
                        + " DELETE FROM aios_audit.tenant_log WHERE org = 'tampered'",
                VerifyReport.Truncated.class,
                0));
        all.add(new Tamper(
                "stray payload",
                "INSERT INTO aios_audit.payload SELECT org, 77, salt, bytes FROM aios_audit.payload"
                        + " WHERE org = 'tampered' AND seq = 1",
                VerifyReport.Tampered.class,
                77));
        all.add(new Tamper(
                "erased payload back",
                "INSERT INTO aios_audit.payload SELECT org, " + ERASED + ", salt, bytes FROM aios_audit.payload"
                        + " WHERE org = 'tampered' AND seq = 1",
                VerifyReport.Tampered.class,
                ERASED));
        all.add(new Tamper(
                "head deleted", "DELETE FROM aios_audit.head WHERE idx = 0", VerifyReport.RolledBack.class, -1));
        all.add(new Tamper(
                "head changed",
                "UPDATE aios_audit.head SET leaf = convert_to(regexp_replace(convert_from(leaf, 'UTF8'),"
                        + " '\"root\":\"....', '\"root\":\"0000'), 'UTF8')",
                VerifyReport.RolledBack.class,
                -1));
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3|UPDATE aios_audit.entry SET at = 'infinity'",
                "3|UPDATE aios_audit.entry SET at = '294276-12-31 23:59:59.999999+00'",
                "3|UPDATE aios_audit.entry SET at = '4713-01-01 00:00:00+00 BC'",
                "3|ALTER TABLE aios_audit.entry ALTER at DROP NOT NULL; UPDATE aios_audit.entry SET at = NULL",
                "3|ALTER TABLE aios_audit.entry ALTER leaf DROP NOT NULL; UPDATE aios_audit.entry SET leaf = NULL",
                "3|ALTER TABLE aios_audit.entry ALTER type DROP NOT NULL; UPDATE aios_audit.entry SET type = NULL",
                "3|ALTER TABLE aios_audit.entry ALTER actor DROP NOT NULL; UPDATE aios_audit.entry SET actor = NULL",
                "3|ALTER TABLE aios_audit.entry ALTER entry_id DROP NOT NULL; UPDATE aios_audit.entry SET entry_id = NULL",
                "3|ALTER TABLE aios_audit.entry ALTER entry_hash DROP NOT NULL; UPDATE aios_audit.entry"
                        + " SET entry_hash = NULL",
                "3|ALTER TABLE aios_audit.payload ALTER salt DROP NOT NULL; UPDATE aios_audit.payload SET salt = NULL",
                "-5|INSERT INTO aios_audit.payload SELECT org, -5, salt, bytes FROM aios_audit.payload",
                "3|ALTER TABLE aios_audit.payload DROP CONSTRAINT IF EXISTS payload_pkey; INSERT INTO aios_audit.payload"
                        + " SELECT org, seq, salt, bytes FROM aios_audit.payload",
            })
    void whatNoWriterCouldWriteIsTamperedTooAndNoFailureToRead(String tamper) {
        String[] parts = tamper.split("\\|", -1);
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica; " + parts[1] + " WHERE org = 'tampered' AND seq = 3");
        VerifyReport report = DATABASE.reader().verify(ORG, KEY.key(), store);
        restore();
        assertThat(report).isInstanceOf(VerifyReport.Tampered.class);
        assertThat(first(report)).isEqualTo(Long.parseLong(parts[0]));
    }

    @Test
    void aHeadThatIsNoneIsAWallThatWasRolledBack() {
        Postgres.execute(
                DATABASE.superuser(),
                "SET session_replication_role = replica; UPDATE aios_audit.head SET leaf = 'x' WHERE idx = 0");
        VerifyReport report = DATABASE.reader().verify(ORG, KEY.key(), store);
        restore();
        assertThat(report).isInstanceOf(VerifyReport.RolledBack.class);
    }

    /** What a superuser who knows the format does: changes an entry and writes all hashes after it anew. */
    private static String rewriteFrom(int seq) {
        return "DO $do$ DECLARE e record; l text; h bytea; old text; BEGIN FOR e IN SELECT * FROM aios_audit.entry"
                + " WHERE org = 'tampered' AND seq >= " + seq + " ORDER BY seq LOOP l := convert_from(e.leaf, 'UTF8');"
                + " IF e.seq = " + seq + " THEN l := replace(l, '\"outcome\":\"' || e.outcome, '\"outcome\":\"forged');"
                + " UPDATE aios_audit.entry SET outcome = 'forged' WHERE org = e.org AND seq = e.seq;"
                + " ELSE l := regexp_replace(l, '\"prev\":\"[0-9a-f]{64}', '\"prev\":\"' || encode(h, 'hex')); END IF;"
                + " h := sha256('\\x00'::bytea || convert_to(l, 'UTF8'));"
                + " UPDATE aios_audit.entry SET leaf = convert_to(l, 'UTF8'), entry_hash = h"
                + " WHERE org = e.org AND seq = e.seq; END LOOP; END $do$";
    }

    private static void restore() {
        StringBuilder sql = new StringBuilder("SET session_replication_role = replica");
        for (String table : List.of("entry", "payload", "tenant_log", "head", "checkpoint")) {
            sql.append("; DELETE FROM aios_audit.").append(table);
            sql.append("; INSERT INTO aios_audit.").append(table);
            sql.append(" SELECT * FROM public.").append(table).append("_copy");
        }
        Postgres.execute(DATABASE.superuser(), sql.toString());
    }

    private static long first(VerifyReport report) {
        if (report instanceof VerifyReport.Tampered tampered) {
            return tampered.seq();
        } else if (report instanceof VerifyReport.Missing missing) {
            return missing.seq();
        } else if (report instanceof VerifyReport.Truncated truncated) {
            return truncated.size();
        } else if (report instanceof VerifyReport.RolledBack rolledBack) {
            return rolledBack.size();
        }
        return -2;
    }

    @Test
    void everyChangeInTheDatabaseIsFoundAndTheFirstBadEntryNamed() throws Exception {
        AuditReader reader = DATABASE.reader();
        Map<String, int[]> table = new TreeMap<>();
        Random random = new Random(20261121);
        assertThat(reader.verify(ORG, KEY.key(), store)).isInstanceOf(VerifyReport.Erased.class);
        int count = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Tamper tamper : tampers(random)) {
                Postgres.execute(DATABASE.superuser(), "SET session_replication_role = replica; " + tamper.sql());
                VerifyReport report = reader.verify(ORG, KEY.key(), store);
                assertThat(report).as("%s: %s", tamper.kind(), tamper.sql()).isInstanceOf(tamper.verdict());
                if (tamper.seq() >= 0) {
                    assertThat(first(report))
                            .as("%s: %s: %s", tamper.kind(), tamper.sql(), report)
                            .isEqualTo(tamper.seq());
                }
                int[] row = table.computeIfAbsent(tamper.kind(), kind -> new int[2]);
                row[0]++;
                row[1] += reader.verify(ORG, Held.nothing()).chainHolds() ? 1 : 0;
                restore();
                count++;
            }
        }
        assertThat(reader.verify(ORG, KEY.key(), store))
                .as("restored, the log is what it was")
                .isInstanceOf(VerifyReport.Erased.class);
        StringBuilder lines = new StringBuilder(count + " changes in the database, all found with a checkpoint\n");
        table.forEach(
                (kind, row) -> lines.append(kind + ": " + row[0] + ", missed by the chain alone " + row[1] + "\n"));
        Files.writeString(Path.of("target", "tampered-wall.txt"), lines);
    }
}
