package io.aios.audit;

/** A log was read that does not verify as intact. */
public final class NotIntactException extends AuditException {
    private static final long serialVersionUID = 1L;

    private final transient VerifyReport report;

    /** Carries the report that says why. */
    public NotIntactException(VerifyReport report) {
        super("audit log is not intact: " + report);
        this.report = report;
    }

    /** What the verifier found. */
    public VerifyReport report() {
        return report;
    }
}
