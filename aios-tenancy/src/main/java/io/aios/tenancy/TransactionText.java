package io.aios.tenancy;

import io.aios.tenancy.IdempotencyGuard.Claim;
import io.aios.tenancy.TenantSession.Fold;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** What travels before and after a scope's statements. */
record TransactionText(
        SessionPins pins,
        boolean readOnly,
        @Nullable TransactionIsolationLevel isolation,
        @Nullable Claim claim) {

    /** Whether the text is the same for all scopes of this kind, and worth keeping. */
    boolean isUsual() {
        return isolation == null && claim == null;
    }

    String of(Fold fold, DoorStatement statement) {
        String sql = statement.text();
        return switch (fold) {
            case PLAIN -> sql;
            case PREFIX, AGAIN -> prefix(fold, true) + ";\n" + sql;
            case WHOLE ->
                prefix(fold, true) + ";\n" + sql + "\n;\nCOMMIT"
                        + (statement.callsUnknown() ? ";\n" + pins.check() : "");
        };
    }

    /**
     * What gives a transaction its tenant.
     *
     * @param begins whether BEGIN is part of the text, or the driver's own
     */
    String prefix(Fold fold, boolean begins) {
        if (fold == Fold.AGAIN) {
            return pins.again();
        }
        String sql = (begins ? "BEGIN" + characteristics() + ";\n" : "") + pins.prefix(readOnly);
        return claim == null
                ? sql
                : sql + ", pg_catalog.set_config('lock_timeout', '" + claim.waitMillis() + "', true);\n" + claim.sql()
                        + ";\nselect pg_catalog.set_config('lock_timeout', '" + pins.lockTimeout() + "', true)";
    }

    /** Whether a transaction that the driver has begun lacks something. */
    boolean hasCharacteristics() {
        return readOnly || isolation != null;
    }

    /** Gives it to a transaction that the driver has begun. */
    String setTransaction() {
        return "SET TRANSACTION" + characteristics();
    }

    private String characteristics() {
        return (isolation == null ? "" : " ISOLATION LEVEL " + level(isolation)) + (readOnly ? " READ ONLY" : "");
    }

    private static String level(TransactionIsolationLevel isolation) {
        return switch (isolation) {
            case READ_COMMITTED, READ_UNCOMMITTED -> "READ COMMITTED";
            case REPEATABLE_READ -> "REPEATABLE READ";
            case SERIALIZABLE -> "SERIALIZABLE";
            case NONE, UNKNOWN -> throw new IllegalArgumentException("not an isolation level: " + isolation);
        };
    }
}
