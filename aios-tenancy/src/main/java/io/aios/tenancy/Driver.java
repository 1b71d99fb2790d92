package io.aios.tenancy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the JDBC driver can do for us; found out once, by trying.
 *
 * @param folds whether one statement text may hold the prefix, a statement and COMMIT, in one flush
 * @param prepareThreshold pgjdbc's per-statement switch for server-side preparation, if there is one
 * @param textUntyped whether the driver sends texts without a type
 */
record Driver(
        boolean folds,
        @Nullable Method prepareThreshold,
        @Nullable Class<?> statementType,
        boolean textUntyped) {
    /** From the sixth execution on, pgjdbc prepares on the server; the probe goes past it. */
    private static final int PROBES = 8;

    static Driver probe(Connection connection, SessionPins pins, String org) throws SQLException {
        Method threshold = null;
        Class<?> type = null;
        try {
            Connection physical = connection.unwrap(Connection.class);
            type = Class.forName(
                    "org.postgresql.PGStatement", false, physical.getClass().getClassLoader());
            threshold = type.getMethod("setPrepareThreshold", int.class);
        } catch (SQLException | ReflectiveOperationException e) {
            // Another driver, or one that hides itself: it works, statement by statement.
            return new Driver(false, null, null, false);
        }
        String url = connection.getMetaData().getURL();
        boolean untyped = url != null && url.contains("stringtype=unspecified");
        return new Driver(folds(connection, pins, org), threshold, type, untyped);
    }

    private static boolean folds(Connection connection, SessionPins pins, String org) throws SQLException {
        // The canary table is found only if the server reads this statement after it has run the prefix.
        String sql = new TransactionText(pins, true, null, null).prefix(TenantSession.Fold.WHOLE, true)
                + ";\nselect ?::text, token from canary\n;\nCOMMIT";
        try {
            connection.setAutoCommit(true); // the text holds its own BEGIN
            for (int i = 0; i < PROBES; i++) {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    pins.bind(statement, org);
                    statement.setString(SessionPins.PARAMETERS + 1, "probe" + i);
                    boolean prefix = statement.execute() || statement.getMoreResults();
                    if (!prefix || !statement.getMoreResults()) {
                        return false;
                    }
                    try (java.sql.ResultSet rows = statement.getResultSet()) {
                        if (!rows.next()
                                || !("probe" + i).equals(rows.getString(1))
                                || !"a".equals(rows.getString(2))
                                || rows.next()) {
                            return false;
                        }
                    }
                }
            }
            return true;
        } catch (SQLException e) {
            return false;
        } finally {
            connection.setAutoCommit(false);
            connection.rollback();
        }
    }

    /** Sends this statement unprepared, so that a parameter without a type costs no round trip. */
    void unprepared(PreparedStatement statement) throws SQLException {
        if (prepareThreshold == null || statementType == null) {
            return;
        }
        try {
            prepareThreshold.invoke(statement.unwrap(statementType), 0);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the driver's PGStatement cannot be called", e);
        } catch (InvocationTargetException e) {
            throw new SQLException("the driver refused to send a statement unprepared", e.getCause());
        }
    }
}
