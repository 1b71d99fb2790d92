package io.aios.audit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditEraser;
import io.aios.audit.wall.AuditLog;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Checks that a database is an audit wall: that each role can do its work and nothing else, and that what is appended can
 * be relied on. Each check appends under tenants of its own, which stay in the log; run it against a test database set up
 * as the real one is. Changes of the schema, of grants and of server settings are what it finds.
 */
public final class WallContract {
    private static final String REFUSED = "42501";
    private static final int BATCH = 20;
    private static final List<String> TABLES =
            List.of("entry", "payload", "tenant_log", "head", "checkpoint", "wall_version");

    /** One named check. */
    public record Check(String name, Body body) {
        /**
         * Runs the check.
         *
         * @throws WallViolation if it does not hold
         */
        public void run() {
            try {
                body.run();
            } catch (SQLException | AuditException | CompletionException e) {
                throw e instanceof WallViolation violation
                        ? violation
                        : new WallViolation(name + " failed: " + e.getMessage(), e);
            }
        }
    }

    /** What a check does. */
    @FunctionalInterface
    public interface Body {
        void run() throws SQLException;
    }

    private final WallUnderTest wall;
    private final String run = UUID.randomUUID().toString().substring(0, 8);

    private WallContract(WallUnderTest wall) {
        this.wall = wall;
    }

    /** The checks of this wall, to run in any order. */
    public static List<Check> of(WallUnderTest wall) {
        WallContract contract = new WallContract(wall);
        return List.of(
                new Check("each_role_passes_the_self_check", contract::selfCheck),
                new Check("update_delete_truncate_drop_and_insert_fail_loudly_for_every_role", contract::forbidden),
                new Check("what_is_appended_is_chained_and_reads_back", contract::appended),
                new Check("one_id_is_one_entry", contract::idempotent),
                new Check("one_tenant_never_sees_or_writes_another", contract::tenants),
                new Check("a_correction_links_to_an_original_that_stays", contract::corrections),
                new Check("an_erased_payload_is_erased_and_gone", contract::erasure),
                new Check("a_checkpoint_holds_the_log", contract::checkpoints));
    }

    private void selfCheck() {
        AuditWall.writer(wall.writer()).primary(wall.primary()).open().close();
        opened(AuditReader.open(wall.reader()));
        opened(AuditEraser.open(wall.eraser(), Clock.systemUTC()));
        opened(CheckpointSigner.open(wall.signer(), key(), new Memory()));
    }

    /** Opening checks; there is nothing more to ask of what opened. */
    private static void opened(Object door) {
        Objects.requireNonNull(door);
    }

    private void forbidden() throws SQLException {
        Map<String, DataSource> roles = new LinkedHashMap<>();
        roles.put("writer", wall.writer());
        roles.put("reader", wall.reader());
        roles.put("signer", wall.signer());
        roles.put("eraser", wall.eraser());
        for (Map.Entry<String, DataSource> role : roles.entrySet()) {
            for (String table : TABLES) {
                for (String statement : List.of(
                        "UPDATE aios_audit.%s SET %s = %s",
                        "DELETE FROM aios_audit.%s",
                        "TRUNCATE aios_audit.%s",
                        "DROP TABLE aios_audit.%s",
                        "INSERT INTO aios_audit.%s DEFAULT VALUES")) {
                    String column = column(table);
                    refused(
                            role.getKey(),
                            role.getValue(),
                            statement.replaceFirst("%s", table).replace("%s", column));
                }
            }
        }
    }

    private static String column(String table) {
        return switch (table) {
            case "wall_version" -> "version";
            case "checkpoint" -> "size";
            default -> "org";
        };
    }

    private static void refused(String role, DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                require(
                        REFUSED.equals(e.getSQLState()),
                        role + " is refused '" + sql + "' for another reason than" + " privileges: " + e.getMessage());
                return;
            } finally {
                connection.rollback();
            }
            throw new WallViolation(role + " is not refused: " + sql, null);
        }
    }

    private void appended() {
        OrgId org = org("appended");
        List<AuditReceipt> receipts = new ArrayList<>();
        withLog(org, log -> {
            List<CompletableFuture<AuditReceipt>> batch = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                batch.add(log.appendAsync(event("s-" + i).build()));
            }
            batch.forEach(receipt -> receipts.add(receipt.join()));
        });
        AuditReader reader = AuditReader.open(wall.reader());
        Held held = Held.entries(receipts.stream().map(AuditReceipt::ref).toArray(EntryRef[]::new));
        List<AuditEntry> entries = reader.entries(org, held, entry -> true);
        require(entries.size() == BATCH, "of " + BATCH + " entries " + entries.size() + " are read back");
        for (int i = 0; i < BATCH; i++) {
            require(
                    entries.get(i).ref().equals(receipts.get(i).ref()),
                    "entry " + i + " is not the one of its receipt");
            require(entries.get(i).subject().equals("s-" + i), "entry " + i + " says something else");
        }
    }

    private void idempotent() {
        OrgId org = org("idempotent");
        UUID id = UUID.randomUUID();
        withLog(org, log -> {
            AuditReceipt first = log.append(event("s").id(id).build());
            AuditReceipt again = log.append(event("s").id(id).build());
            require(again.ref().equals(first.ref()), "appending one event twice makes two entries");
        });
        long size = AuditReader.open(wall.reader()).verify(org).orElseThrow().size();
        require(size == 1, "the log has " + size + " entries instead of 1");
    }

    private void tenants() throws SQLException {
        OrgId one = org("one");
        OrgId other = org("other");
        withLog(one, log -> require(log.append(event("s").build()).seq() == 0, "a new log does not start at 0"));
        AuditReader reader = AuditReader.open(wall.reader());
        require(reader.entries(other, Held.nothing(), entry -> true).isEmpty(), "a tenant reads another's entries");
        for (String tenant : List.of("", other.value())) {
            for (String view : List.of("entries", "payloads", "logs", "heads")) {
                require(
                        count(wall.reader(), tenant, view, one) == 0,
                        "a session of tenant '" + tenant + "' sees rows of another in " + view);
            }
        }
        try (Connection connection = wall.writer().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog.set_config('app.org_id', '" + other.value() + "', false)");
            statement.execute("SELECT aios_audit.append('" + one.value() + "', false, false, ARRAY[gen_random_uuid()],"
                    + " ARRAY[timestamp '2026-01-01'], ARRAY['t'], ARRAY['a'], ARRAY['s'], ARRAY['o'],"
                    + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
        } catch (SQLException e) {
            require(REFUSED.equals(e.getSQLState()), "refused for another reason than the tenant: " + e.getMessage());
            return;
        }
        throw new WallViolation("a session of one tenant appends to another's log", null);
    }

    private static long count(DataSource reader, String tenant, String view, OrgId org) throws SQLException {
        try (Connection connection = reader.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog.set_config('app.org_id', '" + tenant + "', false)");
            try (ResultSet row = statement.executeQuery(
                    "SELECT count(*) FROM aios_audit." + view + " WHERE org = '" + org.value() + "'")) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    private void corrections() {
        OrgId org = org("corrected");
        withLog(org, log -> {
            AuditReceipt original = log.append(event("s").build());
            AuditReceipt correction =
                    log.correct(original.ref(), event("s").outcome("wrong").build());
            require(correction.seq() == 1, "a correction is no entry of its own");
            EntryRef nowhere = new EntryRef(0, Digest.sha256("nowhere".getBytes(UTF_8)));
            try {
                log.correct(nowhere, event("s").build());
            } catch (AuditRefusedException e) {
                return;
            }
            throw new WallViolation("an entry that is not there can be corrected", null);
        });
    }

    private void erasure() throws SQLException {
        OrgId org = org("erased");
        List<AuditReceipt> receipts = new ArrayList<>();
        withLog(
                org,
                log -> receipts.add(log.append(
                        event("s").payload("personal".getBytes(UTF_8)).build())));
        AuditEraser.open(wall.eraser(), Clock.systemUTC())
                .erase(org, receipts.get(0).ref(), "contract", "contract");
        AuditReader reader = AuditReader.open(wall.reader());
        VerifyReport report = reader.verify(org, Held.nothing().receipt(receipts.get(0)));
        require(report instanceof VerifyReport.Erased, "after an erasure the verifier says " + report);
        require(
                reader.entries(org, Held.nothing(), entry -> true).get(0).payload() instanceof AuditPayload.Erased,
                "an erased payload does not read as erased");
        require(count(wall.reader(), org.value(), "payloads", org) == 0, "an erased payload is still there");
    }

    private void checkpoints() {
        OrgId org = org("held");
        NoteSigner key = key();
        Memory store = new Memory();
        withLog(org, log -> require(log.append(event("s").build()).seq() == 0, "a new log does not start at 0"));
        Checkpoint checkpoint = CheckpointSigner.open(wall.signer(), key, store).publish();
        VerifyReport report = AuditReader.open(wall.reader()).verify(org, key.key(), store);
        require(
                report instanceof VerifyReport.Intact intact && intact.heldTo() == 1,
                "a log under checkpoint " + checkpoint.size() + " verifies as " + report);
    }

    private void withLog(OrgId org, Consumer<AuditLog.Tenant> work) {
        try (AuditWall opened =
                AuditWall.writer(wall.writer()).primary(wall.primary()).open()) {
            work.accept(opened.tenant(org));
        }
    }

    private OrgId org(String what) {
        return OrgId.of("contract-" + run + "-" + what);
    }

    private static NoteSigner key() {
        return NoteSigner.generate("contract.example/audit", new SecureRandom());
    }

    private static AuditEvent.Builder event(String subject) {
        return AuditEvent.of("contract.checked")
                .actor("contract")
                .subject(subject)
                .outcome("ok");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new WallViolation(otherwise, null);
        }
    }

    /** Checkpoints for the time of one check. */
    private static final class Memory implements CheckpointStore {
        private final List<String> notes = new ArrayList<>();

        @Override
        public void keep(Checkpoint checkpoint, String note) {
            notes.add(note);
        }

        @Override
        public List<String> notes() {
            return List.copyOf(notes);
        }
    }
}
