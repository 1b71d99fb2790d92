package io.aios.quickstart;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.example.servers.PostgresServer;
import io.aios.onboarding.approval.ApprovalLog;
import io.aios.onboarding.approval.WallApprovalLog;
import io.aios.onboarding.deploy.DeploymentWitness;
import io.aios.onboarding.deploy.WallWitness;
import io.aios.tenancy.OrgId;
import io.aios.trace.DecisionTrace;
import java.util.List;
import java.util.Map;

/** Chain: what was decided goes onto the audit wall, a second server with roles of its own. */
final class Chain implements AutoCloseable {
    private final PostgresServer server;
    private final AuditWall wall;
    private final AuditReader reader;

    private Chain(PostgresServer server, AuditWall wall, AuditReader reader) {
        this.server = server;
        this.wall = wall;
        this.reader = reader;
    }

    static Chain open(PostgresServer primary, PostgresServer server) {
        PostgresServer.Wall roles = server.installWall();
        AuditWall wall =
                AuditWall.writer(roles.writer()).primary(primary.admin()).open();
        return new Chain(server, wall, AuditReader.open(roles.reader()));
    }

    /** Approvals stand on the wall too. */
    ApprovalLog approvals() {
        return WallApprovalLog.on(wall, reader);
    }

    AuditReader reader() {
        return reader;
    }

    /** And so does how far each deployment got. */
    DeploymentWitness witness() {
        return new WallWitness(wall, reader);
    }

    void append(Story story, List<Decided> decided) {
        for (Decided each : decided) {
            var unused = wall.tenant(each.asked().tenant()).append(event(each));
        }
        OrgId tenant = decided.get(0).asked().tenant();
        for (String tool : List.of("kb_search", "open_ticket")) {
            var unused = wall.tenant(tenant)
                    .append(AuditEvent.of("tool.blocked")
                            .actor("hr_specialist")
                            .subject(tool)
                            .outcome("blocked")
                            .recordHash(decided.get(0).first().recordHash())
                            .build());
        }
        story.chapter("CHAIN", "an audit wall on a second PostgreSQL, with its own roles");
        story.check(
                "every entry verified, read as the reader role",
                () -> decided.stream()
                        .allMatch(each -> reader.verify(each.asked().tenant()).isIntact()));
    }

    /** The superuser can do anything, except go unnoticed. */
    void tamper(Story story, OrgId tenant) {
        flip(tenant);
        VerifyReport report = reader.verify(tenant);
        story.check(
                "a superuser flips one byte of entry 1; the verifier names it",
                () -> report instanceof VerifyReport.Tampered tampered && tampered.seq() == 1);
        flip(tenant);
        story.check(
                "with the byte flipped back, the log verifies again",
                () -> reader.verify(tenant).isIntact());
    }

    private void flip(OrgId tenant) {
        server.run("set session_replication_role = replica;"
                + " update aios_audit.entry set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1)"
                + " where org = '" + tenant.value() + "' and seq = 1");
    }

    private static AuditEvent event(Decided each) {
        DecisionTrace trace = each.first().trace();
        return AuditEvent.of("trace.sealed")
                .actor("quickstart")
                .subject(trace.traceId())
                .outcome(trace.success() ? "success" : "error")
                .recordHash(each.first().recordHash())
                .payload(Map.of("user_id", trace.userId(), "response_text", trace.responseText()))
                .build();
    }

    @Override
    public void close() {
        wall.close();
    }
}
