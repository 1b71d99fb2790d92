package io.aios.policy.spi;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/** The moment after which an answer no longer counts, on a monotonic clock. */
public final class Deadline {
    private final long end;
    private final LongSupplier ticker;

    private Deadline(long end, LongSupplier ticker) {
        this.end = end;
        this.ticker = ticker;
    }

    /** So long after now, by a ticker in nanoseconds such as {@link System#nanoTime}. */
    public static Deadline after(Duration duration, LongSupplier ticker) {
        return new Deadline(ticker.getAsLong() + duration.toNanos(), Objects.requireNonNull(ticker, "ticker"));
    }

    /** Time left; zero when it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - ticker.getAsLong()));
    }

    /** Whether it has passed. */
    public boolean hasPassed() {
        return end - ticker.getAsLong() <= 0;
    }
}
