package io.aios.tenancy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one tenant table, as entities of type {@code T}, through a {@link TenantDb}.
 *
 * <p>No method names the tenant in its SQL: the policies decide which rows exist. An entity that says it belongs to
 * another tenant than the call is refused before the database would refuse it. Called inside {@link TenantDb#inTenant}
 * of the same tenant, a method takes part in that transaction.
 *
 * @param <T> the entity
 */
public final class TenantRepository<T> {
    /** The largest page {@link #page} returns. */
    public static final int MAX_PAGE = 1000;

    private final TenantDb db;
    private final String table;
    private final String orgColumn;
    private final String idColumn;
    private final @Nullable String versionColumn;
    private final Function<T, OrgId> org;
    private final Function<T, ? extends Map<String, ? extends @Nullable Object>> columns;
    private final RowMapper<T> mapper;

    private TenantRepository(Builder<T> builder) {
        this.db = builder.db;
        this.table = quote(builder.table);
        this.orgColumn = quote(builder.db.column().name());
        this.idColumn = builder.idColumn;
        this.versionColumn = builder.versionColumn;
        this.org = builder.org;
        this.columns = builder.columns;
        this.mapper = builder.mapper;
    }

    /**
     * Starts a repository of a table whose rows are records.
     *
     * @param type a record whose components are the table's columns, in snake case
     * @param org the tenant an entity says it belongs to
     * @param columns an entity's columns by name, without the tenant column; null values are allowed
     */
    public static <T> Builder<T> of(
            TenantDb db,
            String table,
            Class<T> type,
            Function<T, OrgId> org,
            Function<T, ? extends Map<String, ? extends @Nullable Object>> columns) {
        return new Builder<>(db, table, ConstructorMapper.of(type), org, columns);
    }

    /** Starts a repository whose rows this mapper reads. */
    public static <T> Builder<T> of(
            TenantDb db,
            String table,
            RowMapper<T> mapper,
            Function<T, OrgId> org,
            Function<T, ? extends Map<String, ? extends @Nullable Object>> columns) {
        return new Builder<>(db, table, mapper, org, columns);
    }

    /**
     * Inserts the entity.
     *
     * @throws TenancyException if the entity belongs to another tenant
     */
    public void insert(OrgId tenant, T entity) {
        int rows = write(tenant, h -> change(h, insertSql(columnsOf(tenant, entity)), columnsOf(tenant, entity)));
        requireOne(rows, "inserted");
    }

    /** Inserts the entity, or replaces this tenant's row with the same id. */
    public void upsert(OrgId tenant, T entity) {
        Map<String, @Nullable Object> values = columnsOf(tenant, entity);
        StringBuilder set = new StringBuilder();
        for (String column : values.keySet()) {
            if (!column.equals(idColumn)) {
                set.append(set.length() == 0 ? "" : ", ").append(quote(column)).append(" = excluded.");
                set.append(quote(column));
            }
        }
        String sql =
                insertSql(values) + " on conflict (" + orgColumn + ", " + quote(idColumn) + ") do update set " + set;
        requireOne(write(tenant, h -> change(h, sql, values)), "upserted");
    }

    /** The tenant's entity with this id. */
    public Optional<T> find(OrgId tenant, Object id) {
        String sql = "select * from " + table + " where " + quote(idColumn) + " = :id";
        return db.read(
                tenant, h -> h.createQuery(sql).bind("id", id).map(mapper).findOne());
    }

    /**
     * A page of the tenant's entities in the order of their ids.
     *
     * @param after the id of the last entity of the page before; null for the first page
     * @param limit 1 to {@link #MAX_PAGE}
     */
    public List<T> page(OrgId tenant, @Nullable Object after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_PAGE + ": " + limit);
        }
        String where = after == null ? "" : " where " + quote(idColumn) + " > :after";
        String sql = "select * from " + table + where + " order by " + quote(idColumn) + " limit :limit";
        return db.read(tenant, h -> {
            Query query = h.createQuery(sql).bind("limit", limit);
            if (after != null) {
                query = query.bind("after", after);
            }
            return query.map(mapper).list();
        });
    }

    /** Number of the tenant's rows. */
    public long count(OrgId tenant) {
        return db.read(
                tenant,
                h -> h.createQuery("select count(*) from " + table)
                        .mapTo(Long.class)
                        .one());
    }

    /**
     * Replaces the entity if its row still has this version, which then grows by one.
     *
     * @param version the version the caller read
     * @return false if the row is gone or has another version
     * @throws IllegalStateException if the repository has no version column
     */
    public boolean update(OrgId tenant, T entity, long version) {
        String versioned = versionColumn;
        if (versioned == null) {
            throw new IllegalStateException("repository of " + table + " has no version column");
        }
        Map<String, @Nullable Object> values = columnsOf(tenant, entity);
        values.remove(versioned);
        StringBuilder set = new StringBuilder(quote(versioned) + " = " + quote(versioned) + " + 1");
        values.keySet().stream()
                .filter(c -> !c.equals(idColumn))
                .forEach(c -> set.append(", ").append(quote(c)).append(" = :").append(c));
        String sql = "update " + table + " set " + set + " where " + quote(idColumn) + " = :" + idColumn + " and "
                + quote(versioned) + " = :aios_version";
        values.put("aios_version", version);
        return write(tenant, h -> change(h, sql, values)) == 1;
    }

    /**
     * Deletes the tenant's row with this id.
     *
     * @return whether there was one
     */
    public boolean delete(OrgId tenant, Object id) {
        String sql = "delete from " + table + " where " + quote(idColumn) + " = :id";
        return write(tenant, h -> h.createUpdate(sql).bind("id", id).execute()) == 1;
    }

    private int write(OrgId tenant, HandleCallback<Integer, RuntimeException> work) {
        return db.write(tenant, work);
    }

    private static int change(Handle handle, String sql, Map<String, @Nullable Object> values) {
        return handle.createUpdate(sql).bindMap(values).execute();
    }

    private String insertSql(Map<String, @Nullable Object> values) {
        List<String> names = new ArrayList<>(List.of(orgColumn));
        List<String> binds = new ArrayList<>(List.of("current_org()"));
        for (String column : values.keySet()) {
            names.add(quote(column));
            binds.add(":" + column);
        }
        return "insert into " + table + " (" + String.join(", ", names) + ") values (" + String.join(", ", binds) + ")";
    }

    private Map<String, @Nullable Object> columnsOf(OrgId tenant, T entity) {
        OrgId owner = org.apply(entity);
        if (!owner.equals(tenant)) {
            throw new TenancyException("entity of tenant '" + owner + "' cannot be written as tenant '" + tenant + "'");
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        columns.apply(entity).forEach((name, value) -> put(values, name, value));
        if (!values.containsKey(idColumn)) {
            throw new IllegalArgumentException("columns of " + table + " lack the id column '" + idColumn + "'");
        }
        return values;
    }

    private void put(Map<String, @Nullable Object> values, String name, @Nullable Object value) {
        String checked = unquoted(name);
        if (checked.equals(db.column().name())) {
            throw new IllegalArgumentException("the tenant column is written by the repository, not by the entity");
        }
        values.put(checked, value);
    }

    private void requireOne(int rows, String what) {
        if (rows != 1) {
            throw new TenancyException(rows + " rows of " + table + " were " + what + " where one was meant");
        }
    }

    private static String unquoted(String name) {
        if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("name must match [a-z_][a-z0-9_]{0,62}: '" + name + "'");
        }
        return name;
    }

    private static String quote(String name) {
        return '"' + unquoted(name) + '"';
    }

    /** Collects what a repository needs. */
    public static final class Builder<T> {
        private final TenantDb db;
        private final String table;
        private final RowMapper<T> mapper;
        private final Function<T, OrgId> org;
        private final Function<T, ? extends Map<String, ? extends @Nullable Object>> columns;
        private String idColumn = "id";
        private @Nullable String versionColumn;

        private Builder(
                TenantDb db,
                String table,
                RowMapper<T> mapper,
                Function<T, OrgId> org,
                Function<T, ? extends Map<String, ? extends @Nullable Object>> columns) {
            this.db = db;
            this.table = table;
            this.mapper = mapper;
            this.org = org;
            this.columns = columns;
        }

        /** The column that identifies a row within its tenant; {@code id} by default. */
        public Builder<T> id(String column) {
            idColumn = unquoted(column);
            return this;
        }

        /** A {@code bigint} column that {@link TenantRepository#update} compares and counts up. */
        public Builder<T> version(String column) {
            versionColumn = unquoted(column);
            return this;
        }

        public TenantRepository<T> build() {
            return new TenantRepository<>(this);
        }
    }
}
