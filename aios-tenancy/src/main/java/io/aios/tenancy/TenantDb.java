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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
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

    private final @Nullable HikariDataSource ownPool;
    private final TenantColumn column;
    private final IsolationWatch watch;
    private final Scopes scopes;

    private TenantDb(Builder builder) {
        DataSource dataSource = builder.open();
        this.ownPool = builder.config != null && dataSource instanceof HikariDataSource hikari ? hikari : null;
        this.column = builder.column;
        this.watch = new IsolationWatch(dataSource, builder.verifiers());
        boolean opened = false;
        try {
            watch.onOpening(builder.verifyMode);
            this.scopes = scopes(dataSource, builder);
            opened = true;
        } catch (SQLException e) {
            throw new TenancyException("the database cannot be reached or asked: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                close();
            }
        }
        if (!scopes.driver().folds()) {
            LOG.warn("this driver or its settings cannot send a statement together with its tenant; each transaction"
                    + " costs a round trip more");
        }
    }

    private static Scopes scopes(DataSource dataSource, Builder builder) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                Login login = Login.read(connection, builder.column.setting());
                login.requireBound();
                SessionPins pins = new SessionPins(builder.column.setting(), builder.schema, login);
                Driver driver =
                        Driver.probe(connection, pins, builder.column.type().canaryA());
                Map<OrgId, SessionPins> dedicated = new HashMap<>();
                builder.dedicated.forEach((org, schema) -> dedicated.put(org, pins.withSchema(schema)));
                return new Scopes(dataSource, driver, pins, dedicated, builder.plugins);
            } finally {
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            }
        }
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
        if (scopes.session() != null) {
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
        return scopes.alone(org, work);
    }

    /** Runs a transaction whose first statement carries this claim, and whose COMMIT carries the result. */
    <R extends @Nullable Object, X extends Exception> R claimed(OrgId org, Claim claim, HandleCallback<R, X> work)
            throws X {
        castable(org);
        return scopes.claimed(org, claim, work);
    }

    private <R extends @Nullable Object, X extends Exception> R run(
            OrgId org, Mode mode, @Nullable TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
        castable(org);
        return scopes.run(org, mode, level, work);
    }

    TenantColumn column() {
        return column;
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
        return watch.verify();
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
        return watch.every(every, scheduler, listener);
    }

    /** Closes the pool, if it is this door's own. */
    @Override
    public void close() {
        if (ownPool != null) {
            ownPool.close();
        }
    }

    /** Collects what a door needs. */
    public static final class Builder {
        private final @Nullable HikariConfig config;
        private final @Nullable DataSource given;
        private TenantColumn column = TenantColumn.DEFAULT;
        private String schema = "aios";
        private final Map<OrgId, String> dedicated = new LinkedHashMap<>();
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
            schema = checked(name);
            return this;
        }

        /**
         * Places one tenant's rows in a schema of its own, which its statements see instead of the shared one.
         *
         * @param name a schema that {@link io.aios.tenancy.rls.RlsSchema} wrote for this tenant ({@code dedicatedTo})
         */
        public Builder dedicated(OrgId org, String name) {
            if (dedicated.containsValue(checked(name)) || dedicated.putIfAbsent(org, name) != null) {
                throw new IllegalArgumentException("one schema for one tenant: '" + name + "', '" + org + "'");
            }
            return this;
        }

        private static String checked(String name) {
            if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
                throw new IllegalArgumentException("schema must match [a-z_][a-z0-9_]{0,62}: '" + name + "'");
            }
            return name;
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

        private List<TenantIsolationVerifier> verifiers() {
            if (dedicated.containsValue(schema)) {
                throw new IllegalArgumentException("schema '" + schema + "' is the shared one");
            }
            TenantIsolationVerifier first = verifier != null
                    ? verifier
                    : TenantIsolationVerifier.builder()
                            .schema(schema)
                            .column(column)
                            .build();
            List<TenantIsolationVerifier> all = new ArrayList<>(List.of(first));
            dedicated.forEach((org, name) -> all.add(first.forDedicated(name, org.value())));
            return all;
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
