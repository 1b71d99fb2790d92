package io.aios.bench;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.wall.AuditRoles;
import io.aios.audit.wall.AuditWall;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM of its own with four synchronous writers, and the parent's handle on it. */
final class AuditJvm implements AutoCloseable {
    private static final int WRITERS = 4;
    private static final int WARM_UP = 12_000;
    private static final OrgId ORG = OrgId.of("hot");
    private static final Digest HASH = Digest.sha256(new byte[] {1});

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;

    private AuditJvm(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    static AuditJvm start(int port, String password) throws IOException {
        AuditJvm jvm = new AuditJvm(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuditJvm.class.getName(),
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
        jvm.say(password);
        return jvm;
    }

    /** Waits until it is warm. */
    void ready() throws IOException {
        if (!"ready".equals(out.readLine())) {
            throw new IOException("a writing JVM did not start");
        }
    }

    private void say(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    void go(long millis) throws IOException {
        say(Long.toString(millis));
    }

    /** Rows made durable since {@link #go}. */
    long rows() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("a writing JVM ended");
        }
        return Long.parseLong(line);
    }

    @Override
    public void close() {
        process.destroy();
    }

    static AuditEvent event() {
        return AuditEvent.of("policy.decided")
                .actor("user:0123456789abcdef0123456789abcdef")
                .subject("trace:0123456789abcdef0123456789abcdef")
                .outcome("permit")
                .recordHash(HASH)
                .build();
    }

    /** The child: argument is the port; the password, then one number of milliseconds per round, come on the input. */
    public static void main(String[] args) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {Integer.parseInt(args[0])});
        dataSource.setDatabaseName("postgres");
        dataSource.setUser(AuditRoles.standard().writer());
        dataSource.setPassword(orders.readLine());
        try (AuditWall wall = AuditWall.writer(dataSource).sameClusterDev().open()) {
            warmUp(wall);
            System.out.println("ready");
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.println(round(wall, Long.parseLong(order)));
            }
        }
    }

    /** A process that has just started spends its time on compiling; one that writes an audit log has run for days. */
    private static void warmUp(AuditWall wall) {
        OrgId org = OrgId.of("warm-" + ProcessHandle.current().pid());
        List<CompletableFuture<AuditReceipt>> flying = new ArrayList<>();
        for (int i = 0; i < WARM_UP; i++) {
            flying.add(wall.tenant(org).appendAsync(event()));
            if (i % WRITERS == 0) {
                flying.forEach(CompletableFuture::join);
                flying.clear();
            }
        }
        flying.forEach(CompletableFuture::join);
    }

    private static long round(AuditWall wall, long millis) throws InterruptedException {
        AtomicLong rows = new AtomicLong();
        long deadline = System.nanoTime() + millis * 1_000_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Thread thread = new Thread(() -> {
                while (System.nanoTime() < deadline) {
                    wall.tenant(ORG).append(event());
                    rows.incrementAndGet();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return rows.get();
    }
}
