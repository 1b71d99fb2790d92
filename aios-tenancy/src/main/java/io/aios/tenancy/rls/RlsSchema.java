package io.aios.tenancy.rls;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A schema whose tenant tables the database itself isolates; this writes its SQL.
 *
 * <p>Every table gets ENABLE and FORCE ROW LEVEL SECURITY, a permissive policy for the application role and a
 * RESTRICTIVE guard for everybody, keys that begin with the tenant column, and no grant beyond SELECT, INSERT, UPDATE
 * and DELETE. The application role owns nothing. A statement without a tenant fails with SQLSTATE 42501.
 */
public final class RlsSchema {
    private final String schema;
    private final String ownerRole;
    private final String appRole;
    private final String tablePrefix;
    private final TenantColumn column;
    private final String dedicated;
    private final List<TenantTable> tables;

    private RlsSchema(Builder builder) {
        this.schema = builder.schema;
        this.ownerRole = builder.ownerRole;
        this.appRole = builder.appRole;
        this.tablePrefix = builder.tablePrefix;
        this.column = builder.column;
        this.dedicated = builder.dedicated.isEmpty() ? "" : column.only(builder.dedicated);
        this.tables = List.copyOf(builder.tables);
        List<String> seen = new ArrayList<>(List.of("canary"));
        for (TenantTable table : tables) {
            if (seen.contains(table.name())) {
                throw new IllegalArgumentException("table '" + table.name() + "' is named twice or reserved");
            }
            for (TenantTable.Parent parent : table.parents()) {
                if (!seen.contains(parent.table()) && !parent.table().equals(table.name())) {
                    throw new IllegalArgumentException("table '" + table.name() + "' refers to '" + parent.table()
                            + "', which must be named before it");
                }
            }
            if (table.columns().stream().anyMatch(c -> c.name().equals(column.name()))) {
                throw new IllegalArgumentException(
                        "table '" + table.name() + "' must not define the tenant column itself");
            }
            seen.add(table.name());
        }
    }

    /** Starts a schema named {@code aios} with roles {@code aios_owner} and {@code aios_app} and no table. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts with the tables of an agent platform: agents, agent_configs, knowledge_entries, audit_logs, deployments,
     * policies, conversations, messages, decision_traces and idempotency_keys. The same as the migration
     * {@code db/migration/aios/V1__aios_tenancy.sql} in this jar.
     */
    public static Builder standard() {
        Builder builder = new Builder();
        List.of(
                        "agents",
                        "agent_configs",
                        "knowledge_entries",
                        "audit_logs",
                        "deployments",
                        "policies",
                        "conversations",
                        "messages")
                .forEach(name -> builder.tables.add(TenantTable.standard(name)));
        builder.tables.add(TenantTable.decisionTraces());
        builder.tables.add(TenantTable.idempotencyKeys());
        return builder;
    }

    /** The schema's name. */
    public String schema() {
        return schema;
    }

    /** The login role of the application; give it a password or another way to log in yourself. */
    public String appRole() {
        return appRole;
    }

    /** The role that owns everything and that nobody logs in as. */
    public String ownerRole() {
        return ownerRole;
    }

    /** Where the tenant's id stands. */
    public TenantColumn column() {
        return column;
    }

    /** The tenant tables, without the canary. */
    public List<TenantTable> tables() {
        return tables;
    }

    /** The whole script: {@link #rolesSql()}, then {@link #schemaSql()}. */
    public String sql() {
        return rolesSql() + "\n" + schemaSql();
    }

    /** Roles and database-wide grants; needs a superuser, and can be run again. */
    public String rolesSql() {
        return RlsScript.roles(ownerRole, appRole);
    }

    /** Schema, functions, tables, policies, grants and the canary; runs once, after {@link #rolesSql()}. */
    public String schemaSql() {
        RlsScript script = script();
        script.open();
        tables.forEach(script::table);
        script.close();
        return script.toString();
    }

    RlsScript script() {
        return new RlsScript(schema, ownerRole, appRole, tablePrefix, column, dedicated);
    }

    /**
     * Runs {@link #sql()} in one transaction.
     *
     * @param admin connections of a superuser, never the application's own login
     * @throws SQLException what the database refused; nothing remains of the script then
     */
    public void create(DataSource admin) throws SQLException {
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql());
            connection.commit();
        }
    }

    /** Collects a schema's parts. */
    public static final class Builder {
        private String schema = "aios";
        private String ownerRole = "aios_owner";
        private String appRole = "aios_app";
        private String tablePrefix = "";
        private TenantColumn column = TenantColumn.DEFAULT;
        private String dedicated = "";
        private final List<TenantTable> tables = new ArrayList<>();

        private Builder() {}

        public Builder schema(String name) {
            schema = Identifiers.checkName("schema", name);
            return this;
        }

        /** The owner, who cannot log in, and the application's login. */
        public Builder roles(String owner, String app) {
            if (owner.equals(app)) {
                throw new IllegalArgumentException("the application's login must not own the tables: " + app);
            }
            ownerRole = Identifiers.checkName("role", owner);
            appRole = Identifiers.checkName("role", app);
            return this;
        }

        /** Put before the name of every tenant table (not before {@code canary}). */
        public Builder tablePrefix(String prefix) {
            tablePrefix = prefix.isEmpty() ? prefix : Identifiers.checkName("table prefix", prefix);
            return this;
        }

        public Builder column(TenantColumn tenantColumn) {
            column = tenantColumn;
            return this;
        }

        /**
         * Makes the schema one tenant's own: on top of the policies, every table has a CHECK that its rows are this
         * tenant's.
         */
        public Builder dedicatedTo(String org) {
            if (org.isEmpty()) {
                throw new IllegalArgumentException("a dedicated schema needs its tenant");
            }
            dedicated = org;
            return this;
        }

        /** Adds a table; a table it refers to must have been added before. */
        public Builder table(TenantTable table) {
            tables.add(table);
            return this;
        }

        public RlsSchema build() {
            return new RlsSchema(this);
        }
    }
}
