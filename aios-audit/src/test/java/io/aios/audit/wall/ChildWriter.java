package io.aios.audit.wall;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** A JVM of its own that appends until it is done or killed, and tells each acknowledgement before it goes on. */
final class ChildWriter {
    private ChildWriter() {}

    /**
     * Arguments: port, database, tenant, threads, appends of each; the password comes on standard input, acknowledgements
     * go to standard output.
     */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {Integer.parseInt(arguments[0])});
        dataSource.setDatabaseName(arguments[1]);
        dataSource.setUser(AuditRoles.standard().writer());
        dataSource.setPassword(new String(System.in.readNBytes(Postgres.PASSWORD_LENGTH), StandardCharsets.UTF_8));
        try (AuditWall wall = AuditWall.writer(dataSource).sameClusterDev().open()) {
            List<Thread> threads = new ArrayList<>();
            int count = Integer.parseInt(arguments[4]);
            for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
                String name = "thread-" + i;
                Thread thread = new Thread(() -> append(wall, OrgId.of(arguments[2]), name, count));
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void append(AuditWall wall, OrgId org, String name, int count) {
        for (int n = 0; n < count; n++) {
            AuditReceipt receipt = wall.tenant(org)
                    .append(AuditEvent.of("tool.called")
                            .actor(name)
                            .subject("n:" + n)
                            .outcome("ok")
                            .build());
            byte[] line = (receipt.seq() + " " + receipt.entryHash().hex() + "\n").getBytes(StandardCharsets.US_ASCII);
            synchronized (ChildWriter.class) {
                System.out.write(line, 0, line.length);
                System.out.flush();
            }
        }
    }

    /** What this JVM runs with, be it on the class path or the module path. */
    static String classPath() {
        return String.join(
                System.getProperty("path.separator"),
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""),
                Path.of("target", "test-classes").toString());
    }

    /** Starts one; what it wrote before it died can be read from its output. */
    static Process start(Postgres.TestWall wall, OrgId org, int threads, int count) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "-cp",
                            classPath(),
                            ChildWriter.class.getName(),
                            Integer.toString(wall.port()),
                            wall.database(),
                            org.value(),
                            Integer.toString(threads),
                            Integer.toString(count))
                    .redirectError(Files.createTempFile("child", ".err").toFile())
                    .start();
            process.getOutputStream().write(Postgres.password().getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
