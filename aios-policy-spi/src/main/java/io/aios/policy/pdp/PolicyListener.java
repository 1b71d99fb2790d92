package io.aios.policy.pdp;

/**
 * Sees every activation and every decision before the caller does, on the thread that made it. One that throws turns a
 * permit or review into a denial, because a decision that could not be recorded must not count; one whose failure does not
 * matter catches it itself.
 */
@FunctionalInterface
public interface PolicyListener {
    /** Called once per event. */
    void on(PolicyEvent event);
}
