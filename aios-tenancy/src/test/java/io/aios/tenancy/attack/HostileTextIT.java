package io.aios.tenancy.attack;

import static io.aios.tenancy.attack.AttackBed.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.IsolationException;
import io.aios.tenancy.VerifyMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts that the server reads differently than they look. Each works on the login's own connection, past the door: what
 * is refused is a real leak.
 */
class HostileTextIT {
    private static final String SWITCH = "set_config($q$app.org_id$q$, $q$tenant-b$q$, true)";
    private static final String THEN_READ = " union all select body from doc";

    private static AttackBed bed;

    @BeforeAll
    static void open() {
        bed = new AttackBed();
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    /** What the login reads as tenant a, past the door. */
    private static List<String> pastTheDoor(String set, String sql) throws SQLException {
        try (Connection connection = bed.database().app().getConnection();
                Statement settings = connection.createStatement()) {
            connection.setAutoCommit(false);
            settings.execute("set local app.org_id = 'tenant-a'; set local search_path = pg_catalog, aios" + set);
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet rows = statement.executeQuery()) {
                List<String> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                return found;
            } finally {
                connection.rollback();
            }
        }
    }

    private static void leaksPastTheDoorAndIsRefused(String sql) throws SQLException {
        assertThat(pastTheDoor("", sql)).contains("of-b");
        bed.refuses(sql);
    }

    @Test
    void aStringThatGoesOnOnTheNextLineKeepsItsEscapes() throws SQLException {
        leaksPastTheDoorAndIsRefused("select E'x'\n'\\' , ' || " + SWITCH + THEN_READ + " --'");
        leaksPastTheDoorAndIsRefused("select E'x' -- '\n  '\\' , ' || " + SWITCH + THEN_READ + " --'");
    }

    @Test
    void halfACharacterIsSentAsAnOperator() throws SQLException {
        leaksPastTheDoorAndIsRefused(
                "select (j\ud800" + SWITCH + ")::text from (values ('{}'::jsonb)) v(j)" + THEN_READ);
    }

    @Test
    void functionsOfTheServerThatRunText() throws SQLException {
        leaksPastTheDoorAndIsRefused("select (select count(*) from ts_stat('select to_tsvector(''simple'', " + SWITCH
                + ")'))::text" + THEN_READ);
        leaksPastTheDoorAndIsRefused(
                "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, " + SWITCH + "::tsquery')::text" + THEN_READ);
        leaksPastTheDoorAndIsRefused("select query_to_xml('select " + SWITCH + "', true, true, '')::text" + THEN_READ);
        bed.refuses("select \"ts_stat\"('select 1')", "select pg_catalog . ts_stat /* */ ('select 1')");
    }

    @Test
    void aLoginWhoseStringsHaveEscapesIsRefused() throws SQLException {
        String sql = "select '\\' , ' || " + SWITCH + THEN_READ + " --'";
        assertThat(pastTheDoor("; set local standard_conforming_strings = off", sql))
                .contains("of-b");
        assertThat(bed.read(A, sql.replace(" --", ""))).hasSize(1); // two harmless strings, as the door reads them
        for (VerifyMode mode : VerifyMode.values()) {
            assertThatThrownBy(() -> bed.open(mode, "?options=-c%20standard_conforming_strings=off")
                            .close())
                    .isInstanceOf(IsolationException.class)
                    .hasMessageContaining("standard_conforming_strings");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 as insert into temp left_behind",
                "select 1 insert into temp left_behind",
                "select (1) merge into temp left_behind",
                "with insert as (select 1) select 1 insert into temp left_behind",
                "(select 1 as insert into temp left_behind)"
            })
    void aColumnCalledInsertMakesNoTable(String sql) {
        String name = bed.database().name();
        bed.database().asAdmin("grant temporary on database " + name + " to aios_app");
        try {
            assertThat(bed.loginGets(sql)).isEqualTo("00000");
            bed.refuses(sql);
        } finally {
            bed.database().asAdmin("revoke temporary on database " + name + " from aios_app");
        }
    }

    @Test
    void objectsOfOtherTenantsHaveNoNames() throws SQLException {
        bed.database().asAdmin("create schema own_of_tenant_b create table secret (id int)");
        String oid = bed.database().adminSees("select 'own_of_tenant_b.secret'::regclass::oid");
        for (String name : List.of(
                "select '" + oid + "'::regclass::text",
                "select regclass(" + oid + ")::text",
                "select cast(" + oid + " as \"regclass\")::text",
                "select array[" + oid + "]::_regclass::text")) {
            assertThat(pastTheDoor("", name).get(0)).contains("own_of_tenant_b");
            bed.refuses(name);
        }
        bed.refuses("select format_type(" + oid + ", -1)", "select obj_description(" + oid + ", 'x')");
    }

    @Test
    void nobodyChoosesTheRandomNumbersOfTheNext() throws SQLException {
        String random = "select random()::text from (select setseed(0.5)) s";
        assertThat(pastTheDoor("", random)).isEqualTo(pastTheDoor("", random));
        bed.refuses(random);
    }
}
