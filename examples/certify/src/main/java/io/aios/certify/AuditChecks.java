package io.aios.certify;

import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.VerifyReport;
import io.aios.audit.contract.WallContract;
import io.aios.audit.verify.Held;
import io.aios.certify.Check.SkippedException;
import io.aios.tenancy.OrgId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** AUDIT-001: what was written cannot be changed without being named. */
final class AuditChecks {
    private static final List<String> REQUIRED = List.of(
            "an_appended_entry_verifies",
            "many_writers_leave_no_gap",
            "a_correction_leaves_the_original",
            "an_erased_payload_is_erased_and_nothing_else",
            "one_decision_is_proven_end_to_end");
    private static final int ENTRIES = 20;

    private final Host host;
    private final Checks checks = new Checks("AuditWallIT");

    private AuditChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        AuditChecks group = new AuditChecks(host);
        group.writing();
        EvidenceChecks.addTo(group.checks, host);
        group.tampering();
        for (WallContract.Check check : WallContract.of(host.auditLogins())) {
            group.checks.add("wall contract: " + check.name(), "WallContractIT", check::run);
        }
        group.forbidden();
        return new Group("AUDIT-001", "The audit wall", REQUIRED, group.checks.list());
    }

    private void writing() {
        checks.add("an_appended_entry_verifies", "AuditWallIT.anAppendedEntryIsReadBackAsItWasGiven", () -> {
            OrgId org = fresh();
            AuditReceipt receipt = host.wall().tenant(org).append(event("first"));
            VerifyReport report = host.auditReader().verify(org, Held.nothing().receipt(receipt));
            require(report.isIntact(), "the log does not verify: " + report);
            same(1L, report.orElseThrow().size(), "entries");
        });
        checks.add("many_writers_leave_no_gap", "AuditWallIT.manyThreadsAppendWithoutForkGapOrDuplicate", () -> {
            OrgId org = fresh();
            List<CompletableFuture<AuditReceipt>> pending = new ArrayList<>();
            for (int entry = 0; entry < 200; entry++) {
                pending.add(host.wall().tenant(org).appendAsync(event("entry-" + entry)));
            }
            same(
                    LongStream.range(0, 200).boxed().toList(),
                    pending.stream().map(each -> each.join().seq()).sorted().toList(),
                    "numbers of the entries");
            require(host.auditReader().verify(org).isIntact(), "the log does not verify");
        });
        checks.add("the_same_event_is_one_entry", "AuditWallIT.theSameIdIsOneEntry", () -> {
            OrgId org = fresh();
            AuditEvent event = base("once").id(UUID.randomUUID()).build();
            same(
                    host.wall().tenant(org).append(event).ref(),
                    host.wall().tenant(org).append(event).ref(),
                    "entry of the second append");
        });
        checks.add("a_correction_leaves_the_original", "AuditWallIT.aCorrectionLinksToTheOriginalWhichStays", () -> {
            OrgId org = fresh();
            AuditReceipt original = host.wall().tenant(org).append(event("original"));
            AuditReceipt correction =
                    host.wall().tenant(org).append(event("correction").correcting(original.ref()));
            List<AuditEntry> entries =
                    host.auditReader().entries(org, Held.nothing().receipt(correction), entry -> true);
            same(2, entries.size(), "entries");
            same(original.ref(), entries.get(1).corrects().orElseThrow(), "what the second corrects");
        });
        checks.add(
                "an_erased_payload_is_erased_and_nothing_else",
                "CheckpointIT.anErasedPayloadIsErasedNotTamperedAndItsBytesAreGone",
                () -> {
                    OrgId org = filled();
                    AuditReceipt receipt = host.wall()
                            .tenant(org)
                            .append(base("person")
                                    .payload(Map.of("text", "to be forgotten"))
                                    .build());
                    AuditReceipt erasure = host.auditEraser().erase(org, receipt.ref(), "certify", "gdpr.art17");
                    VerifyReport report =
                            host.auditReader().verify(org, Held.nothing().receipt(erasure));
                    require(report instanceof VerifyReport.Erased, "not called erased: " + report);
                });
        checks.add("a_payload_that_is_not_there_cannot_be_erased", "CheckpointIT", () -> {
            OrgId org = fresh();
            AuditReceipt receipt =
                    host.wall().tenant(org).append(base("no-payload").build());
            refused(
                    AuditRefusedException.class,
                    () -> host.auditEraser().erase(org, receipt.ref(), "certify", "gdpr.art17"));
        });
    }

    /** What a superuser does to a log, and that the verifier says so. */
    private void tampering() {
        named(
                "a_changed_leaf_is_named",
                "update aios_audit.entry set leaf = set_byte(leaf, 30, get_byte(leaf, 30) # 1)"
                        + " where org = ? and seq = 7");
        named(
                "a_changed_hash_is_named",
                "update aios_audit.entry set entry_hash = decode(repeat('00', 32), 'hex')"
                        + " where org = ? and seq = 7");
        named("a_changed_column_is_named", "update aios_audit.entry set outcome = 'deny' where org = ? and seq = 7");
        named(
                "a_changed_payload_is_named",
                "update aios_audit.payload set bytes = '\\x7b7d' where org = ? and seq = 7");
        named(
                "a_deleted_entry_is_named",
                "delete from aios_audit.payload where org = ? and seq = 7",
                "delete from aios_audit.entry where org = ? and seq = 7");
        tampered(
                "a_deleted_payload_is_missing",
                VerifyReport.Missing.class::isInstance,
                "delete from aios_audit.payload where org = ? and seq = 7");
        tampered(
                "a_cut_tail_is_noticed_by_who_holds_a_receipt",
                VerifyReport.Truncated.class::isInstance,
                "delete from aios_audit.payload where org = ? and seq > 10",
                "delete from aios_audit.entry where org = ? and seq > 10");
    }

    private void named(String name, String... statements) {
        tampered(name, report -> report instanceof VerifyReport.Tampered bad && bad.seq() == 7, statements);
    }

    private void tampered(String name, Predicate<VerifyReport> expected, String... statements) {
        checks.add(name, "TamperFuzzTest.everyMutationIsCaughtAtItsFirstBadEntryAndNoCleanLogIsAccused", () -> {
            DataSource administrator = host.auditAdministrator()
                    .orElseThrow(() -> new SkippedException("the host gives no superuser of its audit server"));
            OrgId org = filled();
            AuditReceipt last = host.wall().tenant(org).append(event("last"));
            try (Connection connection = administrator.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("set session_replication_role = replica");
                for (String sql : statements) {
                    statement.execute(sql.replace("?", "'" + org.value() + "'"));
                }
            }
            VerifyReport report = host.auditReader().verify(org, Held.nothing().receipt(last));
            remove(administrator, org);
            require(expected.test(report), "the verifier said " + report);
        });
    }

    /** A damaged log would keep the signer from publishing any checkpoint, so it does not stay. */
    private static void remove(DataSource administrator, OrgId org) throws SQLException {
        try (Connection connection = administrator.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            for (String table : List.of("payload", "entry", "tenant_log")) {
                statement.execute("delete from aios_audit." + table + " where org = '" + org.value() + "'");
            }
        }
    }

    /** What the writer's login must not be able to do. */
    private void forbidden() {
        for (String sql : List.of(
                "update aios_audit.entry set outcome = 'deny'",
                "delete from aios_audit.entry",
                "delete from aios_audit.payload",
                "truncate aios_audit.entry cascade",
                "drop table aios_audit.entry cascade",
                "insert into aios_audit.entry default values",
                "alter table aios_audit.entry disable trigger all",
                "set session_replication_role = replica",
                "select * from aios_audit.payload")) {
            checks.add(
                    "the_writer_cannot: " + sql,
                    "WallSelfCheckIT.everyForbiddenStatementFailsLoudlyForEveryRole",
                    () -> refused(SQLException.class, () -> {
                        try (Connection connection = host.auditLogins().writer().getConnection();
                                Statement statement = connection.createStatement()) {
                            return statement.execute(sql);
                        }
                    }));
        }
    }

    private OrgId filled() {
        OrgId org = fresh();
        List<CompletableFuture<AuditReceipt>> pending = new ArrayList<>();
        for (int entry = 0; entry < ENTRIES; entry++) {
            pending.add(host.wall().tenant(org).appendAsync(event("entry-" + entry)));
        }
        pending.forEach(CompletableFuture::join);
        return org;
    }

    private static AuditEvent event(String subject) {
        return base(subject).payload(Map.of("about", subject)).build();
    }

    private static AuditEvent.Builder base(String subject) {
        return AuditEvent.of("certify.event").actor("certify").subject(subject).outcome("permit");
    }

    /** Each check has a log of its own. */
    private static OrgId fresh() {
        long random = UUID.randomUUID().getMostSignificantBits();
        return OrgId.of("certify-" + HexFormat.of().toHexDigits(random));
    }
}
