package io.aios.tenancy.rls;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Asks the database whether it isolates tenants for the login that asks.
 *
 * <p>Run it on the application's own pool: what a login may do is a fact about that login. It reads the catalog in one
 * statement, then tries what must not work, and commits nothing. Run it again on a schedule; tables and partitions are
 * created after start-up too.
 */
public final class TenantIsolationVerifier {
    private final String schema;
    private final Set<String> schemas;
    private final TenantColumn column;
    private final Set<String> shared;
    private final Set<String> trusted;
    private final String dedicated;

    private TenantIsolationVerifier(Builder builder) {
        this.schema = builder.schema;
        this.schemas = new LinkedHashSet<>(builder.schemas);
        this.schemas.add(schema);
        this.column = builder.column;
        this.shared = Set.copyOf(builder.shared);
        this.trusted = Set.copyOf(builder.trusted);
        this.dedicated = builder.dedicated;
    }

    /** Starts a verifier of schema {@code aios} with column {@code org_id}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The same verifier for a schema that belongs to one tenant alone.
     *
     * @param name the schema
     * @param org the only tenant whose rows it may hold
     */
    public TenantIsolationVerifier forDedicated(String name, String org) {
        Builder builder = builder().schema(name).column(column).dedicatedTo(org);
        builder.shared.addAll(shared);
        builder.trusted.addAll(trusted);
        return builder.build();
    }

    /** Number of checks over the catalog; {@code B01} to {@code B06} are tried on top of them. */
    public static int catalogChecks() {
        return IsolationQuery.CHECKS.size();
    }

    /**
     * Verifies on one connection of the pool.
     *
     * @param pool the application's own connections, not an administrator's
     * @throws SQLException if the database cannot be asked; that says nothing about isolation
     */
    public IsolationReport verify(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                return verify(connection);
            } finally {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private IsolationReport verify(Connection connection) throws SQLException {
        List<Finding> findings = catalog(connection);
        List<Finding> allPowerful =
                findings.stream().filter(f -> f.id().equals("R01")).toList();
        if (!allPowerful.isEmpty()) {
            // Nearly every other check would fire for such a login, and its fix would hurt whom it is not about.
            return IsolationReport.of(allPowerful);
        }
        // Without a canary, or with policies that make every statement fail, there is nothing to try.
        boolean canary = findings.stream().noneMatch(f -> Set.of("T00", "R12").contains(f.id()));
        List<String> tables = tenantTables(connection);
        connection.rollback();
        if (canary) {
            findings.addAll(new IsolationProbes(connection, schema, column).run(tables));
        }
        findings.sort(java.util.Comparator.comparing(Finding::severity).thenComparing(Finding::id));
        return IsolationReport.of(findings);
    }

    /** The checks over the catalog alone. */
    List<Finding> catalog(Connection connection) throws SQLException {
        Map<String, IsolationCheck> checks = new TreeMap<>();
        IsolationQuery.CHECKS.forEach(c -> checks.put(c.id(), c));
        List<Finding> findings = new ArrayList<>();
        String sql = IsolationQuery.sql(schema, schemas, column, shared, trusted, dedicated);
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                IsolationCheck check = checks.get(rows.getString(1));
                if (check != null) {
                    Finding found = check.finding(rows.getString(2), rows.getString(3));
                    findings.add(new Finding(
                            found.id(),
                            found.severity(),
                            found.object(),
                            found.why(),
                            IsolationQuery.fix(found.fix(), schema, column)));
                }
            }
        }
        return findings;
    }

    private List<String> tenantTables(Connection connection) throws SQLException {
        String sql = """
                select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = ? and not a.attisdropped
                where c.relkind in ('r', 'p') and n.nspname = any (string_to_array(?, ','))
                  and pg_catalog.has_table_privilege(c.oid, 'SELECT')
                """;
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, column.name());
            statement.setString(2, String.join(",", schemas));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
        }
        return tables;
    }

    /** Collects what the verifier must know. */
    public static final class Builder {
        private String schema = "aios";
        private final Set<String> schemas = new LinkedHashSet<>();
        private TenantColumn column = TenantColumn.DEFAULT;
        private final Set<String> shared = new LinkedHashSet<>();
        private final Set<String> trusted = new LinkedHashSet<>();
        private String dedicated = "";

        private Builder() {}

        /** The schema with {@code current_org()} and the canary. */
        public Builder schema(String name) {
            schema = Identifiers.checkName("schema", name);
            return this;
        }

        /** The only tenant whose rows the schema may hold; it must be written by {@link RlsSchema} for this tenant. */
        public Builder dedicatedTo(String org) {
            dedicated = org;
            return this;
        }

        /** A further schema with tenant tables. */
        public Builder alsoSchema(String name) {
            schemas.add(Identifiers.checkName("schema", name));
            return this;
        }

        /** Where the tenant's id stands. */
        public Builder column(TenantColumn tenantColumn) {
            column = tenantColumn;
            return this;
        }

        /** Declares that a table, written {@code schema.table}, holds no tenant's data. */
        public Builder sharedTable(String table) {
            shared.add(table);
            return this;
        }

        /** Declares a SECURITY DEFINER function as read and safe, written as {@code regprocedure} prints it. */
        public Builder trustedFunction(String signature) {
            trusted.add(signature);
            return this;
        }

        public TenantIsolationVerifier build() {
            return new TenantIsolationVerifier(this);
        }
    }
}
