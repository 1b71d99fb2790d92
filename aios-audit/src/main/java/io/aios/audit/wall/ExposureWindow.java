package io.aios.audit.wall;

import java.time.Duration;

/**
 * How much may stand in the wall before a checkpoint covers it. Until one does, a superuser could rewrite it unseen.
 *
 * @param time at most this long, at least 100 ms
 * @param entries at most about this many, looked at every twentieth of the time and at least twice a second
 */
public record ExposureWindow(Duration time, long entries) {
    /** Ten seconds or 1,000 entries. */
    public static final ExposureWindow STANDARD = new ExposureWindow(Duration.ofSeconds(10), 1000);

    /** Checks. */
    public ExposureWindow {
        if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("time must lie between 100 ms and a day, not " + time);
        }
        if (entries < 1) {
            throw new IllegalArgumentException("entries must be positive, not " + entries);
        }
    }
}
