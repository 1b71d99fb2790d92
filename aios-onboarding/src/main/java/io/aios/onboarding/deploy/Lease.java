package io.aios.onboarding.deploy;

import org.jspecify.annotations.Nullable;

/**
 * The right to change one organisation's state on a target. Not for several threads.
 *
 * <p>Every method fails with reason LEASE, without effect, once another holder has a higher token or the lease expired.
 */
public interface Lease extends AutoCloseable {
    /** The fencing token, higher for each later lease of the organisation. */
    long token();

    /** The state under this lease; a log line torn by a crash is cut off first. */
    TargetState state();

    /**
     * Appends a line; durable on return. The line must follow the log's head.
     *
     * @throws DeploymentException with reason LOG when it does not
     */
    void append(LogEntry line);

    /**
     * Makes a resource what the step says and appends the line that says so.
     *
     * <p>Compare and set: a resource that already is what the step leaves stays untouched, one that is neither fails
     * with reason DRIFT and without effect. Where the target has transactions, both happen in one.
     *
     * @param content the bytes, or null to delete
     * @return whether the resource was changed by this call
     */
    boolean apply(Step step, byte @Nullable [] content, LogEntry done);

    /** Gives the lease back if it is still held. */
    @Override
    void close();
}
