package io.aios.tenancy;

import io.aios.tenancy.TenantSession.Fold;
import java.lang.reflect.Method;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One prepared statement of a scope. It remembers parameters until it is executed, because only then is known whether
 * the statement travels alone, with the prefix, or with prefix and COMMIT, which shifts the parameters' positions.
 */
final class GuardedStatement extends GuardedCalls {
    /** Generated keys asked for; they are never folded, because the driver looks for them in the first result. */
    record Keys(boolean all, List<String> columns) {
        static final Keys NONE = new Keys(false, List.of());

        static Keys of(@Nullable Object argument) {
            if (argument instanceof Integer flag) {
                return new Keys(flag == Statement.RETURN_GENERATED_KEYS, List.of());
            }
            // The driver writes the names into the text, and quotes them only unless told otherwise.
            if (argument instanceof String[] names
                    && Arrays.stream(names).allMatch(name -> name.matches("[A-Za-z_][A-Za-z0-9_]{0,62}"))) {
                return new Keys(false, List.of(names));
            }
            throw new RefusedStatementException("generated keys are asked for by plain name; or write RETURNING");
        }

        boolean wanted() {
            return all || !columns.isEmpty();
        }
    }

    private static final Integer NO_COUNT = -1;
    private static final Long NO_LARGE_COUNT = -1L;

    /** A call to repeat on the driver's statement, once there is one. */
    private static final class Setter {
        private final Method method;
        private final @Nullable Object[] args;

        Setter(Method method, @Nullable Object[] args) {
            this.method = method;
            this.args = args.clone();
        }

        void repeat(PreparedStatement on) throws Throwable {
            pass(on, method, args);
        }

        /** Repeats the call for a parameter further to the right. */
        void repeat(PreparedStatement on, int shift) throws Throwable {
            @Nullable Object[] shifted = args.clone();
            if (!(shifted[0] instanceof Integer index) || index < 1) {
                throw new SQLException("parameter index must be 1 or more");
            }
            shifted[0] = index + shift;
            shifted[1] = GuardedArray.unguarded(shifted[1]);
            pass(on, method, shifted);
        }
    }

    private static final Set<String> PASSED = Set.of(
            "getResultSet",
            "getGeneratedKeys",
            "getUpdateCount",
            "getLargeUpdateCount",
            "getWarnings",
            "clearWarnings",
            "clearBatch");
    private static final Set<String> OPTIONS =
            Set.of("setFetchSize", "setMaxRows", "setLargeMaxRows", "setQueryTimeout", "setFetchDirection");
    private static final Set<Integer> LARGE_TYPES = Set.of(Types.BLOB, Types.CLOB, Types.NCLOB);
    private static final Set<String> REFUSED_SETTERS = Set.of(
            "setBlob",
            "setClob",
            "setNClob",
            "setRef",
            "setRowId",
            "setCursorName",
            "setPoolable",
            "setSQLXML",
            "setEscapeProcessing",
            "setURL");

    private final DoorStatement statement;
    private final Keys keys;
    private final List<Setter> options = new ArrayList<>();
    private final List<Setter> parameters = new ArrayList<>();
    private @Nullable PreparedStatement self;
    private @Nullable PreparedStatement real;
    private boolean batching;
    private boolean exhausted;
    private boolean untyped;
    private int fetchSize;
    private boolean checkAfter;
    private boolean closed;

    GuardedStatement(TenantSession session, DoorStatement statement, Keys keys) {
        super(session);
        this.statement = statement;
        this.keys = keys;
    }

    void self(PreparedStatement proxy) {
        self = proxy;
    }

    @Override
    @Nullable Object call(Object proxy, Method method, String name, @Nullable Object[] args) throws Throwable {
        switch (name) {
            case "close" -> {
                close();
                return null;
            }
            case "isClosed" -> {
                return closed || session.isEnded();
            }
            default -> session.check();
        }
        if (closed) {
            throw new SQLException("statement is closed");
        }
        if (OPTIONS.contains(name)) {
            if (name.equals("setFetchSize") && args[0] instanceof Integer size) {
                fetchSize = size;
            }
            options.add(new Setter(method, args));
            return null;
        }
        if (name.startsWith("set")
                && !REFUSED_SETTERS.contains(name)
                && args.length >= 2
                && !isLargeObject(name, args)) {
            parameters.add(new Setter(method, args));
            untyped |= ParameterTypes.isUntyped(name, args, session.driver().textUntyped());
            return null;
        }
        if (args.length > 0 && (name.startsWith("execute") || name.equals("addBatch"))) {
            throw refused(method, "a prepared statement executes its own text only");
        }
        return switch (name) {
            case "clearParameters" -> {
                parameters.clear();
                untyped = false;
                yield null;
            }
            case "execute" -> execute();
            case "executeQuery" -> {
                if (!execute()) {
                    throw new SQLException("the statement returned no rows to read");
                }
                yield rows(executed().getResultSet());
            }
            case "executeUpdate", "executeLargeUpdate" -> {
                if (execute()) {
                    throw new SQLException("the statement returned rows where a count was expected");
                }
                yield name.equals("executeUpdate")
                        ? (Object) executed().getUpdateCount()
                        : executed().getLargeUpdateCount();
            }
            case "addBatch" -> {
                addBatch();
                yield null;
            }
            case "executeBatch", "executeLargeBatch" -> executeBatch(method);
            case "getConnection" -> session.connection();
            case "getMoreResults" -> {
                exhausted = true;
                yield false;
            }
            case "getMaxRows", "getFetchSize", "getQueryTimeout" -> option("set" + name.substring(3));
            case "getResultSet", "getGeneratedKeys" ->
                exhausted ? null : rows((ResultSet) pass(executed(), method, args));
            case "getUpdateCount" -> exhausted ? (Object) NO_COUNT : pass(executed(), method, args);
            case "getLargeUpdateCount" -> exhausted ? (Object) NO_LARGE_COUNT : pass(executed(), method, args);
            default -> {
                if (PASSED.contains(name)) {
                    yield real == null ? null : pass(real, method, args);
                }
                throw refused(method, "bind typed parameters, execute, and read the result forward");
            }
        };
    }

    /** What the driver would store as a large object first. */
    private static boolean isLargeObject(String setter, @Nullable Object[] args) {
        return setter.equals("setObject")
                && (args[1] instanceof Blob
                        || args[1] instanceof Clob
                        || (args.length > 2 && args[2] instanceof Integer type && LARGE_TYPES.contains(type)));
    }

    private Object option(String setter) {
        Object value = 0;
        for (Setter option : options) {
            Object set = option.args[0];
            if (option.method.getName().equals(setter) && set != null) {
                value = set;
            }
        }
        return value;
    }

    private PreparedStatement executed() throws SQLException {
        if (real == null) {
            throw new SQLException("the statement has not been executed");
        }
        return real;
    }

    private @Nullable ResultSet rows(@Nullable ResultSet rows) throws SQLException {
        if (rows == null || self == null) {
            return null;
        }
        return GuardedRows.of(session, rows, self);
    }

    private boolean execute() throws Throwable {
        closeReal();
        exhausted = false;
        Fold fold = session.next(!keys.wanted(), fetchSize > 0);
        try {
            PreparedStatement prepared = prepare(fold);
            real = prepared;
            bind(prepared, fold == Fold.PLAIN ? 0 : session.bindPrefix(prepared, fold));
            boolean rows = session.execute(prepared, fold);
            if (fold != Fold.PLAIN) {
                session.passPrefix(prepared, fold, rows);
                rows = prepared.getMoreResults();
            }
            session.executed(fold, rows || keys.wanted(), statement.callsUnknown());
            checkAfter = fold == Fold.WHOLE && statement.callsUnknown();
            return rows;
        } catch (Throwable t) {
            failed(fold, t);
            throw t;
        }
    }

    private PreparedStatement prepare(Fold fold) throws Throwable {
        Connection raw = session.raw();
        PreparedStatement prepared;
        if (keys.all()) {
            prepared = raw.prepareStatement(statement.text(), Statement.RETURN_GENERATED_KEYS);
        } else if (keys.wanted()) {
            prepared = raw.prepareStatement(statement.text(), keys.columns().toArray(String[]::new));
        } else {
            prepared = raw.prepareStatement(session.composed(fold, statement));
        }
        if (fold != Fold.PLAIN) {
            prepared.setFetchSize(0); // a driver-wide fetch size would leave rows behind a COMMIT
        }
        for (Setter option : options) {
            option.repeat(prepared);
        }
        if (untyped || session.driver().textUntyped()) {
            session.driver().unprepared(prepared);
        }
        return prepared;
    }

    private void bind(PreparedStatement prepared, int shift) throws Throwable {
        for (Setter parameter : parameters) {
            parameter.repeat(prepared, shift);
        }
    }

    private void addBatch() throws Throwable {
        PreparedStatement prepared = real;
        if (!batching || prepared == null) {
            closeReal();
            prepared = prepare(session.next(false, false));
            real = prepared;
            batching = true;
        }
        bind(prepared, 0);
        prepared.addBatch();
        parameters.clear();
    }

    private @Nullable Object executeBatch(Method method) throws Throwable {
        try {
            Object counts = pass(executed(), method, new Object[0]);
            session.executed(Fold.PLAIN, keys.wanted(), statement.callsUnknown());
            return counts;
        } catch (Throwable t) {
            failed(Fold.PLAIN, t);
            throw t;
        } finally {
            batching = false;
        }
    }

    private void failed(Fold fold, Throwable cause) {
        try {
            closeReal();
            session.failed(fold, statement.callsUnknown(), cause);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        closeReal();
        if (!session.isEnded()) {
            session.settle();
        }
    }

    private void closeReal() throws SQLException {
        PreparedStatement open = real;
        real = null;
        if (open == null) {
            return;
        }
        try (open) {
            if (checkAfter) {
                checkAfter = false;
                boolean rows = open.getMoreResults(); // COMMIT's own result
                if (!rows) {
                    rows = open.getMoreResults();
                }
                session.readCheck(open, rows);
            }
        }
    }
}
