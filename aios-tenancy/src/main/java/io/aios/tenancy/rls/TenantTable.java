package io.aios.tenancy.rls;

import java.util.ArrayList;
import java.util.List;

/**
 * One tenant table: its own columns; the tenant column, keys, policies and grants are added by {@link RlsSchema}.
 *
 * @param name the table's name
 * @param columns its columns in order, without the tenant column
 * @param key the columns that identify a row within its tenant
 * @param unique further unique keys within a tenant
 * @param indexes further indexes within a tenant
 * @param parents tables of the same tenant that rows refer to
 * @param partitions number of hash partitions by tenant; 0 for an ordinary table
 */
public record TenantTable(
        String name,
        List<Column> columns,
        List<String> key,
        List<List<String>> unique,
        List<List<String>> indexes,
        List<Parent> parents,
        int partitions) {

    /**
     * A column.
     *
     * @param definition type and constraints, SQL text of the developer
     * @param secret whether the planner keeps no statistics of its values (estimates reveal how often a value occurs)
     */
    public record Column(String name, String definition, boolean secret) {
        public Column {
            name = Identifiers.checkName("column", name);
            if (definition.isBlank() || definition.contains(";")) {
                throw new IllegalArgumentException("column " + name + " needs a type and no ';'");
            }
        }
    }

    /** A reference to a row of the same tenant; the tenant column is part of the foreign key. */
    public record Parent(List<String> columns, String table) {
        public Parent {
            columns = columns.stream()
                    .map(c -> Identifiers.checkName("column", c))
                    .toList();
            table = Identifiers.checkName("table", table);
        }
    }

    public TenantTable {
        name = Identifiers.checkName("table", name);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        unique = unique.stream().map(List::copyOf).toList();
        indexes = indexes.stream().map(List::copyOf).toList();
        parents = List.copyOf(parents);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("table " + name + " needs a key within its tenant");
        }
        List<String> names = columns.stream().map(Column::name).toList();
        List<String> used = new ArrayList<>(key);
        unique.forEach(used::addAll);
        indexes.forEach(used::addAll);
        parents.forEach(p -> used.addAll(p.columns()));
        for (String column : used) {
            if (!names.contains(column)) {
                throw new IllegalArgumentException("table " + name + " has no column '" + column + "'");
            }
        }
        if (partitions < 0 || partitions > 1024) {
            throw new IllegalArgumentException("table " + name + ": 0 to 1024 partitions, not " + partitions);
        }
    }

    /** Starts a table that has no columns yet. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The usual table: {@code id uuid}, {@code created_at}, {@code status}, {@code body jsonb}, and both indexes. */
    public static TenantTable standard(String name) {
        return named(name)
                .column("id", "uuid not null default gen_random_uuid()")
                .column("created_at", "timestamptz not null default clock_timestamp()")
                .column("status", "text not null default 'active'")
                .secretColumn("body", "jsonb not null default '{}'")
                .key("id")
                .index("created_at")
                .index("status")
                .build();
    }

    /** {@code decision_traces}: sealed traces, their two digests, and the sealed bytes verbatim. */
    public static TenantTable decisionTraces() {
        return named("decision_traces")
                .column("trace_id", "text collate \"C\" not null check (length(trace_id) between 1 and 128)")
                .column("trace_hash", "text collate \"C\" not null check (trace_hash ~ '^[0-9a-f]{64}$')")
                .column("record_hash", "text collate \"C\" not null check (record_hash ~ '^[0-9a-f]{64}$')")
                .column("created_at", "timestamptz not null default clock_timestamp()")
                .column("status", "text not null default 'sealed'")
                .secretColumn("body", "bytea not null")
                .key("trace_id")
                .index("created_at")
                .index("status")
                .index("trace_hash")
                .build();
    }

    /** {@code idempotency_keys}: which outside events a tenant has worked off, and with what result. */
    public static TenantTable idempotencyKeys() {
        return named("idempotency_keys")
                .column("provider", "text collate \"C\" not null check (length(provider) between 1 and 128)")
                .column("external_id", "text collate \"C\" not null check (length(external_id) between 1 and 512)")
                .column("event_type", "text collate \"C\" not null check (length(event_type) between 1 and 128)")
                .column("payload_hash", "text collate \"C\" not null check (payload_hash ~ '^[0-9a-f]{64}$')")
                .column("created_at", "timestamptz not null default clock_timestamp()")
                .secretColumn("result", "text")
                .key("provider", "external_id", "event_type")
                .index("created_at")
                .build();
    }

    /** Collects a table's parts. */
    public static final class Builder {
        private final String name;
        private final List<Column> columns = new ArrayList<>();
        private List<String> key = List.of();
        private final List<List<String>> unique = new ArrayList<>();
        private final List<List<String>> indexes = new ArrayList<>();
        private final List<Parent> parents = new ArrayList<>();
        private int partitions;

        private Builder(String name) {
            this.name = name;
        }

        public Builder column(String column, String definition) {
            columns.add(new Column(column, definition, false));
            return this;
        }

        /** A column whose values must not show through row estimates. */
        public Builder secretColumn(String column, String definition) {
            columns.add(new Column(column, definition, true));
            return this;
        }

        public Builder key(String... names) {
            key = List.of(names);
            return this;
        }

        public Builder unique(String... names) {
            unique.add(List.of(names));
            return this;
        }

        public Builder index(String... names) {
            indexes.add(List.of(names));
            return this;
        }

        /** These columns refer to the key of {@code table}, within the same tenant. */
        public Builder references(String table, String... names) {
            parents.add(new Parent(List.of(names), table));
            return this;
        }

        public Builder partitions(int count) {
            partitions = count;
            return this;
        }

        public TenantTable build() {
            return new TenantTable(name, columns, key, unique, indexes, parents, partitions);
        }
    }
}
