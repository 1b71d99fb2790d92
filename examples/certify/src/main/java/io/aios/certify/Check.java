package io.aios.certify;

/**
 * One behaviour that must hold.
 *
 * @param name its name in tables and packs
 * @param test the behavioural test of the library behind it, {@code Class} or {@code Class.method}
 * @param body throws when the behaviour does not hold, {@link SkippedException} when it cannot be tried
 */
record Check(String name, String test, Body body) {
    /** What a check does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** Says that a check cannot be tried here, and why. A required check that says so counts as failed. */
    static final class SkippedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SkippedException(String reason) {
            super(reason);
        }
    }
}
