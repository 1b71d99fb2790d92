package io.aios.tenancy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.aios.tenancy.TenantSession.Mode;
import io.aios.tenancy.rls.TenantColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only door to the tenants' database: whatever runs through it runs as one tenant.
 *
 * <p>Each statement travels in a transaction that carries the tenant's id in a session setting local to it, which the
 * policies of {@link io.aios.tenancy.rls.RlsSchema} compare. Where the driver allows, BEGIN, the setting, the statement
 * and COMMIT are one network round trip.
 *
 * <p>The {@link Handle} a callback receives, and everything taken from it, works only inside that callback and only on
 * its thread. It passes one SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES statement per call.
 */
public final class TenantDb implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantDb.class);
    private static final ThreadLocal<@Nullable TenantSession> SESSIONS = new ThreadLocal<>();

    private final DataSource dataSource;
    private final @Nullable HikariDataSource pool;
    private final TenantColumn column;
    private final SessionPins pins;
    private final Driver driver;
    private final Jdbi jdbi;
    private final boolean owned;

    private TenantDb(Builder builder) {
        this.column = builder.column;
        this.owned = builder.config != null;
        this.dataSource = builder.open();
        this.pool = dataSource instanceof HikariDataSource hikari ? hikari : null;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Login login = Login.read(connection, column.setting());
            login.requirePowerless();
            this.pins = login.pins(column.setting(), builder.schema);
            this.driver = Driver.probe(connection, pins, column.type().canaryA());
            connection.rollback();
        } catch (SQLException e) {
            throw new TenancyException("the database cannot be reached or asked: " + e.getMessage(), e);
        }
        if (!driver.folds()) {
            LOG.warn("this driver or its settings cannot send a statement together with its tenant; each transaction"
                    + " costs a round trip more");
        }
        this.jdbi = Jdbi.create(new ScopedConnections());
        jdbi.setTransactionHandler(new TransactionsOfScope(this::session));
        TypedArguments.install(jdbi);
        builder.plugins.forEach(jdbi::installPlugin);
    }

    /** Starts a door over a pool of its own. */
    public static Builder connect(String jdbcUrl, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        return pool(config);
    }

    /**
     * Starts a door over a pool of its own with these settings.
     *
     * @param config url, credentials and sizes; copied, with {@code autoCommit} off
     */
    public static Builder pool(HikariConfig config) {
        HikariConfig own = new HikariConfig();
        config.copyStateTo(own);
        own.setAutoCommit(false);
        return new Builder(own, null);
    }

    /** Starts a door over a data source of the host; auto-commit is switched off while a scope holds a connection. */
    public static Builder over(DataSource dataSource) {
        return new Builder(null, dataSource);
    }

    /**
     * Runs queries of this tenant, each statement in its own read-only transaction and one round trip.
     *
     * <p>Inside a scope of the same tenant it joins and sees what that transaction wrote. A statement with a fetch size
     * above 0 keeps its transaction until its result is closed and costs two round trips more.
     *
     * @throws TenantSwitchException inside a scope of another tenant
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R read(OrgId org, HandleCallback<R, X> work) throws X {
        return run(org, Mode.READ, null, work);
    }

    /** As {@link #read(OrgId, HandleCallback)} for the tenant of the current {@link TenantScope}. */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R read(HandleCallback<R, X> work) throws X {
        return read(TenantScope.require(), work);
    }

    /**
     * Runs statements of this tenant, each in its own transaction and one round trip.
     *
     * <p>A statement is durable before its result is mapped: when mapping fails, the write stays. Joins an open
     * transaction of the same tenant, whose end then decides.
     *
     * @throws TenantSwitchException inside a scope of another tenant
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R write(OrgId org, HandleCallback<R, X> work) throws X {
        return run(org, Mode.EACH, null, work);
    }

    /**
     * Runs all statements of this tenant as one transaction: commits when the callback returns, rolls back when it
     * throws. Inside a transaction of the same tenant it joins.
     *
     * @throws TenantSwitchException inside a scope of another tenant
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R inTenant(OrgId org, HandleCallback<R, X> work) throws X {
        return run(org, Mode.TRANSACTION, null, work);
    }

    /** As {@link #inTenant(OrgId, HandleCallback)} for the tenant of the current {@link TenantScope}. */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R inTenant(HandleCallback<R, X> work) throws X {
        return inTenant(TenantScope.require(), work);
    }

    /**
     * As {@link #inTenant(OrgId, HandleCallback)}, at an isolation level.
     *
     * @throws RefusedStatementException inside another transaction, whose level cannot change any more
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R inTenant(
            OrgId org, TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        if (session() != null) {
            throw new RefusedStatementException("a transaction is open already; its isolation level stays");
        }
        return run(org, Mode.TRANSACTION, level, work);
    }

    /**
     * Runs a transaction of its own on a connection of its own, whatever scope is open on this thread, of whatever
     * tenant. It holds a second connection: a pool smaller than the nesting of all threads can run dry.
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object, X extends Exception> R requiresNew(OrgId org, HandleCallback<R, X> work)
            throws X {
        castable(org);
        try (TenantScope scope = TenantScope.openNew(org)) {
            return fresh(scope.org(), Mode.TRANSACTION, null, work);
        }
    }

    private <R extends @Nullable Object, X extends Exception> R run(
            OrgId org, Mode mode, @Nullable TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        castable(org);
        try (TenantScope scope = TenantScope.open(org)) {
            TenantSession open = session();
            if (open == null) {
                return fresh(scope.org(), mode, level, work);
            }
            open.check();
            if (!open.org().equals(org)) {
                throw new TenantSwitchException(open.org(), org);
            }
            if (mode.compareTo(open.mode()) > 0) {
                throw new RefusedStatementException("a " + open.mode() + " scope of tenant '" + org + "' cannot host a "
                        + mode + " scope; open inTenant around both, or call requiresNew");
            }
            return work.withHandle(open.handle());
        }
    }

    private <R extends @Nullable Object, X extends Exception> R fresh(
            OrgId org, Mode mode, @Nullable TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        TenantSession before = SESSIONS.get();
        Lease lease = Lease.take(dataSource);
        TenantSession session = new TenantSession(this, before, lease.connection(), org, mode, level);
        SESSIONS.set(session);
        boolean committed = false;
        try {
            R result = work.withHandle(session.open(jdbi));
            session.commit();
            committed = true;
            return result;
        } finally {
            session.end();
            if (before == null) {
                SESSIONS.remove();
            } else {
                SESSIONS.set(before);
            }
            lease.giveBack(committed, session.isChanged());
        }
    }

    /** This door's open session on this thread; another door's may lie over it. */
    private @Nullable TenantSession session() {
        TenantSession session = SESSIONS.get();
        while (session != null && session.door() != this) {
            session = session.outer();
        }
        return session;
    }

    SessionPins pins() {
        return pins;
    }

    Driver driver() {
        return driver;
    }

    private void castable(OrgId org) {
        boolean castable = switch (column.type()) {
            case TEXT -> true;
            case UUID -> isUuid(org.value());
            case BIGINT -> isBigint(org.value());
        };
        if (!castable) {
            throw new InvalidOrgIdException(
                    "org id '" + org + "' is not a " + column.type().sql());
        }
    }

    private static boolean isUuid(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isBigint(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Closes the pool, if it is this door's own. */
    @Override
    public void close() {
        if (owned && pool != null) {
            pool.close();
        }
    }

    /** What JDBI opens is the current scope's connection, or nothing. */
    private final class ScopedConnections implements ConnectionFactory {
        @Override
        public Connection openConnection() {
            TenantSession session = session();
            if (session == null) {
                throw new NoTenantException(
                        "no tenant in scope on this thread; statements run inside read, write or" + " inTenant");
            }
            session.check();
            return session.connection();
        }
    }

    /** Collects what a door needs. */
    public static final class Builder {
        private final @Nullable HikariConfig config;
        private final @Nullable DataSource given;
        private TenantColumn column = TenantColumn.DEFAULT;
        private String schema = "aios";
        private final List<JdbiPlugin> plugins = new ArrayList<>();

        private Builder(@Nullable HikariConfig config, @Nullable DataSource given) {
            this.config = config;
            this.given = given;
        }

        /** The setting and the column that carry the tenant; {@code app.org_id} and {@code org_id text} by default. */
        public Builder column(TenantColumn tenantColumn) {
            column = tenantColumn;
            return this;
        }

        /** The schema of the tenant tables, {@code aios} by default; statements see it and {@code pg_catalog}. */
        public Builder schema(String name) {
            if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
                throw new IllegalArgumentException("schema must match [a-z_][a-z0-9_]{0,62}: '" + name + "'");
            }
            schema = name;
            return this;
        }

        /** Installs a JDBI plugin, for example the one for SQL Objects. */
        public Builder plugin(JdbiPlugin plugin) {
            plugins.add(plugin);
            return this;
        }

        private DataSource open() {
            return given != null ? given : new HikariDataSource(config);
        }

        /**
         * Opens the door.
         *
         * @throws IsolationException if this login is one that row-level security does not bind
         * @throws TenancyException if the database cannot be reached
         */
        public TenantDb build() {
            return new TenantDb(this);
        }
    }
}
