package io.aios.bench;

import io.aios.audit.wall.AuditReader;
import io.aios.tenancy.OrgId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import javax.sql.DataSource;

/** Full verification of a tenant's log against streaming the same rows, both as the reader role. */
final class AuditVerification {
    private static final int ROUNDS = 3;

    private AuditVerification() {}

    static void run(Report report, OrgId org, DataSource dataSource) throws SQLException {
        AuditReader reader = AuditReader.open(dataSource);
        double[] streamed = new double[ROUNDS];
        double[] verified = new double[ROUNDS];
        long rows = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            rows = stream(org, dataSource);
            streamed[round] = rows / seconds(start);
            start = System.nanoTime();
            verified[round] = reader.verify(org).orElseThrow().size() / seconds(start);
        }
        Arrays.sort(streamed);
        Arrays.sort(verified);
        report.atLeast(
                        0.5,
                        "x",
                        "full verification of " + rows + " entries over streaming them",
                        verified[ROUNDS / 2] / streamed[ROUNDS / 2])
                .sides(verified[ROUNDS / 2], streamed[ROUNDS / 2], "entries/s");
    }

    private static long stream(OrgId org, DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT set_config('app.org_id', '" + org.value() + "', true)");
                statement.setFetchSize(500);
                long rows = 0;
                try (ResultSet result = statement.executeQuery("SELECT seq, leaf, entry_hash, org, log, entry_id::text,"
                        + " (extract(epoch FROM at) * 1000000)::bigint, type, actor, subject, outcome, corrects"
                        + " FROM aios_audit.entries WHERE org = '" + org.value() + "' ORDER BY seq")) {
                    while (result.next()) {
                        rows += result.getBytes(2).length > 0 && result.getBytes(3).length == 32 ? 1 : 0;
                    }
                }
                return rows;
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
