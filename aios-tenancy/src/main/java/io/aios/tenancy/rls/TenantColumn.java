package io.aios.tenancy.rls;

import java.util.Objects;

/**
 * Where a tenant's id stands: the session setting that carries it and the column that every tenant table has.
 *
 * @param setting the custom setting, two lower-case words joined by a dot
 * @param name the column's name, the same in every tenant table
 * @param type the column's type; a setting that does not cast to it fails the statement
 */
public record TenantColumn(String setting, String name, Type type) {
    /** {@code app.org_id}, in a {@code text} column {@code org_id}. */
    public static final TenantColumn DEFAULT = new TenantColumn("app.org_id", "org_id", Type.TEXT);

    /** The SQL types a tenant id may have; all compare exactly, byte for byte or bit for bit. */
    public enum Type {
        TEXT("text", "aios-canary-a", "aios-canary-b"),
        UUID("uuid", "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"),
        BIGINT("bigint", "-1", "-2");

        private final String sql;
        private final String canaryA;
        private final String canaryB;

        Type(String sql, String canaryA, String canaryB) {
            this.sql = sql;
            this.canaryA = canaryA;
            this.canaryB = canaryB;
        }

        /** The type's name in SQL. */
        public String sql() {
            return sql;
        }

        /** Whether this text casts to the type and back without change. */
        public boolean accepts(String id) {
            try {
                return switch (this) {
                    case TEXT -> !id.isEmpty();
                    case UUID -> java.util.UUID.fromString(id).toString().equals(id);
                    case BIGINT -> Long.toString(Long.parseLong(id)).equals(id);
                };
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** The reserved tenant whose canary row every door and verifier looks for. */
        public String canaryA() {
            return canaryA;
        }

        /** The reserved tenant that {@link #canaryA} must never see. */
        public String canaryB() {
            return canaryB;
        }
    }

    public TenantColumn {
        setting = Identifiers.checkSetting(setting);
        name = Identifiers.checkName("tenant column", name);
        Objects.requireNonNull(type, "type");
    }

    String quoted() {
        return Identifiers.quote(name);
    }

    /** The condition that only this tenant's rows meet, as every supported server prints it. */
    String only(String org) {
        if (!type.accepts(org)) {
            throw new IllegalArgumentException("'" + org + "' is not a " + type.sql());
        }
        return "(" + name + " = " + Identifiers.literal(org) + "::" + type.sql() + ")";
    }

    /** The column's definition in CREATE TABLE. */
    String definition() {
        return switch (type) {
            case TEXT -> quoted() + " text collate \"C\" not null check (" + quoted() + " <> '')";
            case UUID -> quoted() + " uuid not null";
            case BIGINT -> quoted() + " bigint not null";
        };
    }
}
