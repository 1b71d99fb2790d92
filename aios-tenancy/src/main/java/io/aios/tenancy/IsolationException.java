package io.aios.tenancy;

import io.aios.tenancy.rls.IsolationReport;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The database does not isolate tenants for this login, so the door stays shut. */
public final class IsolationException extends TenancyException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable IsolationReport report;

    IsolationException(String message, @Nullable IsolationReport report) {
        super(message);
        this.report = report;
    }

    /** What the verifier found; empty if the login was refused before it ran. */
    public Optional<IsolationReport> report() {
        return Optional.ofNullable(report);
    }
}
