package io.aios.certify;

import io.aios.certify.Check.SkippedException;

/**
 * What became of a check.
 *
 * @param check the check
 * @param status whether it held
 * @param millis how long it took
 * @param detail why it failed or was skipped; empty when it passed
 */
record Result(Check check, Status status, long millis, String detail) {
    enum Status {
        PASSED,
        FAILED,
        SKIPPED
    }

    /** Runs the check; whatever it throws but {@link SkippedException} is a failure. */
    static Result of(Check check) {
        long start = System.nanoTime();
        Status status = Status.PASSED;
        String detail = "";
        try {
            check.body().run();
        } catch (SkippedException e) {
            status = Status.SKIPPED;
            detail = message(e);
        } catch (Exception | AssertionError | StackOverflowError e) {
            status = Status.FAILED;
            detail = message(e);
        }
        return new Result(check, status, (System.nanoTime() - start) / 1_000_000, detail);
    }

    private static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return thrown instanceof AssertionError || thrown instanceof SkippedException
                ? String.valueOf(message)
                : thrown.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
