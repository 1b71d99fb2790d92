package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.DirectoryCheckpointStore;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever a login, its database or its pool sets, the wall writes, reads, erases and publishes as ever. */
class UnsettledLoginIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final List<String> ROLES =
            List.of(Postgres.ROLES.writer(), Postgres.ROLES.reader(), Postgres.ROLES.signer(), Postgres.ROLES.eraser());
    private static final AtomicInteger TENANTS = new AtomicInteger();

    private static final String TIME_ZONE = "TIME ZONE";

    private static final Map<String, List<String>> ODD = new TreeMap<>(Map.ofEntries(
            Map.entry(TIME_ZONE, List.of("INTERVAL '-12:34:56'", "'<Z>-03'", "'Asia/Kolkata'", "'+14:59'")),
            Map.entry("timezone_abbreviations", List.of("India", "Australia")),
            // The driver goes on under no other than ISO.
            Map.entry("datestyle", List.of("ISO, DMY", "ISO, MDY", "ISO, YMD")),
            Map.entry("intervalstyle", List.of("iso_8601", "sql_standard", "postgres_verbose")),
            Map.entry("extra_float_digits", List.of("-15", "0", "3")),
            Map.entry("bytea_output", List.of("escape", "hex")),
            Map.entry("standard_conforming_strings", List.of("off", "on")),
            Map.entry("backslash_quote", List.of("on", "off")),
            Map.entry("lc_monetary", List.of("C", "POSIX")),
            Map.entry("lc_numeric", List.of("C", "POSIX")),
            Map.entry("lc_time", List.of("C", "POSIX")),
            Map.entry("default_transaction_isolation", List.of("serializable", "repeatable read")),
            Map.entry("default_transaction_read_only", List.of("on")),
            Map.entry("default_transaction_deferrable", List.of("on")),
            Map.entry("search_path", List.of("public", "nowhere", "pg_temp, public, pg_catalog")),
            Map.entry("row_security", List.of("off")),
            Map.entry("client_min_messages", List.of("debug5", "log", "notice", "error")),
            Map.entry("array_nulls", List.of("off")),
            Map.entry("transform_null_equals", List.of("on")),
            Map.entry("lock_timeout", List.of("1ms")),
            Map.entry("statement_timeout", List.of("20s")),
            Map.entry("idle_in_transaction_session_timeout", List.of("20s")),
            Map.entry("synchronous_commit", List.of("local", "remote_write", "remote_apply", "on")),
            Map.entry("plan_cache_mode", List.of("force_custom_plan", "force_generic_plan")),
            Map.entry("enable_indexscan", List.of("off")),
            Map.entry("enable_nestloop", List.of("off")),
            Map.entry("enable_sort", List.of("off")),
            Map.entry("quote_all_identifiers", List.of("on")),
            Map.entry("exit_on_error", List.of("on")),
            Map.entry("plpgsql.extra_errors", List.of("all")),
            Map.entry("plpgsql.extra_warnings", List.of("all")),
            Map.entry("xmlbinary", List.of("hex")),
            Map.entry("default_toast_compression", List.of("pglz")),
            Map.entry("work_mem", List.of("64kB")),
            Map.entry("app.org_id", List.of("somebody-else"))));

    /** Connections that begin with these settings, also those that a driver overrides when it connects. */
    private static DataSource unsettled(DataSource real, Map<String, String> settings) {
        return (DataSource) Proxy.newProxyInstance(
                UnsettledLoginIT.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof Connection connection) {
                        try (Statement statement = connection.createStatement()) {
                            for (Map.Entry<String, String> one : settings.entrySet()) {
                                statement.execute("SET " + assignment(one));
                            }
                        }
                    }
                    return result;
                });
    }

    private static String assignment(Map.Entry<String, String> setting) {
        return switch (setting.getKey()) {
            case TIME_ZONE -> TIME_ZONE + " " + setting.getValue();
            case "search_path", "datestyle" -> setting.getKey() + " = " + setting.getValue();
            default -> setting.getKey() + " = '" + setting.getValue() + "'";
        };
    }

    private static void atLogin(Map<String, String> settings) {
        List<String> statements = new ArrayList<>();
        for (String role : ROLES) {
            String alter = "ALTER ROLE " + role + " IN DATABASE " + DATABASE.database();
            statements.add(alter + " RESET ALL");
            settings.entrySet().forEach(one -> statements.add(alter + " SET " + assignment(one)));
        }
        Postgres.execute(DATABASE.superuser(), statements.toArray(String[]::new));
    }

    @Property(tries = 15, shrinking = ShrinkingMode.OFF)
    void noSettingOfASessionChangesWhatTheWallDoes(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Map<String, String> settings = new TreeMap<>();
        ODD.forEach((name, values) -> {
            if (random.nextBoolean()) {
                settings.put(name, values.get(random.nextInt(values.size())));
            }
        });
        assertTheWallWorksUnder(settings);
    }

    @Property(tries = 1)
    void norDoAllOfThemTogether() throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            ODD.forEach((name, values) -> all.put(name, values.get(n % values.size())));
            assertTheWallWorksUnder(all);
        }
    }

    private static void assertTheWallWorksUnder(Map<String, String> settings) throws IOException {
        OrgId org = OrgId.of("tenant-" + TENANTS.incrementAndGet());
        NoteSigner key = NoteSigner.generate("example.org/unsettled", new SecureRandom());
        DirectoryCheckpointStore store = new DirectoryCheckpointStore(Files.createTempDirectory("unsettled"));
        atLogin(settings);
        try (AuditWall wall = AuditWall.writer(unsettled(DATABASE.as(Postgres.ROLES.writer()), settings))
                .primary(Postgres.primary())
                .open()) {
            AuditReceipt first = wall.tenant(org).append(event("first"));
            AuditReceipt second = wall.tenant(org).correct(first.ref(), event("second"));
            AuditReader reader = AuditReader.open(unsettled(DATABASE.as(Postgres.ROLES.reader()), settings));
            VerifyReport report =
                    reader.verify(org, Held.nothing().receipt(first).receipt(second));
            assertThat(report.isIntact()).as("%s under %s", report, settings).isTrue();
            AuditEraser.open(unsettled(DATABASE.as(Postgres.ROLES.eraser()), settings), Clock.systemUTC())
                    .erase(org, first.ref(), "officer", "gdpr.art17");
            long published = CheckpointSigner.open(
                            unsettled(DATABASE.as(Postgres.ROLES.signer()), settings), key, store)
                    .publish()
                    .size();
            assertThat(published).isPositive();
            assertThat(reader.verify(org, key.key(), store))
                    .as("under %s", settings)
                    .isInstanceOfSatisfying(
                            VerifyReport.Erased.class,
                            erased -> assertThat(erased.exposed()).isZero());
            assertThat(reader.tally(org)).hasSize(2);
        } finally {
            atLogin(Map.of());
        }
    }

    private static AuditEvent event(String subject) {
        return AuditEvent.of("round.tripped")
                .actor("actor")
                .subject(subject)
                .outcome("ok")
                .payload(Map.of("text", "Zo\u00eb \\ ' 1e-7", "nothing", List.of()))
                .build();
    }
}
