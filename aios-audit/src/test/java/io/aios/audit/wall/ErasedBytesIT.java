package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.EvidenceReport;
import io.aios.audit.verify.EvidenceVerifier;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks for the bytes of an erased payload in every table of the database, TOAST and catalogs included. */
class ErasedBytesIT {
    private static final OrgId ORG = OrgId.of("forgotten");
    private static final NoteSigner KEY = NoteSigner.generate("example.org/erasure", new SecureRandom());
    private static final int CHUNK = 24;

    private final Postgres.TestWall database = Postgres.wall();

    @TempDir
    private Path directory;

    /** Tables with a row whose text, or whose bytes in hexadecimal, contain the piece. */
    private List<String> tablesWith(byte[] piece) throws Exception {
        List<String> names = new ArrayList<>();
        List<String> found = new ArrayList<>();
        try (Connection connection = database.superuser().getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(
                    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
                            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 't', 'm')")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            for (String name : names) {
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + name + " x WHERE "
                        + (name.startsWith("pg_toast.") ? "chunk_data" : "x") + "::text LIKE '%"
                        + HexFormat.of().formatHex(piece) + "%'")) {
                    if (row.next() && row.getLong(1) > 0) {
                        found.add(name.replaceFirst("pg_toast_\\d+", "pg_toast"));
                    }
                }
            }
        }
        return found;
    }

    private byte[] salt(long seq) throws Exception {
        try (Connection connection = database.superuser().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT salt FROM aios_audit.payload WHERE seq = " + seq)) {
            assertThat(row.next()).isTrue();
            return row.getBytes(1);
        }
    }

    @Test
    void noByteOfAnErasedPayloadIsLeftInAnyTableAndEveryEarlierProofHolds() throws Exception {
        DirectoryCheckpointStore store = new DirectoryCheckpointStore(directory);
        byte[] small = new byte[100];
        byte[] large = new byte[50_000];
        new SecureRandom().nextBytes(small);
        new SecureRandom().nextBytes(large);
        AuditReceipt first;
        AuditReceipt second;
        Path before = directory.resolve("before.jsonl");
        try (AuditWall wall = database.writer().open()) {
            first = wall.tenant(ORG).append(event().payload(small).build());
            second = wall.tenant(ORG).append(event().payload(large).build());
            wall.tenant(ORG).correct(first.ref(), event().outcome("corrected").build());
        }
        assertThat(CheckpointSigner.open(database.as(Postgres.ROLES.signer()), KEY, store)
                        .publish()
                        .size())
                .isEqualTo(1);
        AuditReader reader = database.reader();
        assertThat(reader.export(ORG, KEY.key(), store, entry -> true, false, before))
                .isEqualTo(3);
        byte[] salt = salt(0);
        assertThat(tablesWith(Arrays.copyOf(small, CHUNK))).contains("aios_audit.payload");
        assertThat(tablesWith(Arrays.copyOf(large, CHUNK))).isNotEmpty();
        assertThat(tablesWith(salt)).containsExactly("aios_audit.payload");

        AuditEraser eraser = AuditEraser.open(database.as(Postgres.ROLES.eraser()), Clock.systemUTC());
        eraser.erase(ORG, first.ref(), "officer", "gdpr.art17");
        eraser.erase(ORG, second.ref(), "officer", "gdpr.art17");
        Postgres.execute(database.superuser(), "ANALYZE");

        for (byte[] secret : List.of(small, large, salt)) {
            for (int at = 0; at + CHUNK <= Math.min(secret.length, 200); at += CHUNK) {
                assertThat(tablesWith(Arrays.copyOfRange(secret, at, at + CHUNK)))
                        .isEmpty();
            }
        }
        VerifyReport report = reader.verify(ORG, KEY.key(), store);
        assertThat(report).isInstanceOf(VerifyReport.Erased.class);
        assertThat(((VerifyReport.Erased) report).seqs()).containsExactly(0L, 1L);
        assertThat(EvidenceVerifier.verify(before, KEY.key()))
                .as("a file exported before the erasure still proves")
                .isInstanceOf(EvidenceReport.Proven.class);
    }

    private static AuditEvent.Builder event() {
        return AuditEvent.of("t").actor("a").subject("s").outcome("o");
    }
}
