package io.aios.quickstart;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantRepository;
import io.aios.trace.SealedTrace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** Sealed traces under row-level security: stored as they are, checked again whenever they are read. */
final class StoredTraces {
    private StoredTraces() {}

    // tag::repository[]
    static TenantRepository<SealedTrace> of(TenantDb db) {
        return TenantRepository.of(
                        db,
                        "decision_traces",
                        (row, context) -> checked(row),
                        stored -> OrgId.of(stored.trace().tenantId()),
                        stored -> Map.of(
                                "trace_id", stored.trace().traceId(),
                                "trace_hash", stored.traceHash().hex(),
                                "record_hash", stored.recordHash().hex(),
                                "body", stored.bytes()))
                .id("trace_id")
                .build();
    }

    /** Refuses bytes that do not fit their hashes, and a row that does not fit its bytes. */
    private static SealedTrace checked(ResultSet row) throws SQLException {
        SealedTrace sealed = SealedTrace.read(row.getBytes("body"));
        boolean fits = sealed.trace().tenantId().equals(row.getString("org_id"))
                && sealed.trace().traceId().equals(row.getString("trace_id"))
                && sealed.traceHash().hex().equals(row.getString("trace_hash"))
                && sealed.recordHash().hex().equals(row.getString("record_hash"));
        if (!fits) {
            throw new SQLException("the row of trace " + row.getString("trace_id") + " does not fit its sealed bytes");
        }
        return sealed;
    }
    // end::repository[]
}
