package io.aios.onboarding.deploy;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Real connections to a real server, cut at the n-th commit: just before it, so that nothing of it is there, or just after
 * it, so that nobody was told. From then on there is no connection any more, as for a killed process.
 */
final class DyingDataSource implements DataSource {
    enum Where {
        BEFORE,
        AFTER
    }

    private final DataSource real;
    private final int at;
    private final Where where;
    private final Runnable death;
    private boolean dead;
    int commits;

    /** Runs {@code death} at that point, which may end the process for good. */
    DyingDataSource(DataSource real, int at, Where where, Runnable death) {
        this.real = real;
        this.at = at;
        this.where = where;
        this.death = death;
    }

    static DyingDataSource never(DataSource real) {
        return new DyingDataSource(real, -1, Where.BEFORE, () -> {});
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (dead) {
            throw new SQLException("killed", "08001");
        }
        Connection connection = real.getConnection();
        return (Connection) Proxy.newProxyInstance(
                DyingDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (dead
                            && !method.getName().equals("close")
                            && !method.getName().equals("isClosed")) {
                        throw new SQLException("killed", "08006");
                    }
                    boolean now = method.getName().equals("commit") && commits++ == at;
                    if (now && where == Where.BEFORE) {
                        throw killed(connection);
                    }
                    Object result = invoke(() -> method.invoke(connection, arguments));
                    if (now) {
                        throw killed(connection);
                    }
                    return result;
                });
    }

    private interface Call {
        @Nullable Object run() throws IllegalAccessException, InvocationTargetException;
    }

    private static @Nullable Object invoke(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private SQLException killed(Connection connection) throws SQLException {
        death.run();
        dead = true;
        connection.abort(Runnable::run);
        return new SQLException("killed", "08006");
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return real.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        real.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        real.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return real.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
    }
}
