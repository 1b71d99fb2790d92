package io.aios.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.aios.audit.AuditReceipt;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditSchema;
import io.aios.audit.wall.AuditWall;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Durable appends to one hot tenant against plain INSERT of the same bytes, on embedded PostgreSQL with fsync and
 * synchronous_commit on. Rounds of all in turn; the medians' ratios are the figures to quote.
 */
public final class AuditAppend {
    private static final int ROUNDS = 3;
    private static final int WRITERS = 16;
    private static final int BATCH = 256;
    private static final OrgId ORG = OrgId.of("hot");
    private static final Digest HASH = Digest.sha256(new byte[] {1});
    private static final String INSERT =
            "INSERT INTO plain.entry (org, seq, entry_id, at, type, actor, subject, outcome,"
                    + " corrects, leaf, entry_hash) ";

    private final Report report;
    private final long millis;
    private final PGSimpleDataSource admin;
    private final String password;
    private final AtomicLong sequence = new AtomicLong();
    private final List<AuditJvm> jvms = new ArrayList<>();

    private AuditAppend(Report report, Dose dose, PGSimpleDataSource admin, String password) {
        this.report = report;
        this.millis = dose.millis();
        this.admin = admin;
        this.password = password;
    }

    public static void main(String[] args) throws Exception {
        run(new Report(), Dose.FULL);
    }

    static void run(Report report, Dose dose) throws Exception {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_wal_size", "4GB")
                .start()) {
            PGSimpleDataSource admin = (PGSimpleDataSource) server.getPostgresDatabase();
            new AuditAppend(report, dose, admin, HexFormat.of().formatHex(secret)).run();
        }
    }

    private void run() throws Exception {
        AuditRoles roles = AuditRoles.standard();
        AuditSchema.into(admin)
                .password(roles.writer(), password)
                .password(roles.reader(), password)
                .install();
        execute(
                "CREATE SCHEMA plain",
                "CREATE TABLE plain.entry (LIKE aios_audit.entry INCLUDING ALL)",
                "CREATE TABLE plain.head (org text PRIMARY KEY, seq bigint, hash bytea)",
                "INSERT INTO plain.head VALUES ('hot', 0, '\\x00')");
        Map<String, Callable<Double>> cases = new LinkedHashMap<>();
        List<Double> p99 = new ArrayList<>();
        cases.put("plain INSERT, 16 writers", () -> threads(WRITERS, this::plainWriter));
        cases.put("SELECT head FOR UPDATE chain, 16 writers", () -> threads(WRITERS, this::lockedWriter));
        cases.put("wall, 16 writers", () -> wall(WRITERS, p99));
        cases.put("wall, 4 JVMs x 4 writers", this::jvms);
        cases.put("multi-row INSERT of 256", () -> threads(1, this::batchWriter));
        cases.put("wall, pipelined batches of 256", this::pipelined);
        Map<String, double[]> rates = new LinkedHashMap<>();
        cases.keySet().forEach(name -> rates.put(name, new double[ROUNDS]));
        for (Callable<Double> one : cases.values()) {
            var unusedWarmUp = one.call();
        }
        p99.clear();
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, Callable<Double>> one : cases.entrySet()) {
                Objects.requireNonNull(rates.get(one.getKey()))[round] =
                        one.getValue().call();
            }
        }
        rates.values().forEach(Arrays::sort);
        double plain = median(rates, "plain INSERT, 16 writers");
        double batch = median(rates, "multi-row INSERT of 256");
        double locked = median(rates, "SELECT head FOR UPDATE chain, 16 writers");
        for (String name : rates.keySet()) {
            double base = name.contains("256") ? batch : plain;
            print("%-44s %9.0f rows/s  %5.2f x plain", name, median(rates, name), median(rates, name) / base);
        }
        p99.sort(null);
        double wall = median(rates, "wall, 16 writers");
        report.atLeast(1.0, "x", "audit append, 16 writers on one tenant, over plain INSERT", wall / plain)
                .sides(wall, plain, "entries/s")
                .atLeast(10, "x", "audit append over the SELECT head FOR UPDATE chain", wall / locked)
                .sides(wall, locked, "entries/s")
                .atLeast(
                        0.9,
                        "x",
                        "audit batches of 256 over multi-row INSERT",
                        median(rates, "wall, pipelined batches of 256") / batch)
                .sides(median(rates, "wall, pipelined batches of 256"), batch, "entries/s")
                .atLeast(
                        0.6,
                        "x",
                        "audit append, 4 JVMs x 4 writers, over plain INSERT",
                        median(rates, "wall, 4 JVMs x 4 writers") / plain)
                .atMost(50, "ms", "audit append, p99 at 16 writers", p99.get(p99.size() / 2));
        jvms.forEach(AuditJvm::close);
        AuditVerification.run(report, ORG, as(AuditRoles.standard().reader()));
    }

    /** Four processes on one tenant, started once and warm. */
    private double jvms() throws Exception {
        if (jvms.isEmpty()) {
            for (int i = 0; i < WRITERS / 4; i++) {
                jvms.add(AuditJvm.start(admin.getPortNumbers()[0], password));
            }
            for (AuditJvm jvm : jvms) {
                jvm.ready();
            }
        }
        long start = System.nanoTime();
        for (AuditJvm jvm : jvms) {
            jvm.go(millis);
        }
        long rows = 0;
        for (AuditJvm jvm : jvms) {
            rows += jvm.rows();
        }
        return rows / seconds(start);
    }

    /** One writer's loop until the deadline; returns the rows it made durable. */
    private interface Writer {
        long run(Connection connection, long deadline) throws SQLException;
    }

    private double threads(int count, Writer writer) throws Exception {
        AtomicLong rows = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            connections.add(admin.getConnection());
        }
        long start = System.nanoTime();
        long deadline = start + millis * 1_000_000;
        for (Connection connection : connections) {
            Thread thread = new Thread(() -> {
                try {
                    rows.addAndGet(writer.run(connection, deadline));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double rate = rows.get() / seconds(start);
        for (Connection connection : connections) {
            connection.close();
        }
        return rate;
    }

    private long plainWriter(Connection connection, long deadline) throws SQLException {
        long rows = 0;
        try (PreparedStatement insert =
                connection.prepareStatement(INSERT + "VALUES ('hot', ?, ?, now(), ?, ?, ?, ?, NULL, ?, ?)")) {
            for (; System.nanoTime() < deadline; rows++) {
                bind(insert, sequence.incrementAndGet());
                insert.executeUpdate();
            }
        }
        return rows;
    }

    private static void bind(PreparedStatement insert, long seq) throws SQLException {
        insert.setLong(1, seq);
        insert.setObject(2, UUID.randomUUID());
        insert.setString(3, "policy.decided");
        insert.setString(4, "user:0123456789abcdef0123456789abcdef");
        insert.setString(5, "trace:0123456789abcdef0123456789abcdef");
        insert.setString(6, "permit");
        insert.setBytes(7, leafBytes());
        insert.setBytes(8, HASH.bytes());
    }

    /** As many bytes as a leaf of the events below. */
    private static byte[] leafBytes() {
        byte[] leaf = new byte[560];
        Arrays.fill(leaf, (byte) 'x');
        return leaf;
    }

    private long lockedWriter(Connection connection, long deadline) throws SQLException {
        long rows = 0;
        connection.setAutoCommit(false);
        try (PreparedStatement head =
                        connection.prepareStatement("SELECT seq, hash FROM plain.head WHERE org = 'hot' FOR UPDATE");
                PreparedStatement insert =
                        connection.prepareStatement(INSERT + "VALUES ('hot', ?, ?, now(), ?, ?, ?, ?, NULL, ?, ?)");
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE plain.head SET seq = seq + 1, hash = ? WHERE org = 'hot'")) {
            for (; System.nanoTime() < deadline; rows++) {
                head.executeQuery().close();
                bind(insert, sequence.incrementAndGet());
                insert.executeUpdate();
                update.setBytes(1, HASH.bytes());
                update.executeUpdate();
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
        return rows;
    }

    private long batchWriter(Connection connection, long deadline) throws SQLException {
        long rows = 0;
        String sql = INSERT + "SELECT 'hot', s, i, now(), 'policy.decided', 'user:0123456789abcdef0123456789abcdef',"
                + " 'trace:0123456789abcdef0123456789abcdef', 'permit', NULL, l, h"
                + " FROM unnest(?::bigint[], ?::uuid[], ?::bytea[], ?::bytea[]) AS u(s, i, l, h)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            while (System.nanoTime() < deadline) {
                Long[] seqs = new Long[BATCH];
                UUID[] ids = new UUID[BATCH];
                byte[][] leaves = new byte[BATCH][];
                byte[][] hashes = new byte[BATCH][];
                for (int i = 0; i < BATCH; i++) {
                    seqs[i] = sequence.incrementAndGet();
                    ids[i] = UUID.randomUUID();
                    leaves[i] = leafBytes();
                    hashes[i] = HASH.bytes();
                }
                insert.setArray(1, connection.createArrayOf("bigint", seqs));
                insert.setArray(2, connection.createArrayOf("uuid", ids));
                insert.setArray(3, connection.createArrayOf("bytea", leaves));
                insert.setArray(4, connection.createArrayOf("bytea", hashes));
                rows += insert.executeUpdate();
            }
        }
        return rows;
    }

    private AuditWall open() {
        return AuditWall.writer(as(AuditRoles.standard().writer()))
                .sameClusterDev()
                .connections(Integer.getInteger("connections", 2))
                .flushBarrier(!Boolean.getBoolean("synchronous"))
                .open();
    }

    private double wall(int writers, List<Double> p99) throws Exception {
        AuditWall wall = open();
        ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        long deadline = start + millis * 1_000_000;
        for (int i = 0; i < writers; i++) {
            Thread thread = new Thread(() -> {
                for (long before = System.nanoTime(); before < deadline; before = System.nanoTime()) {
                    wall.tenant(ORG).append(AuditJvm.event());
                    latencies.add(System.nanoTime() - before);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double rate = latencies.size() / seconds(start);
        wall.close();
        long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
        p99.add(sorted[(int) (sorted.length * 0.99)] / 1e6);
        return rate;
    }

    private double pipelined() {
        try (AuditWall wall = open()) {
            ArrayDeque<CompletableFuture<AuditReceipt>> flying = new ArrayDeque<>();
            long start = System.nanoTime();
            long deadline = start + millis * 1_000_000;
            long rows = 0;
            while (System.nanoTime() < deadline) {
                flying.add(wall.tenant(ORG).appendAsync(AuditJvm.event()));
                if (flying.size() > 4 * BATCH) {
                    flying.remove().join();
                    rows++;
                }
            }
            while (!flying.isEmpty()) {
                flying.remove().join();
                rows++;
            }
            return rows / seconds(start);
        }
    }

    private DataSource as(String role) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(admin.getServerNames());
        dataSource.setPortNumbers(admin.getPortNumbers());
        dataSource.setDatabaseName(admin.getDatabaseName());
        dataSource.setUser(role);
        dataSource.setPassword(password);
        return dataSource;
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static double median(Map<String, double[]> rates, String name) {
        double[] all = Objects.requireNonNull(rates.get(name), name);
        return all[all.length / 2];
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    @FormatMethod
    private static void print(@FormatString String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
