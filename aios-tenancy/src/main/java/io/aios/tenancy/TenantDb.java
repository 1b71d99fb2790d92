package io.aios.tenancy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.aios.tenancy.IdempotencyGuard.Claim;
import io.aios.tenancy.TenantSession.Mode;
import io.aios.tenancy.rls.IsolationReport;
import io.aios.tenancy.rls.TenantColumn;
import io.aios.tenancy.rls.TenantIsolationVerifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    private final TenantIsolationVerifier verifier;
    private final SessionPins pins;
    private final Driver driver;
    private final Jdbi jdbi;
    private final boolean owned;

    private TenantDb(Builder builder) {
        this.column = builder.column;
        this.verifier = builder.verifier();
        this.owned = builder.config != null;
        this.dataSource = builder.open();
        this.pool = dataSource instanceof HikariDataSource hikari ? hikari : null;
        boolean opened = false;
        try {
            verifyOnOpening(builder.verifyMode);
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(false);
                Login login = Login.read(connection, column.setting());
                login.requirePowerless();
                this.pins = login.pins(column.setting(), builder.schema);
                this.driver = Driver.probe(connection, pins, column.type().canaryA());
                connection.rollback();
            }
            opened = true;
        } catch (SQLException e) {
            throw new TenancyException("the database cannot be reached or asked: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                close();
            }
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
            return fresh(scope.org(), Mode.TRANSACTION, null, null, work);
        }
    }

    /** Runs a transaction whose first statement carries this claim, and whose COMMIT carries the result. */
    <R extends @Nullable Object, X extends Exception> R claimed(OrgId org, Claim claim, HandleCallback<R, X> work)
            throws X {
        if (session() != null) {
            throw new RefusedStatementException("a claim needs a transaction of its own; a scope is open already");
        }
        castable(org);
        try (TenantScope scope = TenantScope.open(org)) {
            return fresh(scope.org(), Mode.TRANSACTION, null, claim, work);
        }
    }

    private <R extends @Nullable Object, X extends Exception> R run(
            OrgId org, Mode mode, @Nullable TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        castable(org);
        try (TenantScope scope = TenantScope.open(org)) {
            TenantSession open = session();
            if (open == null) {
                return fresh(scope.org(), mode, level, null, work);
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
            OrgId org,
            Mode mode,
            @Nullable TransactionIsolationLevel level,
            @Nullable Claim claim,
            HandleCallback<R, X> work)
            throws X {
        TenantSession before = SESSIONS.get();
        Lease lease = Lease.take(dataSource);
        TenantSession session = new TenantSession(this, before, lease.connection(), org, mode, level, claim);
        SESSIONS.set(session);
        boolean committed = false;
        try {
            R result = work.withHandle(session.open(jdbi));
            if (session.refused() == null) {
                session.commit(result);
                committed = true;
                return result;
            }
            throw session.refused();
        } catch (Throwable t) {
            if (session.refused() != null) {
                throw session.refused();
            }
            throw t;
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

    TenantColumn column() {
        return column;
    }

    SessionPins pins() {
        return pins;
    }

    Driver driver() {
        return driver;
    }

    private void castable(OrgId org) {
        if (!column.type().accepts(org.value())) {
            throw new InvalidOrgIdException(
                    "org id '" + org + "' is not a " + column.type().sql());
        }
    }

    /**
     * Verifies again, on a connection of this door; start-up has done it once.
     *
     * @throws TenancyException if the database cannot be asked
     */
    public IsolationReport verify() {
        try {
            return verifier.verify(dataSource);
        } catch (SQLException e) {
            throw new TenancyException("the isolation could not be verified: " + e.getMessage(), e);
        }
    }

    /**
     * Verifies again and again; a report with errors is logged and handed on.
     *
     * @param every time between the end of one verification and the start of the next
     * @param listener told of every report
     * @return the task, to cancel
     */
    public ScheduledFuture<?> verifyEvery(
            Duration every, ScheduledExecutorService scheduler, Consumer<IsolationReport> listener) {
        Runnable task = () -> {
            try {
                listener.accept(warned(verify()));
            } catch (TenancyException e) {
                LOG.error("isolation not verified: {}", e.getMessage());
            }
        };
        return scheduler.scheduleWithFixedDelay(task, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void verifyOnOpening(VerifyMode mode) {
        if (mode == VerifyMode.OFF) {
            LOG.warn("the isolation of tenants is not verified (VerifyMode.OFF)");
            return;
        }
        IsolationReport report = warned(verify());
        if (mode == VerifyMode.FAIL && report instanceof IsolationReport.NotIsolated) {
            throw new IsolationException("tenants are not isolated for this login:\n" + report.describe(), report);
        }
    }

    private static IsolationReport warned(IsolationReport report) {
        report.findings().forEach(f -> LOG.warn("isolation: {}", f));
        return report;
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
        private VerifyMode verifyMode = VerifyMode.FAIL;
        private @Nullable TenantIsolationVerifier verifier;

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

        /** What to do with the verifier's findings; {@link VerifyMode#FAIL} by default. */
        public Builder verify(VerifyMode mode) {
            verifyMode = mode;
            return this;
        }

        /** A verifier that knows more than schema and column, for example shared tables. */
        public Builder verifier(TenantIsolationVerifier isolationVerifier) {
            verifier = isolationVerifier;
            return this;
        }

        private TenantIsolationVerifier verifier() {
            return verifier != null
                    ? verifier
                    : TenantIsolationVerifier.builder()
                            .schema(schema)
                            .column(column)
                            .build();
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
