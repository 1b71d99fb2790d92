package io.aios.policy.pdp;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Stops asking an engine that keeps failing and lets one question through after each pause. A question whose answer never
 * comes back takes nothing away: the next one may go after another pause.
 */
final class Breaker {
    private final int limit;
    private final long pause;
    private final LongSupplier ticker;
    private int failures;
    private long lastTry;

    /** A limit of 0 never breaks. */
    Breaker(int limit, Duration pause, LongSupplier ticker) {
        this.limit = limit;
        this.pause = pause.toNanos();
        this.ticker = ticker;
    }

    /** Whether the engine may be asked now. */
    synchronized boolean mayAsk() {
        if (limit == 0 || failures < limit) {
            return true;
        }
        long now = ticker.getAsLong();
        if (now - lastTry < pause) {
            return false;
        }
        lastTry = now;
        return true;
    }

    synchronized void succeeded() {
        failures = 0;
    }

    synchronized void failed() {
        failures = Math.min(failures + 1, Math.max(limit, 1));
        lastTry = ticker.getAsLong();
    }
}
