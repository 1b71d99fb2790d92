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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Point reads through JDBI, all over a HikariCP pool of one connection to the same server: unscoped with a WHERE in
 * auto-commit (the baseline, one round trip), the same in a transaction of its own, scoped through the door, and scoped
 * as usually written; on loopback and behind a proxy that delays each direction by 0.25 ms. Wall time, because round
 * trips are what it is about; the ratios are medians over the rounds, each of which runs all four.
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
        HikariConfig inTransactions = config(port, password);
        inTransactions.setAutoCommit(false);
        try (HikariDataSource pool = new HikariDataSource(config(port, password));
                HikariDataSource transactions = new HikariDataSource(inTransactions);
                TenantDb db = TenantDb.pool(config(port, password))
                        .verify(VerifyMode.OFF)
                        .build()) {
            Jdbi jdbi = Jdbi.create(pool);
            Jdbi transactional = Jdbi.create(transactions);
            Map<String, Paired.Operation> operations = new LinkedHashMap<>();
            operations.put("unscoped, WHERE org_id = ?", () -> jdbi.withHandle(h -> unscoped(h, org)));
            operations.put("scoped through the door", () -> db.read(org, TenancyRoundTrips::scoped));
            operations.put("unscoped in a transaction", () -> transactional.inTransaction(h -> unscoped(h, org)));
            operations.put("inTransaction + set_config", () -> transactional.inTransaction(h -> usual(h, org)));
            double[][] micros = rounds(List.copyOf(operations.values()), dose);
            int at = 0;
            for (String name : operations.keySet()) {
                System.out.printf(
                        Locale.ROOT,
                        "%-18s %-28s %8.1f us median  %5.2fx%n",
                        where,
                        name,
                        median(micros[at]),
                        ratio(micros[at], micros[0]));
                at++;
            }
            report.atMost(
                            goal,
                            "x",
                            "scoped point read over an unscoped WHERE read, " + where,
                            ratio(micros[1], micros[0]))
                    .sides(median(micros[1]), median(micros[0]), "us")
                    .shown("x", "the usual inTransaction and set_config over it, " + where, ratio(micros[3], micros[0]))
                    .sides(median(micros[3]), median(micros[0]), "us");
        }
    }

    private static String unscoped(Handle handle, OrgId org) {
        return handle.createQuery("select body from public.plain where org_id = :org and id = :id")
                .bind("org", org.value())
                .bind("id", 42L)
                .mapTo(String.class)
                .one();
    }

    private static String scoped(Handle handle) {
        return handle.createQuery("select body from doc where id = :id")
                .bind("id", 42L)
                .mapTo(String.class)
                .one();
    }

    private static String usual(Handle handle, OrgId org) {
        if (handle.createQuery("select set_config('app.org_id', :org, true)")
                .bind("org", org.value())
                .mapTo(String.class)
                .one()
                .isEmpty()) {
            throw new IllegalStateException("no tenant set");
        }
        return handle.createQuery("select body from aios.doc where id = :id")
                .bind("id", 42L)
                .mapTo(String.class)
                .one();
    }

    /** Microseconds of each operation in each round; the order turns round by round. */
    private static double[][] rounds(List<Paired.Operation> operations, Dose dose) throws Exception {
        int rounds = dose.rounds() * 2;
        int repeats = Math.max(20, dose.repeats() / 20);
        double[][] micros = new double[operations.size()][rounds];
        for (int round = -rounds; round < rounds; round++) {
            for (int i = 0; i < operations.size(); i++) {
                int at = round % 2 == 0 ? i : operations.size() - 1 - i;
                long start = System.nanoTime();
                for (int n = 0; n < repeats; n++) {
                    if (!"body".equals(operations.get(at).run())) {
                        throw new IllegalStateException("wrong row");
                    }
                }
                if (round >= 0) {
                    micros[at][round] = (System.nanoTime() - start) / 1000.0 / repeats;
                }
            }
        }
        return micros;
    }

    private static double median(double[] figures) {
        return Arrays.stream(figures).sorted().toArray()[figures.length / 2];
    }

    /** Median of the rounds' ratios, so that a slow moment of the machine counts for both or for none. */
    private static double ratio(double[] ours, double[] baseline) {
        return median(IntStream.range(0, ours.length)
                .mapToDouble(i -> ours[i] / baseline[i])
                .toArray());
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

    /**
     * Holds bytes back for a quarter of a millisecond, in each direction, from the moment they arrive: an answer in two
     * segments is delayed once, not twice.
     */
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

        private static final class Chunk {
            private final byte[] bytes;
            private final long due;

            Chunk(byte[] bytes, long due) {
                this.bytes = bytes;
                this.due = due;
            }
        }

        private static void pump(Socket from, Socket to) {
            BlockingQueue<Chunk> line = new LinkedBlockingQueue<>();
            daemon(() -> release(line, to));
            byte[] buffer = new byte[1 << 16];
            try (from) {
                InputStream in = from.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    line.add(new Chunk(Arrays.copyOf(buffer, n), System.nanoTime() + HOLD_NANOS));
                }
            } catch (IOException e) {
                // The connection ends, and with it the line.
            }
            line.add(new Chunk(new byte[0], System.nanoTime()));
        }

        private static void release(BlockingQueue<Chunk> line, Socket to) {
            try (to) {
                OutputStream out = to.getOutputStream();
                for (Chunk chunk = line.take(); chunk.bytes.length > 0; chunk = line.take()) {
                    for (long left = chunk.due - System.nanoTime(); left > 0; left = chunk.due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(chunk.bytes);
                    out.flush();
                }
            } catch (IOException e) {
                // The other side is gone.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
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
