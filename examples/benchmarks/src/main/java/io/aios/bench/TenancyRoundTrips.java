package io.aios.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.VerifyMode;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantIsolationVerifier;
import io.aios.tenancy.rls.TenantTable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;

/**
 * Point reads through JDBI: unscoped with a WHERE, scoped through the door, and scoped as usually written; on loopback
 * and behind a proxy that delays each direction by 0.25 ms. Wall time, because round trips are what it is about.
 */
public final class TenancyRoundTrips {
    private TenancyRoundTrips() {}

    public static void main(String[] args) throws Exception {
        run(new Report(), Dose.FULL);
    }

    static void run(Report report, Dose dose) throws Exception {
        String password = UUID.randomUUID().toString();
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            RlsSchema.Builder schema = RlsSchema.builder()
                    .table(TenantTable.named("doc")
                            .column("id", "bigint not null")
                            .column("body", "text not null")
                            .key("id")
                            .build());
            for (int i = 0; i < 500; i++) {
                schema = schema.table(TenantTable.standard("t" + i));
            }
            schema.build().create(server.getPostgresDatabase());
            try (Connection admin = server.getPostgresDatabase().getConnection();
                    Statement statement = admin.createStatement()) {
                statement.execute("alter role aios_app password '" + password + "'");
                statement.execute("insert into aios.doc select 'org-' || o, i, 'body' from generate_series(1, 20) o,"
                        + " generate_series(1, 1000) i");
                statement.execute("create table public.plain as select * from aios.doc");
                statement.execute("alter table public.plain add primary key (org_id, id)");
                statement.execute("grant usage on schema public to aios_app; grant select on public.plain to aios_app");
                statement.execute("analyze");
            }
            try (DelayProxy delay = new DelayProxy(server.getPort())) {
                compare(report, dose, 1.3, "loopback", server.getPort(), password);
                compare(report, dose, 1.1, "0.5 ms round trip", delay.port(), password);
            }
            verifier(report, server.getPort(), password);
        }
    }

    private static HikariConfig config(int port, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost:" + port + "/postgres");
        config.setUsername("aios_app");
        config.setPassword(password);
        config.setMaximumPoolSize(1);
        return config;
    }

    private static void compare(Report report, Dose dose, double goal, String where, int port, String password)
            throws Exception {
        OrgId org = OrgId.of("org-7");
        HikariConfig usualConfig = config(port, password);
        usualConfig.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(usualConfig);
                TenantDb db = TenantDb.pool(config(port, password))
                        .verify(VerifyMode.OFF)
                        .build()) {
            Jdbi jdbi = Jdbi.create(pool);
            Paired.Operation plain = () ->
                    jdbi.withHandle(h -> h.createQuery("select body from public.plain where org_id = :org and id = :id")
                            .bind("org", org.value())
                            .bind("id", 42L)
                            .mapTo(String.class)
                            .one());
            Paired.Operation scoped = () -> db.read(
                    org,
                    q -> q.createQuery("select body from doc where id = :id")
                            .bind("id", 42L)
                            .mapTo(String.class)
                            .one());
            Paired.Operation usual = () -> jdbi.inTransaction(h -> {
                h.createQuery("select set_config('app.org_id', :org, true)")
                        .bind("org", org.value())
                        .mapTo(String.class)
                        .one();
                return h.createQuery("select body from aios.doc where id = :id")
                        .bind("id", 42L)
                        .mapTo(String.class)
                        .one();
            });
            Paired.Operation[] operations = {plain, scoped, usual};
            String[] names = {"unscoped, WHERE org_id = ?", "scoped through the door", "inTransaction + set_config"};
            int rounds = Math.max(5, dose.rounds() * 3 / 8);
            int repeats = dose.repeats() / 10;
            double[][] micros = new double[operations.length][rounds];
            for (int round = -5; round < rounds; round++) {
                for (int i = 0; i < operations.length; i++) {
                    long start = System.nanoTime();
                    for (int n = 0; n < repeats; n++) {
                        if (!"body".equals(operations[i].run())) {
                            throw new IllegalStateException("wrong row");
                        }
                    }
                    if (round >= 0) {
                        micros[i][round] = (System.nanoTime() - start) / 1000.0 / repeats;
                    }
                }
            }
            for (int i = 0; i < operations.length; i++) {
                Arrays.sort(micros[i]);
            }
            for (int i = 0; i < operations.length; i++) {
                double median = micros[i][rounds / 2];
                System.out.printf(
                        Locale.ROOT,
                        "%-18s %-28s %8.1f us median  %5.2fx%n",
                        where,
                        names[i],
                        median,
                        median / micros[0][rounds / 2]);
            }
            report.atMost(
                    goal,
                    "x",
                    "scoped point read over an unscoped WHERE read, " + where,
                    micros[1][rounds / 2] / micros[0][rounds / 2]);
        }
    }

    private static void verifier(Report report, int port, String password) throws Exception {
        try (HikariDataSource pool = new HikariDataSource(config(port, password))) {
            TenantIsolationVerifier verifier = TenantIsolationVerifier.builder()
                    .sharedTable("public.plain")
                    .build();
            double best = Double.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                int findings = verifier.verify(pool).findings().size();
                double millis = (System.nanoTime() - start) / 1e6;
                best = Math.min(best, millis);
                System.out.printf(Locale.ROOT, "verifier, 502 tables: %.0f ms, %d findings%n", millis, findings);
            }
            report.atMost(1000, "ms", "isolation verifier over 502 tables, best of 5", best);
        }
    }

    /** Holds every chunk back for a quarter of a millisecond, in each direction. */
    private static final class DelayProxy implements AutoCloseable {
        private static final long HOLD_NANOS = 250_000;
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int target;

        DelayProxy(int target) throws IOException {
            this.target = target;
            daemon(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket client = listener.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    client.setTcpNoDelay(true);
                    server.setTcpNoDelay(true);
                    daemon(() -> pump(client, server));
                    daemon(() -> pump(server, client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private static void pump(Socket from, Socket to) {
            byte[] buffer = new byte[1 << 16];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    long until = System.nanoTime() + HOLD_NANOS;
                    while (System.nanoTime() < until) {
                        LockSupport.parkNanos(until - System.nanoTime());
                    }
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } catch (IOException e) {
                return;
            }
        }

        private static void daemon(Runnable work) {
            Thread thread = new Thread(work, "delay-proxy");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
