package io.aios.audit.wall;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A line to the database that breaks at a chosen call: before the server hears of it, or after it did its work. */
final class FaultyLine {
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int breakAt = Integer.MAX_VALUE;
    private volatile boolean afterwards;

    /** Connections of {@code real}, over this line. */
    DataSource over(DataSource real) {
        return proxy(DataSource.class, real, new Connection[1]);
    }

    /** Breaks the line once, at the n-th execute or commit from now on. */
    void breakAt(int call, boolean afterTheServerDidIt) {
        afterwards = afterTheServerDidIt;
        calls.set(0);
        breakAt = call;
    }

    /** Connections that send every other statement over another connection, as a careless pooler would. */
    static DataSource alternating(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                FaultyLine.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        return method.invoke(real, arguments);
                    }
                    List<Connection> two = new ArrayList<>(List.of(real.getConnection(), real.getConnection()));
                    return alternate(two);
                });
    }

    /** A pool of one connection, which it hands out as it is and never closes. */
    static DataSource only(Connection connection) {
        ClassLoader loader = FaultyLine.class.getClassLoader();
        Object lent = Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return (DataSource)
                Proxy.newProxyInstance(loader, new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> lent);
    }

    private static Connection alternate(List<Connection> two) {
        AtomicInteger turn = new AtomicInteger();
        return (Connection) Proxy.newProxyInstance(
                FaultyLine.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    boolean statement = method.getName().equals("createStatement")
                            || method.getName().equals("prepareStatement");
                    if (statement) {
                        List<Object> both = new ArrayList<>();
                        for (Connection one : two) {
                            both.add(method.invoke(one, arguments));
                        }
                        return alternateStatements(both, turn);
                    }
                    Object result = null;
                    for (Connection one : two) {
                        result = method.invoke(one, arguments);
                    }
                    return result;
                });
    }

    private static Statement alternateStatements(List<Object> both, AtomicInteger turn) {
        return (Statement) Proxy.newProxyInstance(
                FaultyLine.class.getClassLoader(),
                new Class<?>[] {Statement.class, PreparedStatement.class},
                (proxy, method, arguments) -> {
                    try {
                        if (method.getName().startsWith("execute")) {
                            return method.invoke(both.get(turn.getAndIncrement() % 2), arguments);
                        }
                        Object result = null;
                        for (Object one : both) {
                            result = method.invoke(one, arguments);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private <T> T proxy(Class<T> type, T real, Connection[] line) {
        return type.cast(Proxy.newProxyInstance(
                FaultyLine.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean call = method.getName().startsWith("execute")
                            || method.getName().equals("commit");
                    boolean fault = call && calls.incrementAndGet() == breakAt;
                    if (fault && !afterwards) {
                        throw broken(line);
                    }
                    Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (fault) {
                        throw broken(line);
                    }
                    if (result instanceof Connection connection && type == DataSource.class) {
                        return proxy(Connection.class, connection, new Connection[] {connection});
                    }
                    if (result instanceof PreparedStatement statement) {
                        return proxy(PreparedStatement.class, statement, line);
                    }
                    return result;
                }));
    }

    private static SQLException broken(Connection[] line) throws SQLException {
        line[0].close();
        return new SQLException("the line broke", "08006");
    }
}
