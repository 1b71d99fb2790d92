package io.aios.tenancy;

import io.aios.tenancy.IdempotencyGuard.Claim;
import io.aios.tenancy.TenantSession.Fold;
import io.aios.tenancy.TenantSession.Mode;
import java.sql.Connection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Opens, joins and ends the scopes of one door. A scope belongs to one thread, and to one tenant until its end. */
final class Scopes {
    private static final ThreadLocal<@Nullable TenantSession> OPEN = new ThreadLocal<>();
    private static final int REMEMBERED = 2048;

    private final DataSource dataSource;
    private final Driver driver;
    private final SessionPins shared;
    private final Map<OrgId, SessionPins> dedicated;
    private final Jdbi jdbi;
    private final Map<Fold, Map<String, String>> reads = new EnumMap<>(Fold.class);
    private final Map<Fold, Map<String, String>> writes = new EnumMap<>(Fold.class);

    Scopes(
            DataSource dataSource,
            Driver driver,
            SessionPins shared,
            Map<OrgId, SessionPins> dedicated,
            List<JdbiPlugin> plugins) {
        this.dataSource = dataSource;
        this.driver = driver;
        this.shared = shared;
        this.dedicated = Map.copyOf(dedicated);
        for (Fold fold : Fold.values()) {
            reads.put(fold, new ConcurrentHashMap<>());
            writes.put(fold, new ConcurrentHashMap<>());
        }
        this.jdbi = Jdbi.create(new ScopedConnections());
        jdbi.setTransactionHandler(new TransactionsOfScope(this::session));
        TypedArguments.install(jdbi);
        plugins.forEach(jdbi::installPlugin);
    }

    Driver driver() {
        return driver;
    }

    /** What a transaction of this tenant sets; a dedicated tenant's sees its own schema. */
    SessionPins pins(OrgId org) {
        return dedicated.getOrDefault(org, shared);
    }

    /** This door's open session on this thread; another door's may lie over it. */
    @Nullable TenantSession session() {
        TenantSession session = OPEN.get();
        while (session != null && session.scopes() != this) {
            session = session.outer();
        }
        return session;
    }

    /** The text that goes to the driver; kept, because building and hashing it costs more than a lookup. */
    String composed(Fold fold, boolean readOnly, DoorStatement statement, Supplier<String> compose) {
        Map<String, String> kept = (readOnly ? reads : writes).getOrDefault(fold, Map.of());
        String text = kept.get(statement.text());
        if (text == null) {
            text = compose.get();
            if (kept.size() >= REMEMBERED) {
                kept.clear();
            }
            kept.put(statement.text(), text);
        }
        return text;
    }

    /** Joins the open scope, or opens one. */
    <R extends @Nullable Object, X extends Exception> R run(
            OrgId org, Mode mode, @Nullable TransactionIsolationLevel level, HandleCallback<R, X> work) throws X {
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

    /** Opens a transaction of its own, whatever is open on this thread. */
    <R extends @Nullable Object, X extends Exception> R alone(OrgId org, HandleCallback<R, X> work) throws X {
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
        try (TenantScope scope = TenantScope.open(org)) {
            return fresh(scope.org(), Mode.TRANSACTION, null, claim, work);
        }
    }

    private <R extends @Nullable Object, X extends Exception> R fresh(
            OrgId org,
            Mode mode,
            @Nullable TransactionIsolationLevel level,
            @Nullable Claim claim,
            HandleCallback<R, X> work)
            throws X {
        TenantSession before = OPEN.get();
        Lease lease = Lease.take(dataSource);
        TenantSession session = new TenantSession(this, before, lease.connection(), org, mode, level, claim);
        OPEN.set(session);
        try {
            R result = work.withHandle(session.open(jdbi));
            if (session.refused() == null) {
                session.commit(result);
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
                OPEN.remove();
            } else {
                OPEN.set(before);
            }
            lease.giveBack(session.isChanged());
        }
    }

    /** What JDBI opens is the current scope's connection, or nothing. */
    private final class ScopedConnections implements ConnectionFactory {
        @Override
        public Connection openConnection() {
            TenantSession session = session();
            if (session == null) {
                throw new NoTenantException(
                        "no tenant in scope on this thread; statements run inside read, write or inTenant");
            }
            session.check();
            return session.connection();
        }
    }
}
