package io.aios.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditEvents;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Pseudonyms;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.EvidenceReport;
import io.aios.audit.verify.EvidenceVerifier;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditEraser;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.audit.wall.AuditWall;
import io.aios.audit.wall.CheckpointSigner;
import io.aios.example.servers.PostgresServer;
import io.aios.quickstart.StoredTraces.Stored;
import io.aios.tenancy.IsolationException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.Finding;
import io.aios.tenancy.rls.IsolationReport;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantIsolationVerifier;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.ErasedTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What the how-to pages say, done on two servers; each test works for a tenant of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HowToIT {
    private static final Path ROOT = Path.of(System.getProperty("aios.root"));
    private static final AuditRoles ROLES = AuditRoles.standard();

    private final NoteSigner key = NoteSigner.generate("example.org/audit", new SecureRandom());
    private final PostgresServer primary = PostgresServer.start();
    private final PostgresServer second = PostgresServer.start();
    private final String password = primary.newPassword();
    private final AuditWall wall = install();
    private final AuditReader reader = AuditReader.open(as(ROLES.reader()));

    private AuditWall install() {
        AuditSchema.into(second.admin())
                .password(ROLES.writer(), password)
                .password(ROLES.reader(), password)
                .password(ROLES.signer(), password)
                .password(ROLES.eraser(), password)
                .install();
        return AuditWall.writer(as(ROLES.writer())).primary(primary.admin()).open();
    }

    private DataSource as(String role) {
        return second.as(role, password);
    }

    @BeforeAll
    void theWallIsEmpty() {
        assertThat(reader.verify(OrgId.of("nobody")).isIntact()).isTrue();
    }

    @AfterAll
    void stop() {
        wall.close();
        primary.close();
        second.close();
    }

    @Test
    void anAuditorVerifiesAnEvidenceFile(@TempDir Path folder) throws Exception {
        OrgId org = OrgId.of("auditor-gov");
        append(org, "permit", "permit", "deny", "permit");
        DirectoryCheckpointStore elsewhere = new DirectoryCheckpointStore(folder.resolve("checkpoints"));

        // tag::publish[]
        var checkpoint =
                CheckpointSigner.open(as(ROLES.signer()), key, elsewhere).publish();
        Path evidence = folder.resolve("evidence.jsonl");
        long shown = reader.export(
                org, key.key(), elsewhere, entry -> entry.outcome().equals("deny"), true, evidence);
        Files.writeString(folder.resolve("log.vkey"), key.key() + "\n"); // hand this over once, by another way
        // end::publish[]
        assertThat(checkpoint.size()).isPositive();
        assertThat(shown).isEqualTo(1);

        EvidenceReport report = EvidenceVerifier.verify(evidence, key.key());
        assertThat(report).isInstanceOf(EvidenceReport.Proven.class);
        assertThat(((EvidenceReport.Proven) report).omitted()).isEqualTo(3);
        assertThat(run(List.of("python3", "docs/spec/verify.py", "evidence", evidence, folder.resolve("log.vkey"))))
                .contains("1 entries shown, 3 omitted");

        Path forged = folder.resolve("forged.jsonl");
        Files.writeString(forged, Files.readString(evidence).replace("\\\"deny\\\"", "\\\"open\\\""));
        assertThat(EvidenceVerifier.verify(forged, key.key())).isInstanceOf(EvidenceReport.Refused.class);
    }

    @Test
    void psqlAloneFindsTheBrokenLink() throws Exception {
        OrgId org = OrgId.of("psql-gov");
        append(org, "permit", "permit", "permit");
        assertThat(checkChain(org)).isEqualTo(org + "\n3 entries of " + org);
        superuser(
                "update aios_audit.entry set leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'permit', 'refuse'),"
                        + " 'UTF8') where org = 'psql-gov' and seq = 1");
        assertThat(checkChain(org)).contains("1|entry_hash is not the hash of the leaf");
    }

    /** The query's own rows, after the tenant that was set and the number of entries. */
    private String checkChain(OrgId org) throws IOException, InterruptedException {
        int port = ((PGSimpleDataSource) as(ROLES.reader())).getPortNumbers()[0];
        return run(List.of(
                        "psql",
                        "-X",
                        "-At",
                        "-v",
                        "org=" + org,
                        "-f",
                        "docs/spec/check-chain.sql",
                        "host=localhost port=" + port + " dbname=postgres user=" + ROLES.reader()))
                .strip();
    }

    @Test
    void anExistingSchemaIsConvertedUntilTheVerifierIsContent() throws Exception {
        DataSource administrator = primary.admin();
        script(administrator, "before.sql");
        PostgresServer.run(administrator, List.of("alter role shop password '" + password + "'"));
        DataSource application = primary.as("shop", password);

        // tag::foundation[]
        RlsSchema foundation =
                RlsSchema.builder().roles("shop_owner", "shop").build(); // no table yet: roles, current_org(), canary
        foundation.create(administrator);

        TenantIsolationVerifier verifier =
                TenantIsolationVerifier.builder().alsoSchema("app").build();
        IsolationReport before = verifier.verify(application); // on the application's own login
        // end::foundation[]
        assertThat(before).isInstanceOf(IsolationReport.NotIsolated.class);
        assertThat(before.findings())
                .filteredOn(f -> f.id().equals("T14"))
                .extracting(Finding::object)
                .containsExactlyInAnyOrder("app.customers", "app.tickets");
        assertThatThrownBy(() -> TenantDb.over(application).verifier(verifier).build())
                .isInstanceOf(IsolationException.class);

        script(administrator, "convert.sql");

        // tag::after[]
        IsolationReport after = verifier.verify(application); // Isolated
        TenantDb db = TenantDb.over(application).verifier(verifier).build();
        int acme = db.<Integer, RuntimeException>read(OrgId.of("acme"), HowToIT::tickets); // 2
        int globex = db.<Integer, RuntimeException>read(OrgId.of("globex"), HowToIT::tickets); // 1
        // end::after[]
        assertThat(after.describe()).isEmpty();
        assertThat(after).isInstanceOf(IsolationReport.Isolated.class);
        assertThat(acme).isEqualTo(2);
        assertThat(globex).isEqualTo(1);
        // tag::insert[]
        db.write(
                OrgId.of("acme"),
                tx -> tx.createUpdate("insert into app.customers (org_id, company, email)"
                                + " values (current_org(), 'Acme', 'abe@acme.example')")
                        .execute());
        // end::insert[]
        db.close();
    }

    private static int tickets(Handle handle) {
        return handle.createQuery("select count(*) from app.tickets")
                .mapTo(Integer.class)
                .one();
    }

    @Test
    void anErasedPersonLeavesEveryProofStanding(@TempDir Path folder) throws Exception {
        OrgId org = OrgId.of("erase-gov");
        RlsSchema schema = RlsSchema.builder()
                .schema("traces")
                .table(TenantTable.decisionTraces())
                .build();
        DataSource application = primary.install(schema);
        byte[] tenantKey = new byte[32];
        new SecureRandom().nextBytes(tenantKey);
        Pseudonyms pseudonyms = Pseudonyms.of(tenantKey);
        SealedTrace sealed = SimulationRunner.lenient(RuleBasedPipeline.standard(), TraceSettings.defaults())
                .run(new DecisionRequest("I need to request FMLA leave", org.value(), "emp-12345"))
                .sealed();
        AuditReceipt written = wall.tenant(org).append(AuditEvents.trace(sealed, pseudonyms));
        DirectoryCheckpointStore elsewhere = new DirectoryCheckpointStore(folder.resolve("checkpoints"));
        var checkpoint =
                CheckpointSigner.open(as(ROLES.signer()), key, elsewhere).publish();
        assertThat(checkpoint.size()).isPositive();

        try (TenantDb db = TenantDb.over(application).schema(schema.schema()).build()) {
            StoredTraces traces = new StoredTraces(db);
            traces.insert(org, sealed);

            // tag::find[]
            List<SealedTrace> theirs = db
                    .<List<SealedTrace>, RuntimeException>read(
                            org,
                            q -> q.createQuery("select body from decision_traces where status = 'sealed'")
                                    .map((row, context) -> SealedTrace.read(row.getBytes(1)))
                                    .list())
                    .stream()
                    .filter(each -> each.trace().userId().equals("emp-12345"))
                    .toList();
            String actor = pseudonyms.of("user", "emp-12345"); // as AuditEvents.trace wrote it
            List<AuditEntry> entries =
                    reader.entries(org, Held.nothing(), entry -> entry.actor().equals(actor));
            // end::find[]
            assertThat(theirs).containsExactly(sealed);
            assertThat(entries).hasSize(1);

            // tag::trace[]
            for (SealedTrace each : theirs) {
                traces.erase(org, each.trace().traceId());
            }
            // end::trace[]

            // tag::payload[]
            AuditEraser eraser = AuditEraser.open(as(ROLES.eraser()), Clock.systemUTC());
            for (AuditEntry entry : entries) {
                if (entry.payload() instanceof AuditPayload.Present) {
                    var unused = eraser.erase(org, entry.ref(), "privacy-officer", "gdpr.art17");
                }
            }
            // end::payload[]

            // tag::proof[]
            Stored stored = traces.find(org, sealed.trace().traceId()).orElseThrow(); // checks what is left
            ErasedTrace left = ((Stored.Erased) stored).erased();
            boolean fits = left.check().isConsistent(); // true
            boolean named = entries.get(0).recordHash().orElseThrow().equals(left.recordHash()); // true
            VerifyReport report = reader.verify(org, key.key(), elsewhere); // Erased, seqs [0]
            // end::proof[]
            assertThat(fits).isTrue();
            assertThat(named).isTrue();
            assertThat(new String(left.bytes(), UTF_8)).doesNotContain("FMLA", "emp-12345");
            assertThat(report).isInstanceOf(VerifyReport.Erased.class);
            assertThat(((VerifyReport.Erased) report).seqs()).containsExactly(written.seq());
            assertThat(report.chainHolds()).isTrue();
        }
    }

    @Test
    void aTamperedLogIsDiagnosedAndTheIncidentRecorded(@TempDir Path folder) {
        OrgId org = OrgId.of("recover-gov");
        append(org, "permit", "deny", "permit", "permit");
        DirectoryCheckpointStore elsewhere = new DirectoryCheckpointStore(folder.resolve("checkpoints"));
        var checkpoint =
                CheckpointSigner.open(as(ROLES.signer()), key, elsewhere).publish();
        assertThat(checkpoint.size()).isPositive();
        superuser("create schema saved");
        superuser("create table saved.entry as select * from aios_audit.entry where org = 'recover-gov'");
        superuser("create table saved.payload as select * from aios_audit.payload where org = 'recover-gov'");

        superuser("update aios_audit.entry set outcome = 'permit' where org = 'recover-gov' and seq = 1");
        // tag::diagnose[]
        VerifyReport alone = reader.verify(org); // the chain by itself
        VerifyReport held = reader.verify(org, key.key(), elsewhere); // and the checkpoints kept elsewhere
        // end::diagnose[]
        assertThat(alone).isEqualTo(new VerifyReport.Tampered(org, 1, "column outcome differs from the leaf"));
        assertThat(held).isEqualTo(alone);

        superuser("update aios_audit.entry set outcome = 'deny' where org = 'recover-gov' and seq = 1");
        superuser("delete from aios_audit.payload where org = 'recover-gov' and seq = 1");
        assertThat(reader.verify(org)).isEqualTo(new VerifyReport.Missing(org, 1));

        superuser("delete from aios_audit.payload where org = 'recover-gov' and seq >= 1");
        superuser("delete from aios_audit.entry where org = 'recover-gov' and seq >= 1");
        assertThat(reader.verify(org).isIntact()).as("the chain alone").isTrue();
        assertThat(reader.verify(org, key.key(), elsewhere)).isEqualTo(new VerifyReport.Truncated(org, 1, 4));
        assertThat(reader.verify(org, key.key(), new DirectoryCheckpointStore(folder.resolve("none"))))
                .isInstanceOf(VerifyReport.Unverifiable.class);

        superuser("insert into aios_audit.entry select * from saved.entry where seq >= 1");
        superuser("insert into aios_audit.payload select * from saved.payload where seq >= 1");
        assertThat(reader.verify(org, key.key(), elsewhere).isIntact()).isTrue();
        superuser("drop schema saved cascade");

        // tag::record[]
        AuditReceipt recorded = wall.tenant(org)
                .append(AuditEvent.of("incident.recorded")
                        .actor("security:on-call")
                        .subject("audit-log")
                        .outcome("restored")
                        .payload(Map.of("found", held.toString(), "restored_from", "nightly backup"))
                        .build());
        // end::record[]
        assertThat(recorded.seq()).isEqualTo(4);
        assertThat(reader.verify(org, key.key(), elsewhere).isIntact()).isTrue();
    }

    private void append(OrgId org, String... outcomes) {
        for (String outcome : outcomes) {
            AuditReceipt receipt = wall.tenant(org)
                    .append(AuditEvent.of("policy.decided")
                            .actor("agent:hr")
                            .subject("tool:kb_search")
                            .outcome(outcome)
                            .payload(Map.of("query", "leave"))
                            .build());
            assertThat(receipt.org()).isEqualTo(org);
        }
    }

    private void superuser(String sql) {
        PostgresServer.run(second.admin(), List.of("set session_replication_role = replica", sql));
    }

    private static void script(DataSource administrator, String name) throws IOException, SQLException {
        String sql = Files.readString(ROOT.resolve("examples/quickstart/src/test/resources/migrate/" + name));
        PostgresServer.run(administrator, List.of(sql));
    }

    /** Runs a command from the project's root, if its program is there, and returns what it printed. */
    private String run(List<?> command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        command.forEach(word -> words.add(word.toString()));
        assumeTrue(OnPath.has(words.get(0)), words.get(0) + " is not installed");
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", password);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
