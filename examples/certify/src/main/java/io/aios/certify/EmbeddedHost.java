package io.aios.certify;

import io.aios.audit.contract.WallUnderTest;
import io.aios.audit.wall.AuditEraser;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.example.servers.PostgresServer;
import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.onboarding.approval.Approver;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.deploy.DeploymentTarget;
import io.aios.onboarding.deploy.PostgresTarget;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.contract.TenantStore;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.golden.GoldenFixture;
import io.aios.trace.golden.GoldenSuite;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.RuleBasedPipeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Every part, built from the library itself on two embedded PostgreSQL servers. Extend it to certify your own. */
public class EmbeddedHost implements Host {
    private static final OrgId ORG = OrgId.of("cleveland-gov");
    private static final String FIXTURES = "golden/municipal.json";

    private final PostgresServer primary = PostgresServer.start();
    private final PostgresServer auditServer = PostgresServer.start();
    private final DataSource tenantLogin;
    private final TenantDb tenants;
    private final AuditWall wall;
    private final AuditReader reader;
    private final AuditEraser eraser;
    private final WallUnderTest auditLogins;
    private final String credential = UUID.randomUUID().toString();
    private final AtomicInteger targets = new AtomicInteger();
    private final PolicyDecisionPoint decisions = PolicyDecisionPoint.of(
            RulePolicies.defaultGovernance(), RulePolicies.toolAllowList("tools", "1", List.of("kb_search")));

    /** Starts the servers, installs the schemas, and opens everything with the logins that a host would use. */
    public EmbeddedHost() {
        RlsSchema.Builder schema = RlsSchema.builder()
                .table(TenantTable.named("notes")
                        .column("text", "text not null")
                        .key("text")
                        .build());
        for (TenantTable table : PostgresTarget.tables()) {
            schema = schema.table(table);
        }
        RlsSchema built = schema.build();
        tenantLogin = primary.install(built);
        tenants = TenantDb.over(tenantLogin).schema(built.schema()).build();
        PostgresServer.Wall roles = auditServer.installWall();
        auditLogins =
                new WallUnderTest(primary.admin(), roles.writer(), roles.reader(), roles.signer(), roles.eraser());
        wall = AuditWall.writer(roles.writer()).primary(primary.admin()).open();
        reader = AuditReader.open(roles.reader());
        eraser = AuditEraser.open(roles.eraser(), Clock.systemUTC());
    }

    @Override
    public DecisionPipeline pipeline() {
        return RuleBasedPipeline.standard(decisions);
    }

    @Override
    public PolicyDecisionPoint decisions() {
        return decisions;
    }

    @Override
    public List<GoldenFixture> fixtures() {
        try (InputStream in =
                Objects.requireNonNull(EmbeddedHost.class.getResourceAsStream(FIXTURES), "no " + FIXTURES)) {
            return GoldenSuite.read(in.readAllBytes(), FIXTURES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FIXTURES, e);
        }
    }

    @Override
    public List<EngineFixture> engines() {
        return List.of(new RulesFixture());
    }

    @Override
    public TenantDb tenants() {
        return tenants;
    }

    @Override
    public DataSource tenantLogin() {
        return tenantLogin;
    }

    @Override
    public TenantStore store() {
        return new Notes(tenants);
    }

    @Override
    public AuditWall wall() {
        return wall;
    }

    @Override
    public AuditReader auditReader() {
        return reader;
    }

    @Override
    public AuditEraser auditEraser() {
        return eraser;
    }

    @Override
    public WallUnderTest auditLogins() {
        return auditLogins;
    }

    @Override
    public Optional<DataSource> auditAdministrator() {
        return Optional.of(auditServer.admin());
    }

    @Override
    public OrgId org() {
        return ORG;
    }

    @Override
    public DeploymentPackage content() {
        return DeploymentPackage.builder(ORG)
                .createdAt(Instant.parse("2026-01-28T07:01:52.642889Z"))
                .createdBy("wizard")
                .department("Human Resources", Confidence.of(0.95))
                .department("Building and Housing", Confidence.of(0.82))
                .agent("hr_agent", Confidence.of(0.97), Map.of("title", "HR", "tools", List.of("kb_search")))
                .policy(RulePolicies.defaultGovernance(), Confidence.of(1))
                .prompt("hr_agent/system.md", Confidence.of(0.99), "You answer questions about leave.\n")
                .build();
    }

    @Override
    public ApprovalPolicy approvals() {
        return ApprovalPolicy.of(new ApprovalRule(1, Set.of("owner"), Duration.ofDays(30)));
    }

    @Override
    public ApproverAuthenticator approvers() {
        return new OneOwner(credential);
    }

    @Override
    public String approverCredential() {
        return credential;
    }

    @Override
    public Supplier<? extends DeploymentTarget> targets() {
        return () -> PostgresTarget.create(
                tenants, ORG, "t" + targets.incrementAndGet(), new SecureRandom(), Clock.systemUTC());
    }

    @Override
    public void close() {
        wall.close();
        tenants.close();
        primary.close();
        auditServer.close();
    }

    /** A host's own sign-in stands here; this one knows a single person. */
    private record OneOwner(String credential) implements ApproverAuthenticator {
        private static final Approver DANA = new Approver("dana", "Dana Owner", Set.of("owner"));

        @Override
        public Approver authenticate(OrgId org, String given) {
            if (!given.equals(credential)) {
                throw new ApprovalException("the credential proves nobody");
            }
            return DANA;
        }

        @Override
        public Collection<Approver> approvers(OrgId org) {
            return List.of(DANA);
        }
    }

    /** The repository of this host: a table of texts. */
    private record Notes(TenantDb db) implements TenantStore {
        @Override
        public void write(OrgId acting, OrgId owner, String text) {
            db.write(
                    acting,
                    w -> w.createUpdate("insert into notes (org_id, text) values (:org, :text)")
                            .bind("org", owner.value())
                            .bind("text", text)
                            .execute());
        }

        @Override
        public List<String> readAll(OrgId acting) {
            return db.read(acting, Notes::all);
        }

        @Override
        public List<String> readAllInScope() {
            return db.read(Notes::all);
        }

        @Override
        public void inTransaction(OrgId acting, TransactionIsolationLevel level, Runnable work) {
            db.inTenant(acting, level, tx -> {
                work.run();
                return 0;
            });
        }

        @Override
        public void deleteAll(OrgId acting) {
            db.write(acting, w -> w.execute("delete from notes"));
        }

        private static List<String> all(Handle handle) {
            return handle.createQuery("select text from notes")
                    .mapTo(String.class)
                    .list();
        }
    }
}
