package io.aios.audit.wall;

import io.aios.audit.Tally;
import io.aios.tenancy.OrgId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/** Counts a tenant's entries inside the database. */
final class Tallies {
    private static final String COUNT = "SELECT type, outcome, count(*) FROM aios_audit.entries WHERE org = ?"
            + " GROUP BY type, outcome ORDER BY type, outcome";

    private Tallies() {}

    static List<Tally> of(DataSource reader, OrgId org) throws SQLException {
        try (Connection connection = reader.getConnection()) {
            EntryCursor.enter(connection, org);
            try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
                statement.setString(1, org.value());
                return read(statement);
            } finally {
                EntryCursor.leave(connection);
            }
        }
    }

    private static List<Tally> read(PreparedStatement statement) throws SQLException {
        List<Tally> tallies = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                tallies.add(new Tally(
                        Objects.requireNonNull(rows.getString(1)),
                        Objects.requireNonNull(rows.getString(2)),
                        rows.getLong(3)));
            }
        }
        return List.copyOf(tallies);
    }
}
