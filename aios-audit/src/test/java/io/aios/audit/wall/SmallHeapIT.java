package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.tenancy.OrgId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Writer and verifier of a log several times as large as the heap they have. */
class SmallHeapIT {
    private static final int ENTRIES = 40_000;
    private static final String HEAP = "-Xmx24m";
    private static final OrgId ORG = OrgId.of("large");

    /** The child: appends as fast as the queue takes it, then verifies. */
    public static void main(String[] arguments) throws Exception {
        String password = new String(System.in.readNBytes(Postgres.PASSWORD_LENGTH), StandardCharsets.UTF_8);
        AuditRoles roles = AuditRoles.standard();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        try (AuditWall wall = AuditWall.writer(as(roles.writer(), password, arguments))
                .sameClusterDev()
                .maxQueue(1024)
                .open()) {
            for (int i = 0; i < ENTRIES; i++) {
                AuditEvent event = AuditEvent.of("tool.called")
                        .actor("agent-1")
                        .subject("n:" + i)
                        .outcome("ok")
                        .payload(new byte[1000])
                        .build();
                var unused = wall.tenant(ORG).appendAsync(event).whenComplete((receipt, e) -> {
                    if (e != null) {
                        failures.add(e);
                    }
                });
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.get(0));
        }
        VerifyReport report =
                AuditReader.open(as(roles.reader(), password, arguments)).verify(ORG);
        System.out.println(report.isIntact() + " " + report.orElseThrow().size());
    }

    private static DataSource as(String role, String password, String[] arguments) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {"localhost"});
        dataSource.setPortNumbers(new int[] {Integer.parseInt(arguments[0])});
        dataSource.setDatabaseName(arguments[1]);
        dataSource.setUser(role);
        dataSource.setPassword(password);
        return dataSource;
    }

    @Test
    void aLogOfSeventyMegabytesIsWrittenAndVerifiedInAHeapOfTwentyFour() throws Exception {
        Postgres.TestWall database = Postgres.wall();
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-cp",
                        ChildWriter.classPath(),
                        SmallHeapIT.class.getName(),
                        Integer.toString(database.port()),
                        database.database())
                .redirectErrorStream(true)
                .start();
        child.getOutputStream().write(Postgres.password().getBytes(UTF_8));
        child.getOutputStream().close();
        String output = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(output).contains("true " + ENTRIES);
        assertThat(child.waitFor()).as(output).isZero();
    }
}
