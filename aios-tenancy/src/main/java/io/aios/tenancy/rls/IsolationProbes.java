package io.aios.tenancy.rls;

import static io.aios.tenancy.rls.Identifiers.literal;
import static io.aios.tenancy.rls.Identifiers.quote;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Tries, as the login itself, what isolation must not allow; nothing it does is committed. */
final class IsolationProbes {
    static final int COUNT = 6;
    private static final String REFUSED = "42501";

    private final Connection connection;
    private final TenantColumn column;
    private final String canary;
    private final List<Finding> findings = new ArrayList<>();

    IsolationProbes(Connection connection, String schema, TenantColumn column) {
        this.connection = connection;
        this.column = column;
        this.canary = quote(schema) + "." + quote(RlsScript.CANARY);
    }

    List<Finding> run(List<String> tenantTables) throws SQLException {
        noTenant("B01", "before any scope");
        ownRowOnly();
        foreignWrites();
        rowSecurityBinds(tenantTables);
        nothingStays();
        residue();
        return findings;
    }

    private void noTenant(String id, String when) throws SQLException {
        String state = stateOf("select token from " + canary);
        if (!state.equals(REFUSED)) {
            found(id, "a statement without a tenant is not refused " + when + ": SQLSTATE " + state);
        }
    }

    private void ownRowOnly() throws SQLException {
        as(column.type().canaryA());
        List<String> tokens = texts("select token from " + canary);
        if (!tokens.equals(List.of("a"))) {
            found("B02", "canary tenant a sees " + tokens + " instead of its own row");
        }
        connection.rollback();
    }

    private void foreignWrites() throws SQLException {
        String b = literal(column.type().canaryB());
        String own = column.quoted();
        for (String sql : List.of(
                "insert into " + canary + " values (" + b + ", 'forged') on conflict do nothing",
                "update " + canary + " set " + own + " = " + b)) {
            as(column.type().canaryA());
            String state = stateOf(sql);
            if (!state.equals(REFUSED)) {
                found("B03", "canary tenant a writes a row of tenant b: SQLSTATE " + state);
            }
        }
        as(column.type().canaryA());
        if (!texts("delete from " + canary + " where token = 'b' returning token")
                .isEmpty()) {
            found("B03", "canary tenant a deletes the row of tenant b");
        }
        connection.rollback();
    }

    /** With row_security off a statement must fail instead of showing all rows; asked of every table at once. */
    private void rowSecurityBinds(List<String> tenantTables) throws SQLException {
        if (tenantTables.isEmpty()) {
            return;
        }
        StringBuilder tables = new StringBuilder();
        for (String table : tenantTables) {
            tables.append(tables.length() == 0 ? "" : ",").append(literal(table));
        }
        try {
            execute("""
                    do $aios$
                    declare t text; open text := '';
                    begin
                      perform pg_catalog.set_config('row_security', 'off', true);
                      foreach t in array array[%s] loop
                        begin
                          execute 'select from ' || t || ' limit 0';
                          open := open || t || ' ';
                        exception when insufficient_privilege then null;
                        end;
                      end loop;
                      perform pg_catalog.set_config('aios.open_tables', open, true);
                    end
                    $aios$""".formatted(tables));
            for (String open : texts("select pg_catalog.current_setting('aios.open_tables')")) {
                if (!open.isBlank()) {
                    found("B04", "with row_security off the login still reads " + open.strip());
                }
            }
        } finally {
            connection.rollback();
        }
    }

    private void nothingStays() throws SQLException {
        as(column.type().canaryA());
        connection.commit();
        List<String> left = texts("select coalesce(pg_catalog.current_setting(" + literal(column.setting())
                + ", true), '') where coalesce(pg_catalog.current_setting(" + literal(column.setting())
                + ", true), '') <> ''");
        connection.rollback();
        if (!left.isEmpty()) {
            found("B05", "the tenant stays on the connection after COMMIT");
        }
        noTenant("B05", "after a scope");
    }

    private void residue() throws SQLException {
        List<String> left = texts("select name from pg_catalog.pg_cursors where is_holdable union all select"
                + " relname::text from pg_catalog.pg_class where relnamespace = pg_catalog.pg_my_temp_schema()");
        connection.rollback();
        if (!left.isEmpty()) {
            found("B06", "the connection holds cursors or temporary tables of an earlier user: " + left);
        }
    }

    private void found(String id, String why) {
        findings.add(new Finding(
                id, Severity.ERROR, canary, why, "compare the schema and the login with what RlsSchema writes"));
    }

    private void as(String org) throws SQLException {
        connection.rollback();
        try (PreparedStatement statement =
                connection.prepareStatement("select pg_catalog.set_config('" + column.setting() + "', ?, true)")) {
            statement.setString(1, org);
            if (!statement.execute()) {
                throw new SQLException("the tenant could not be set");
            }
        }
    }

    private String stateOf(String sql) throws SQLException {
        try {
            execute(sql);
            return "00000";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        } finally {
            connection.rollback();
        }
    }

    @com.google.errorprone.annotations.CanIgnoreReturnValue
    private boolean execute(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.execute();
        }
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
        }
        return texts;
    }
}
