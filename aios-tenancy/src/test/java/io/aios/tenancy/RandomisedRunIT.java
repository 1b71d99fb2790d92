package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many tenants on many threads over few connections, with failures in between: nobody ever sees a foreign row. */
class RandomisedRunIT {
    private static final int TENANTS = 50;
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 4;
    private static final int OPERATIONS = Boolean.getBoolean("aios.slow") ? 1_000_000 : 50_000;
    private static final int ROWS = 12;
    private static final List<OrgId> ORGS = new ArrayList<>();

    private static final LongAdder OWN = new LongAdder();
    private static final LongAdder FOREIGN = new LongAdder();
    private static final LongAdder FAILED = new LongAdder();
    private static final LongAdder REFUSED = new LongAdder();
    /** A transaction inside another needs a second connection; not all may want one at once. */
    private static final Semaphore NESTED = new Semaphore(CONNECTIONS - 1);

    private static TestDatabase database;
    private static TenantDb db;

    /** What is thrown on purpose. */
    private static final class Injected extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("doc")
                        .column("id", "int not null")
                        .column("owner", "text not null")
                        .column("n", "bigint not null default 0")
                        .key("id")
                        .build())
                .build());
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername("aios_app");
        config.setPassword(TestDatabase.password());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(60_000);
        db = TenantDb.pool(config).build();
        for (int i = 0; i < TENANTS; i++) {
            ORGS.add(OrgId.of("tenant-" + i));
        }
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void nobodyEverSeesOrChangesAForeignRow() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                Random random = new Random(t);
                all.add(threads.submit(() -> {
                    for (int i = 0; i < OPERATIONS / THREADS; i++) {
                        operation(random);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(FOREIGN.sum()).as("foreign rows seen").isZero();
        assertThat(database.adminSees("select count(*) from aios.doc where owner <> org_id"))
                .as("foreign rows written")
                .isEqualTo("0");
        assertThat(OWN.sum()).as("own rows seen").isGreaterThan(OPERATIONS);
        assertThat(FAILED.sum()).as("failures injected").isGreaterThan(OPERATIONS / 50);
        assertThat(REFUSED.sum()).as("refusals met").isGreaterThan(OPERATIONS / 100);
    }

    private static void operation(Random random) {
        OrgId org = ORGS.get(random.nextInt(TENANTS));
        try {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> db.read(org, q -> look(q, org));
                case 5, 6, 7, 8 -> db.read(org, q -> pointRead(q, org, random));
                case 9, 10, 11, 12 -> db.write(org, w -> put(w, org, random));
                case 13 -> db.write(org, w -> w.execute("delete from doc where id = " + random.nextInt(ROWS)));
                case 14, 15, 16 -> db.inTenant(org, tx -> transaction(tx, org, random));
                case 17 -> nested(org, random);
                case 18 -> ambient(org, random);
                default -> forged(org, random);
            }
        } catch (Injected | JdbiException e) {
            FAILED.increment();
        } catch (TenancyException e) {
            REFUSED.increment();
        }
    }

    /** Reads everything, without a WHERE. */
    private static int look(Handle handle, OrgId org) {
        List<String> owners =
                handle.createQuery("select owner from doc").mapTo(String.class).list();
        for (String owner : owners) {
            (owner.equals(org.value()) ? OWN : FOREIGN).increment();
        }
        return owners.size();
    }

    /** Reads one row, with parameters that the driver sends in different ways. */
    private static int pointRead(Handle handle, OrgId org, Random random) {
        var query = handle.createQuery("select owner from doc where id = :id and n is distinct from :none")
                .bind("id", random.nextInt(ROWS));
        switch (random.nextInt(3)) {
            case 0 -> query = query.bindNull("none", Types.OTHER);
            case 1 -> query = query.bindNull("none", Types.BIGINT);
            default -> query = query.bind("none", -1L);
        }
        return query.mapTo(String.class)
                .findOne()
                .map(owner -> {
                    (owner.equals(org.value()) ? OWN : FOREIGN).increment();
                    return 1;
                })
                .orElse(0);
    }

    private static int put(Handle handle, OrgId org, Random random) {
        if (random.nextInt(8) == 0) {
            return handle.execute("select 1 / 0 from doc");
        }
        return handle.createUpdate("insert into doc (org_id, id, owner) values (current_org(), :id, :owner)"
                        + " on conflict (org_id, id) do update set n = doc.n + 1, owner = excluded.owner")
                .bind("id", random.nextInt(ROWS))
                .bind("owner", org.value())
                .execute();
    }

    private static int transaction(Handle handle, OrgId org, Random random) {
        int rows = look(handle, org);
        handle.savepoint("s");
        try {
            rows += put(handle, org, random);
        } catch (JdbiException e) {
            handle.rollbackToSavepoint("s");
            FAILED.increment();
        }
        rows += look(handle, org) + pointRead(handle, org, random);
        if (random.nextInt(4) == 0) {
            throw new Injected();
        }
        return rows;
    }

    /** A transaction of another tenant inside this one, and a nested scope that must be refused. */
    private static void nested(OrgId org, Random random) {
        OrgId other = ORGS.get(random.nextInt(TENANTS));
        NESTED.acquireUninterruptibly();
        try {
            db.inTenant(org, tx -> {
                int rows = look(tx, org);
                db.requiresNew(other, in -> transaction(in, other, random));
                return rows + look(tx, org) + db.<Integer, RuntimeException>read(other, q -> look(q, other));
            });
        } finally {
            NESTED.release();
        }
    }

    private static void ambient(OrgId org, Random random) {
        try (TenantScope scope = TenantScope.open(org)) {
            db.read(q -> look(q, scope.org()));
            if (random.nextBoolean()) {
                throw new Injected();
            }
            db.inTenant(tx -> transaction(tx, scope.org(), random));
        }
    }

    /** Tries to write for another, and to leave another tenant on the session. */
    private static void forged(OrgId org, Random random) {
        OrgId other = ORGS.get((ORGS.indexOf(org) + 1) % TENANTS);
        String sql = random.nextBoolean()
                ? "insert into doc (org_id, id, owner) values ('" + other + "', 99, '" + org + "')"
                : "select set_config('app.org_id', '" + other + "', false)";
        db.write(org, w -> w.execute(sql));
    }
}
