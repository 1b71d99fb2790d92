package io.aios.quickstart;

import io.aios.example.servers.PostgresServer;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.SealedTrace;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;

/** Isolate: traces go through the tenant-scoped door, and the database itself refuses a stranger. */
final class Isolating {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private Isolating() {}

    static void isolate(Story story, List<Decided> decided, OrgId stranger, PostgresServer primary) {
        RlsSchema schema =
                RlsSchema.builder().table(TenantTable.decisionTraces()).build();
        DataSource application = primary.install(schema);
        story.chapter("ISOLATE", "PostgreSQL row-level security, as login " + schema.appRole() + ", owner of nothing");
        try (TenantDb db = TenantDb.over(application).schema(schema.schema()).build()) {
            StoredTraces traces = new StoredTraces(db);
            for (Decided each : decided) {
                traces.insert(each.asked().tenant(), each.first().sealed());
            }
            Decided shown = decided.get(0);
            OrgId tenant = shown.asked().tenant();
            story.check(
                    tenant + " reads its trace back, byte for byte",
                    () -> traces.find(tenant, shown.first().trace().traceId())
                            .equals(Optional.of(
                                    new StoredTraces.Stored.Whole(shown.first().sealed()))));
            story.check(
                    stranger + " reads 0 rows, without any WHERE",
                    () -> traces.count(stranger) == 0
                            && traces.page(stranger, 10).isEmpty());
            story.check(
                    stranger + " writes into " + tenant + ": refused by the database (42501)",
                    () -> refusal(() -> db.inTenant(
                                    stranger,
                                    tx -> insert(tx, tenant, shown.second().sealed())))
                            .equals(INSUFFICIENT_PRIVILEGE));
        }
    }

    /** Past the repository, which would refuse a trace of another tenant before the database does. */
    private static int insert(Handle tx, OrgId org, SealedTrace sealed) {
        return tx.createUpdate("insert into decision_traces (org_id, trace_id, trace_hash, record_hash, body)"
                        + " values (:org, :id, :traceHash, :recordHash, :body)")
                .bind("org", org.value())
                .bind("id", sealed.trace().traceId())
                .bind("traceHash", sealed.traceHash().hex())
                .bind("recordHash", sealed.recordHash().hex())
                .bind("body", sealed.bytes())
                .execute();
    }

    /** The SQL state with which the database refused, or that it did not. */
    private static String refusal(Runnable write) {
        try {
            write.run();
            return "not refused";
        } catch (RuntimeException refused) {
            for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    return sql.getSQLState();
                }
            }
            throw refused;
        }
    }
}
