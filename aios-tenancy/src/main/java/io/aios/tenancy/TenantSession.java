package io.aios.tenancy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.tenancy.IdempotencyGuard.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** One scope's hold on one connection: whose it is, whether its transaction carries the tenant, and when it ended. */
final class TenantSession {
    /** How statements become transactions. */
    enum Mode {
        /** Each statement its own read-only transaction. */
        READ,
        /** Each statement its own transaction. */
        EACH,
        /** All statements one transaction. */
        TRANSACTION
    }

    /** How one statement reaches the server. */
    enum Fold {
        /** As it stands; its transaction already carries the tenant. */
        PLAIN,
        /** Together with BEGIN and the prefix. */
        PREFIX,
        /** Together with the tenant, which an earlier statement of the transaction may have changed. */
        AGAIN,
        /** Together with BEGIN, the prefix and COMMIT. */
        WHOLE
    }

    private final Scopes scopes;
    private final @Nullable TenantSession outer;
    private final Connection raw;
    private final OrgId org;
    private final Mode mode;
    private final SessionPins pins;
    private final Driver driver;
    private final TransactionText text;
    private final @Nullable Claim claim;
    private Claim.@Nullable Refused refused;
    private final Thread owner = Thread.currentThread();
    private final Connection guarded = GuardedCalls.proxy(Connection.class, new GuardedConnection(this));
    private @Nullable Handle handle;
    private boolean carriesTenant;
    private boolean mayHaveLostIt;
    private boolean commitPending;
    private boolean changed;
    private boolean suspicious;
    private boolean aborted;
    private boolean ended;

    TenantSession(
            Scopes scopes,
            @Nullable TenantSession outer,
            Connection raw,
            OrgId org,
            Mode mode,
            @Nullable TransactionIsolationLevel isolation,
            @Nullable Claim claim) {
        this.claim = claim;
        this.scopes = scopes;
        this.outer = outer;
        this.raw = raw;
        this.org = org;
        this.mode = mode;
        this.pins = scopes.pins(org);
        this.driver = scopes.driver();
        this.text = new TransactionText(pins, mode == Mode.READ, isolation, claim);
    }

    Scopes scopes() {
        return scopes;
    }

    @Nullable TenantSession outer() {
        return outer;
    }

    OrgId org() {
        return org;
    }

    Mode mode() {
        return mode;
    }

    /** Opens the scope's handle; the scope must be current on this thread. */
    Handle open(Jdbi jdbi) {
        Handle opened = jdbi.open();
        handle = opened;
        return opened;
    }

    Handle handle() {
        if (handle == null) {
            throw new IllegalStateException("the scope's handle is not open yet");
        }
        return handle;
    }

    /** What is handed out. */
    Connection connection() {
        return guarded;
    }

    Connection raw() {
        return raw;
    }

    Driver driver() {
        return driver;
    }

    SessionPins pins() {
        return pins;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether the connection's session was found changed and must not be used again. */
    boolean isChanged() {
        return changed;
    }

    /** Refuses work after the scope's end and on another thread. */
    void check() {
        if (ended) {
            throw new NoTenantException("the scope of tenant '" + org
                    + "' has ended; what it handed out works no longer, read results inside the scope");
        }
        if (!Thread.currentThread().equals(owner)) {
            throw new NoTenantException("the scope of tenant '" + org + "' belongs to thread '" + owner.getName()
                    + "'; open a scope on this thread");
        }
    }

    /** Decides how the next statement is sent and, where it cannot carry the tenant itself, sends the prefix before. */
    Fold next(boolean foldable, boolean cursor) throws SQLException {
        check();
        settle();
        if (aborted) {
            throw new SQLException("the transaction's first statement failed; nothing follows it", "25P02");
        }
        if (mode == Mode.TRANSACTION && carriesTenant && !mayHaveLostIt) {
            return Fold.PLAIN;
        }
        if (foldable && driver.folds() && !cursor) {
            if (mode == Mode.TRANSACTION) {
                return carriesTenant ? Fold.AGAIN : Fold.PREFIX;
            }
            return Fold.WHOLE;
        }
        open();
        return Fold.PLAIN;
    }

    String composed(Fold fold, DoorStatement statement) {
        if (fold == Fold.PLAIN) {
            return statement.text();
        }
        return text.isUsual()
                ? scopes.composed(fold, mode == Mode.READ, statement, () -> text.of(fold, statement))
                : text.of(fold, statement);
    }

    /** Binds the prefix's parameters and returns how many they are. */
    @CanIgnoreReturnValue
    int bindPrefix(PreparedStatement statement, Fold fold) throws SQLException {
        pins.bind(statement, org.value());
        return claim == null || fold == Fold.AGAIN
                ? SessionPins.PARAMETERS
                : SessionPins.PARAMETERS + claim.bind(statement);
    }

    /**
     * Executes the statement; where it holds its own BEGIN, the driver must not begin too: it would send BEGIN as a
     * message by itself, which the server answers by itself and both sides wake up for.
     */
    boolean execute(PreparedStatement statement, Fold fold) throws SQLException {
        if (fold == Fold.PLAIN || fold == Fold.AGAIN) {
            return statement.execute();
        }
        raw.setAutoCommit(true);
        boolean rows;
        try {
            rows = statement.execute();
        } catch (SQLException e) {
            try {
                raw.setAutoCommit(false);
            } catch (SQLException closed) {
                e.addSuppressed(closed);
            }
            throw e;
        }
        raw.setAutoCommit(false);
        return rows;
    }

    /** Goes past the prefix's results and reads the one that shows whether the session was changed. */
    void passPrefix(PreparedStatement statement, Fold fold, boolean first) throws SQLException {
        if (fold == Fold.AGAIN) {
            return;
        }
        if (!first && !statement.getMoreResults()) { // first comes BEGIN's own result, where we sent it
            throw new SQLException("the driver lost the result that proves the tenant's setting");
        }
        try (ResultSet row = statement.getResultSet()) {
            changed |= !row.next() || pins.isChanged(mode == Mode.READ, row.getString(1));
        }
        if (claim != null && (statement.getMoreResults() || !statement.getMoreResults())) {
            throw new SQLException("the driver lost the results of the claim");
        }
    }

    void executed(Fold fold, boolean rows, boolean callsUnknown) throws SQLException {
        suspicious |= callsUnknown && fold != Fold.WHOLE;
        mayHaveLostIt |= callsUnknown; // for good: a cursor runs its functions while it is read
        if (fold == Fold.PREFIX) {
            carriesTenant = true;
        } else if (fold == Fold.PLAIN && mode != Mode.TRANSACTION) {
            commitPending = true;
            if (!rows) {
                settle();
            }
        }
    }

    /** A statement failed: its own transaction is undone; a scope-wide one is left to the scope's end. */
    void failed(Fold fold, boolean callsUnknown, Throwable cause) throws SQLException {
        if (claim != null && fold == Fold.PREFIX) {
            refused = Claim.Refused.of(cause, claim.table());
        }
        changed |= callsUnknown; // what PREPARE left behind survives the rollback
        mayHaveLostIt |= callsUnknown;
        if (mode != Mode.TRANSACTION) {
            commitPending = false;
            carriesTenant = false;
            raw.rollback();
            inspect();
        } else if (fold == Fold.PREFIX) {
            carriesTenant = false;
            aborted = true;
        }
    }

    /** Looks whether the statement failed because of what an earlier one left on the session; a read did not look. */
    private void inspect() throws SQLException {
        if (mode != Mode.READ || changed || raw.isClosed()) {
            return;
        }
        try (PreparedStatement statement = raw.prepareStatement(pins.check())) {
            readCheck(statement, statement.execute());
        } finally {
            raw.rollback();
        }
    }

    /** Commits a statement whose COMMIT could not travel with it. */
    void settle() throws SQLException {
        if (commitPending) {
            commitPending = false;
            carriesTenant = false;
            commitRaw();
        }
    }

    /** Gives the transaction its tenant before a savepoint, which must not be able to take it away again. */
    void openForSavepoint() throws SQLException {
        if (mode != Mode.TRANSACTION) {
            throw new RefusedStatementException("a savepoint needs a transaction; use inTenant");
        }
        open();
    }

    private void open() throws SQLException {
        if (carriesTenant && !mayHaveLostIt) {
            return;
        }
        Fold fold = carriesTenant ? Fold.AGAIN : Fold.PREFIX;
        try {
            if (fold == Fold.PREFIX && !driver.folds() && text.hasCharacteristics()) {
                try (PreparedStatement statement = raw.prepareStatement(text.setTransaction())) {
                    statement.executeUpdate();
                }
            }
            try (PreparedStatement statement = raw.prepareStatement(text.prefix(fold, driver.folds()))) {
                bindPrefix(statement, fold);
                passPrefix(statement, fold, driver.folds() ? execute(statement, fold) : statement.execute());
            }
        } catch (SQLException e) {
            failed(fold, false, e);
            throw e;
        }
        carriesTenant = true;
    }

    /** The claim's refusal by the database, if that is why the scope failed. */
    Claim.@Nullable Refused refused() {
        return refused;
    }

    /** Commits; after a statement that may have changed the session, looks whether it did, in the same flush. */
    private void commitRaw() throws SQLException {
        if (!suspicious) {
            raw.commit();
            return;
        }
        suspicious = false;
        if (!driver.folds()) {
            raw.commit();
        }
        String check = driver.folds() ? "COMMIT;\n" + pins.check() : pins.check();
        try (PreparedStatement statement = raw.prepareStatement(check)) {
            boolean rows = statement.execute();
            if (driver.folds()) {
                rows = statement.getMoreResults();
            }
            readCheck(statement, rows);
        }
        if (!driver.folds()) {
            raw.commit();
        }
    }

    /** Reads the result of {@link SessionPins#check()}. */
    void readCheck(PreparedStatement statement, boolean rows) throws SQLException {
        if (!rows) {
            changed = true;
            return;
        }
        try (ResultSet row = statement.getResultSet()) {
            changed |= !row.next() || pins.isChanged(row.getString(1)) || row.getLong(2) > 0;
        }
    }

    /** Commits what the scope did; a claimed scope keeps its result with the claim. */
    void commit(@Nullable Object result) {
        try {
            settle();
            if (claim != null) {
                open();
                storeResult(claim, result);
            }
            if (mode == Mode.TRANSACTION && carriesTenant) {
                commitRaw();
            }
        } catch (SQLException e) {
            throw new TenancyException("the transaction of tenant '" + org + "' did not commit: " + e.getMessage(), e);
        }
    }

    /** Stores the result, together with COMMIT where the driver can fold. */
    private void storeResult(Claim claimed, @Nullable Object result) throws SQLException {
        if (result == null) {
            return;
        }
        boolean last = driver.folds() && !suspicious;
        try (PreparedStatement statement = raw.prepareStatement(claimed.resultSql() + (last ? ";\nCOMMIT" : ""))) {
            claimed.bindResult(statement, result.toString());
            if (statement.execute() || statement.getUpdateCount() != 1) {
                throw new SQLException("the claim's row is gone");
            }
        }
        carriesTenant = !last;
    }

    /** Ends the scope: nothing it handed out works any more. */
    void end() {
        changed |= suspicious;
        ended = true;
        if (handle != null) {
            handle.close();
        }
    }
}
