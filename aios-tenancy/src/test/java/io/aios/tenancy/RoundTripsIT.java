package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.postgres.WireProxy;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.io.IOException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts what travels; a proxy sits between the driver and a real server. */
class RoundTripsIT {
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");
    private static final int EXECUTIONS = 12;
    private static final UUID ID = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final OffsetDateTime THEN = OffsetDateTime.parse("2026-01-02T03:04:05Z");
    private static TestDatabase database;
    private static WireProxy wire;
    private static TenantDb db;

    @BeforeAll
    static void open() throws IOException {
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "600000");
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("doc")
                        .column("id", "uuid not null")
                        .column("name", "text")
                        .column("at", "timestamptz")
                        .column("local_at", "timestamp")
                        .column("tags", "text[]")
                        .column("n", "bigint")
                        .key("id")
                        .build())
                .build());
        wire = new WireProxy(TestDatabase.port());
        db = open("");
        for (OrgId org : List.of(A, B)) {
            db.write(
                    org,
                    w -> w.createUpdate("insert into doc (org_id, id, name, at, local_at, tags, n)"
                                    + " values (:org, :id, :name, :at, '2026-01-02 03:04:05', '{x,y}', 7)")
                            .bind("org", org.value())
                            .bind("id", ID)
                            .bind("name", org.value())
                            .bind("at", THEN)
                            .execute());
        }
    }

    private static TenantDb open(String parameters) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost:" + wire.port() + "/" + database.name() + parameters);
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(1);
        return TenantDb.pool(config).build();
    }

    @AfterAll
    static void close() throws IOException {
        db.close();
        wire.close();
    }

    @BeforeEach
    void forget() {
        wire.roundTrips();
    }

    interface Bind {
        @CanIgnoreReturnValue
        Query to(Query query);
    }

    private static Arguments of(String name, String where, Bind bind) {
        return Arguments.of(name, where, bind);
    }

    static Stream<Arguments> parameters() {
        return Stream.of(
                of("no parameter", "true", q -> q),
                of("text", "name is not null and id::text = :p", q -> q.bind("p", ID.toString())),
                of("uuid", "id = :p", q -> q.bind("p", ID)),
                of("bigint", "n = :p", q -> q.bind("p", 7L)),
                of("timestamptz as OffsetDateTime", "at = :p", q -> q.bind("p", THEN)),
                of("timestamptz as Instant", "at = :p", q -> q.bind("p", THEN.toInstant())),
                of("timestamptz as Timestamp", "at = :p", q -> q.bind("p", Timestamp.from(THEN.toInstant()))),
                of(
                        "timestamp as Timestamp",
                        "local_at = :p",
                        q -> q.bind("p", Timestamp.valueOf("2026-01-02 03:04:05"))),
                of("untyped null", "n is distinct from :p", q -> q.bindNull("p", Types.OTHER)),
                of("untyped null of a uuid", "id is distinct from :p", q -> q.bindNull("p", Types.NULL)),
                of("typed null", ":p::text is null", q -> q.bindNull("p", Types.VARCHAR)),
                of("null timestamp", "at is distinct from :p", q -> q.bindByType("p", (Instant) null, Instant.class)),
                of("text array", "tags = :p", q -> q.bindArray("p", String.class, "x", "y")),
                of("uuid array", "id = any(:p)", q -> q.bindArray("p", UUID.class, ID)),
                of("two parameters", "id = :p and n = :r", q -> q.bind("p", ID).bind("r", 7L)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parameters")
    void aScopedReadIsExactlyOneRoundTripAndItsRowIsTheTenants(String name, String where, Bind bind) {
        assertThat(name).isNotEmpty();
        for (int i = 0; i < EXECUTIONS; i++) {
            OrgId org = i % 2 == 0 ? A : B;
            List<String> names = db.read(
                    org,
                    q -> bind.to(q.createQuery("select name from doc where " + where))
                            .mapTo(String.class)
                            .list());
            assertThat(names).as("execution %d", i + 1).containsExactly(org.value());
            if (i > 0) {
                assertThat(wire.roundTrips()).as("execution %d", i + 1).isEqualTo(1);
            } else {
                // The driver may look up an array's element type once per connection.
                wire.roundTrips();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?prepareThreshold=0",
                "?prepareThreshold=1",
                "?autosave=never",
                "?reWriteBatchedInserts=true",
                "?preferQueryMode=extendedForPrepared",
                "?stringtype=unspecified",
                "?preferQueryMode=simple"
            })
    void driverSettingsChangeNeitherTheCountNorTheRows(String parameters) {
        try (TenantDb other = open(parameters)) {
            for (int i = 0; i < EXECUTIONS; i++) {
                OrgId org = i % 2 == 0 ? A : B;
                wire.roundTrips();
                assertThat(readName(other, org)).isEqualTo(org.value());
                assertThat(wire.roundTrips()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?prepareThreshold=-1", "?autosave=always", "?autosave=conservative", "?defaultRowFetchSize=1"})
    void whereFoldingIsNotPossibleOrNotCheapTheRowsStayTheTenants(String parameters) {
        try (TenantDb other = open(parameters)) {
            for (int i = 0; i < EXECUTIONS; i++) {
                OrgId org = i % 2 == 0 ? A : B;
                assertThat(readName(other, org)).isEqualTo(org.value());
            }
        }
    }

    private static String readName(TenantDb door, OrgId org) {
        return door.read(
                org,
                q -> q.createQuery("select name from doc where id = :id")
                        .bind("id", ID)
                        .mapTo(String.class)
                        .one());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select name from doc -- all",
                "select name from doc /* all */",
                "select name from doc;",
                "select name from doc ; -- x"
            })
    void aTrailingCommentOrSemicolonDoesNotSwallowTheCommit(String sql) {
        for (int i = 0; i < EXECUTIONS; i++) {
            assertThat(db.<List<String>, RuntimeException>read(
                            A, q -> q.createQuery(sql).mapTo(String.class).list()))
                    .containsExactly("tenant-a");
            assertThat(wire.roundTrips()).isEqualTo(1);
        }
        assertThat(database.adminSees("select count(*) from pg_stat_activity where datname = current_database()"
                        + " and state like 'idle in transaction%'"))
                .isEqualTo("0");
    }

    @Test
    void aSingleWriteIsOneRoundTripAndDurable() {
        for (int i = 0; i < EXECUTIONS; i++) {
            int n = i;
            assertThat(db.<Integer, RuntimeException>write(
                            A,
                            w -> w.createUpdate("update doc set n = 7 + 0 * :n")
                                    .bind("n", n)
                                    .execute()))
                    .isEqualTo(1);
            assertThat(wire.roundTrips()).isEqualTo(1);
        }
    }

    @Test
    void aTransactionCostsItsStatementsAndOneCommit() {
        HandleCallback<Integer, RuntimeException> three = tx -> {
            int n = 0;
            for (int i = 0; i < 3; i++) {
                n += tx.createUpdate("update doc set n = 7 where id = :id")
                        .bind("id", ID)
                        .execute();
            }
            return n;
        };
        for (int i = 0; i < EXECUTIONS; i++) {
            assertThat(db.<Integer, RuntimeException>inTenant(A, three)).isEqualTo(3);
            assertThat(wire.roundTrips()).isEqualTo(3 + 1);
        }
    }

    @Test
    void aScopeWithoutStatementsCostsNothing() {
        db.inTenant(A, tx -> 0);
        db.read(A, q -> 0);
        assertThat(wire.roundTrips()).isZero();
    }

    @Test
    void aFetchSizeKeepsItsTransactionOpenUntilItsRowsAreRead() {
        db.write(B, w -> {
            PreparedBatch batch = w.prepareBatch("insert into doc (org_id, id) values ('tenant-b', :id)");
            for (int i = 0; i < 50; i++) {
                batch.bind("id", UUID.randomUUID()).add();
            }
            return batch.execute();
        });
        long rows = db.read(B, q -> {
            try (Stream<UUID> ids = q.createQuery("select id from doc").setFetchSize(10).mapTo(UUID.class).stream()) {
                return ids.count();
            }
        });
        assertThat(rows).isEqualTo(51);
        db.write(
                B,
                w -> w.createUpdate("delete from doc where id <> :id")
                        .bind("id", ID)
                        .execute());
    }

    @Test
    void aFetchSizeCostsItsPagesAndTwoMore() {
        db.write(B, w -> {
            PreparedBatch batch = w.prepareBatch("insert into doc (org_id, id) values ('tenant-b', :id)");
            for (int i = 0; i < 29; i++) {
                batch.bind("id", UUID.randomUUID()).add();
            }
            return batch.execute();
        });
        for (int i = 0; i < EXECUTIONS; i++) {
            wire.roundTrips();
            int rows = db.read(
                    B,
                    q -> q.createQuery("select id from doc")
                            .setFetchSize(12)
                            .mapTo(UUID.class)
                            .list()
                            .size());
            assertThat(rows).isEqualTo(30);
            // BEGIN with the prefix, three pages of 12, COMMIT
            assertThat(wire.roundTrips()).as("execution %d", i + 1).isEqualTo(1 + 3 + 1);
        }
        db.write(
                B,
                w -> w.createUpdate("delete from doc where id <> :id")
                        .bind("id", ID)
                        .execute());
    }

    @Test
    void aBatchCostsThreeWhateverItsLength() {
        for (int i = 0; i < EXECUTIONS; i++) {
            wire.roundTrips();
            int[] counts = db.write(B, w -> {
                PreparedBatch batch = w.prepareBatch("insert into doc (org_id, id) values ('tenant-b', :id)");
                for (int n = 0; n < 20; n++) {
                    batch.bind("id", UUID.randomUUID()).add();
                }
                return batch.execute();
            });
            assertThat(counts).hasSize(20);
            // BEGIN with the prefix, the batch, COMMIT
            assertThat(wire.roundTrips()).as("execution %d", i + 1).isEqualTo(3);
        }
        db.write(
                B,
                w -> w.createUpdate("delete from doc where id <> :id")
                        .bind("id", ID)
                        .execute());
    }

    @Test
    void generatedKeysCostThreeAndReturningCostsOne() {
        for (int i = 0; i < EXECUTIONS; i++) {
            wire.roundTrips();
            UUID asked = db.write(
                    B,
                    w -> w.createUpdate("insert into doc (org_id, id) values ('tenant-b', gen_random_uuid())")
                            .executeAndReturnGeneratedKeys("id")
                            .mapTo(UUID.class)
                            .one());
            assertThat(wire.roundTrips()).as("execution %d", i + 1).isEqualTo(3);
            UUID returned = db.write(
                    B,
                    w -> w.createQuery("delete from doc where id = :id returning id")
                            .bind("id", asked)
                            .mapTo(UUID.class)
                            .one());
            assertThat(returned).isEqualTo(asked);
            assertThat(wire.roundTrips()).as("execution %d", i + 1).isEqualTo(1);
        }
    }

    @Test
    void aDriverThatCannotFoldIsNamedOnceAndServedOneByOne() {
        Logger log = Logger.getLogger(TenantDb.class.getName());
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                warnings.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        try (TenantDb other = open("?prepareThreshold=-1")) {
            for (int i = 0; i < EXECUTIONS; i++) {
                OrgId org = i % 2 == 0 ? A : B;
                assertThat(readName(other, org)).isEqualTo(org.value());
            }
        } finally {
            log.removeHandler(handler);
        }
        assertThat(warnings)
                .singleElement()
                .satisfies(w -> assertThat(w).contains("cannot send a statement together with its tenant"));
    }

    @Test
    void aFunctionTheDoorDoesNotKnowIsCheckedInTheSameRoundTrip() {
        database.asAdmin("create or replace function aios.twice(n bigint) returns bigint language sql"
                + " as 'select n * 2'; grant execute on function aios.twice to aios_app");
        for (int i = 0; i < EXECUTIONS; i++) {
            assertThat(db.<Long, RuntimeException>read(
                            A,
                            q -> q.createQuery("select twice(n) from doc")
                                    .mapTo(Long.class)
                                    .one()))
                    .isEqualTo(14);
            assertThat(wire.roundTrips()).isEqualTo(1);
        }
    }
}
