package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditRefusedException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WallSelfCheckIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();

    @Test
    void aProperWriterIsAccepted() {
        try (AuditWall wall = DATABASE.writer().open()) {
            assertThat(wall).isNotNull();
        }
    }

    @Test
    void withoutAPrimaryToCompareWithNothingOpens() {
        assertThatThrownBy(() ->
                        AuditWall.writer(DATABASE.as(Postgres.ROLES.writer())).open())
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("name the primary");
    }

    @Test
    void theServerOfThePrimaryIsRefused() {
        assertThatThrownBy(() -> AuditWall.writer(DATABASE.as(Postgres.ROLES.writer()))
                        .primary(DATABASE.superuser())
                        .open())
                .hasMessageContaining("stands on the primary's server");
    }

    @Test
    void aRoleSharedWithThePrimaryIsRefused() {
        assertThatThrownBy(() -> AuditWall.writer(DATABASE.as(Postgres.ROLES.writer()))
                        .primary(DATABASE.as(Postgres.ROLES.writer()))
                        .open())
                .hasMessageContaining("share the role");
    }

    @Test
    void aSuperuserIsRefusedAsWriterAndAsReader() {
        assertThatThrownBy(() -> AuditWall.writer(DATABASE.superuser())
                        .primary(Postgres.primary())
                        .open())
                .isInstanceOf(AuditRefusedException.class)
                .hasMessageContaining("is a superuser");
        assertThatThrownBy(() -> AuditReader.open(DATABASE.superuser())).hasMessageContaining("is a superuser");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GRANT INSERT ON aios_audit.entry TO {w}|REVOKE INSERT ON aios_audit.entry FROM {w}|aios_audit.entry",
                "GRANT SELECT (leaf) ON aios_audit.entry TO {w}|REVOKE SELECT (leaf) ON aios_audit.entry FROM {w}"
                        + "|aios_audit.entry",
                "GRANT EXECUTE ON FUNCTION aios_audit.erase TO {w}|REVOKE EXECUTE ON FUNCTION aios_audit.erase FROM {w}"
                        + "|aios_audit.erase",
                "GRANT pg_read_all_data TO {w}|REVOKE pg_read_all_data FROM {w}|is a member of pg_read_all_data",
                "ALTER ROLE {w} BYPASSRLS|ALTER ROLE {w} NOBYPASSRLS|BYPASSRLS",
                "ALTER ROLE {w} CREATEROLE|ALTER ROLE {w} NOCREATEROLE|may create roles",
                "GRANT CREATE ON SCHEMA aios_audit TO {w}|REVOKE CREATE ON SCHEMA aios_audit FROM {w}|may create in",
                "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {w}|REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM {w}"
                        + "|more than PUBLIC",
                "CREATE TABLE public.t (x int)@ALTER TABLE public.t OWNER TO {w}|DROP TABLE public.t|owns objects",
                "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'|DROP FUNCTION public.f()|may call",
                "ALTER ROLE {w} SET synchronous_commit = off|ALTER ROLE {w} RESET synchronous_commit"
                        + "|synchronous_commit=off",
                "ALTER TABLE aios_audit.entry NO FORCE ROW LEVEL SECURITY|ALTER TABLE aios_audit.entry FORCE ROW LEVEL"
                        + " SECURITY|no forced row-level security",
                "CREATE ROLE bystander LOGIN@GRANT {o} TO bystander|DROP ROLE bystander|bystander may become",
                "ALTER TABLE aios_audit.entry DISABLE TRIGGER no_change|ALTER TABLE aios_audit.entry ENABLE TRIGGER no_change"
                        + "|aios_audit.entry lacks a trigger",
                "ALTER TABLE aios_audit.payload DISABLE TRIGGER ALL|ALTER TABLE aios_audit.payload ENABLE TRIGGER ALL"
                        + "|aios_audit.payload lacks a trigger",
                "ALTER ROLE {w} SET session_replication_role = replica|ALTER ROLE {w} RESET session_replication_role"
                        + "|session_replication_role=replica",
            })
    void anyPrivilegeTooManyIsRefused(String grant, String revoke, String finding) {
        String writer = Postgres.ROLES.writer();
        Postgres.execute(
                DATABASE.superuser(),
                grant.replace("{w}", writer)
                        .replace("{o}", Postgres.ROLES.owner())
                        .split("@"));
        try {
            assertThatThrownBy(() -> DATABASE.writer().open())
                    .isInstanceOf(AuditRefusedException.class)
                    .hasMessageContaining(finding);
        } finally {
            Postgres.execute(DATABASE.superuser(), revoke.replace("{w}", writer));
        }
    }

    @Test
    void aReaderWhosePoolIsReadOnlyIsAcceptedAndStaysSo() throws SQLException {
        try (Connection connection = DATABASE.as(Postgres.ROLES.reader()).getConnection()) {
            connection.setReadOnly(true);
            assertThat(AuditReader.open(FaultyLine.only(connection))).isNotNull();
            assertThat(connection.isReadOnly()).isTrue();
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW transaction_read_only")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("on");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "full_page_writes", "synchronous_commit"})
    void aServerThatMayForgetIsRefused(String setting) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", setting.equals("fsync") ? "off" : "on")
                .setServerConfig("full_page_writes", setting.equals("full_page_writes") ? "off" : "on")
                .setServerConfig("synchronous_commit", setting.equals("synchronous_commit") ? "off" : "on")
                .start()) {
            Postgres.TestWall wall = Postgres.wall(server);
            assertThatThrownBy(() -> wall.writer().open()).hasMessageContaining(setting + "=off");
        }
    }

    @Test
    void everyForbiddenStatementFailsLoudlyForEveryRole() throws SQLException {
        for (String role : List.of(
                Postgres.ROLES.writer(), Postgres.ROLES.reader(), Postgres.ROLES.signer(), Postgres.ROLES.eraser())) {
            for (String table : List.of("entry", "payload", "tenant_log", "head", "checkpoint")) {
                for (String statement : List.of(
                        "DELETE FROM ONLY aios_audit.%s WHERE false",
                        "DELETE FROM aios_audit.%s",
                        "TRUNCATE aios_audit.%s",
                        "DROP TABLE aios_audit.%s",
                        "INSERT INTO aios_audit.%s DEFAULT VALUES")) {
                    assertRefused(role, statement.replace("%s", table));
                }
            }
        }
    }

    private static void assertRefused(String role, String sql) throws SQLException {
        try (Connection connection = DATABASE.as(role).getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .as("%s: %s", role, sql)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
