package io.aios.quickstart;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantRepository;
import io.aios.trace.ErasedTrace;
import io.aios.trace.SealedTrace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decision traces under row-level security: stored as they are, checked again whenever they are read. */
final class StoredTraces {
    /** What stands in a row. */
    sealed interface Stored {
        String orgId();

        Map<String, Object> columns();

        /** The trace as it was sealed. */
        record Whole(SealedTrace sealed) implements Stored {
            @Override
            public String orgId() {
                return sealed.trace().tenantId();
            }

            @Override
            public Map<String, Object> columns() {
                return Map.of(
                        "trace_id", sealed.trace().traceId(),
                        "trace_hash", sealed.traceHash().hex(),
                        "record_hash", sealed.recordHash().hex(),
                        "status", "sealed",
                        "body", sealed.bytes());
            }
        }

        /** The trace without its person; the record hash is the one it always had. */
        record Erased(ErasedTrace erased) implements Stored {
            @Override
            public String orgId() {
                return erased.tenantId();
            }

            @Override
            public Map<String, Object> columns() {
                return Map.of(
                        "trace_id", erased.traceId(),
                        "trace_hash", "0".repeat(64), // the real one is unsalted: guesses could be tested against it
                        "record_hash", erased.recordHash().hex(),
                        "status", "erased",
                        "body", erased.bytes());
            }
        }
    }

    private final TenantDb db;
    private final TenantRepository<Stored> rows;

    StoredTraces(TenantDb db) {
        this.db = db;
        // tag::repository[]
        this.rows = TenantRepository.of(
                        db,
                        "decision_traces",
                        (row, context) -> checked(row),
                        stored -> OrgId.of(stored.orgId()),
                        Stored::columns)
                .id("trace_id")
                .build();
        // end::repository[]
    }

    void insert(OrgId org, SealedTrace sealed) {
        rows.insert(org, new Stored.Whole(sealed));
    }

    Optional<Stored> find(OrgId org, String traceId) {
        return rows.find(org, traceId);
    }

    List<Stored> page(OrgId org, int limit) {
        return rows.page(org, null, limit);
    }

    long count(OrgId org) {
        return rows.count(org);
    }

    // tag::erase[]
    /** Puts the erased trace in the place of the whole one; an erased trace stays as it is. */
    Optional<ErasedTrace> erase(OrgId org, String traceId) {
        return db.inTenant(
                org,
                tx -> rows.find(org, traceId)
                        .map(stored -> stored instanceof Stored.Erased already
                                ? already.erased()
                                : replace(org, ((Stored.Whole) stored).sealed().erase())));
    }

    private ErasedTrace replace(OrgId org, ErasedTrace erased) {
        rows.upsert(org, new Stored.Erased(erased));
        return erased;
    }

    /** Refuses bytes that do not fit their hashes, and a row that does not fit its bytes. */
    private static Stored checked(ResultSet row) throws SQLException {
        Stored stored = row.getString("status").equals("erased")
                ? erased(row.getBytes("body"))
                : new Stored.Whole(SealedTrace.read(row.getBytes("body")));
        boolean fits = stored.orgId().equals(row.getString("org_id"));
        for (String column : List.of("trace_id", "trace_hash", "record_hash", "status")) {
            fits &= String.valueOf(stored.columns().get(column)).equals(row.getString(column));
        }
        if (!fits) {
            throw new SQLException("the row of trace " + row.getString("trace_id") + " does not fit its sealed bytes");
        }
        return stored;
    }

    private static Stored erased(byte[] body) throws SQLException {
        ErasedTrace erased = ErasedTrace.read(body);
        if (!erased.check().isConsistent()) {
            throw new SQLException("what is left of trace " + erased.traceId() + " does not fit its record hash");
        }
        return new Stored.Erased(erased);
    }
    // end::erase[]
}
