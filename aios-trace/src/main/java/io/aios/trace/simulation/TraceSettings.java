package io.aios.trace.simulation;

import io.aios.trace.Redactor;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Where a trace gets its times, ids and salt from, and what is taken out of it before it is recorded.
 *
 * @param clock times
 * @param ids ids of traces and requests
 * @param salts a {@link SecureRandom} outside tests: who can guess a salt can guess erased text
 * @param redactor applied to every text and argument before it is recorded and hashed
 */
public record TraceSettings(Clock clock, Supplier<String> ids, RandomGenerator salts, Redactor redactor) {
    /** The system clock, random UUIDs, a secure random salt, no redaction. */
    public static TraceSettings defaults() {
        return new TraceSettings(
                Clock.systemUTC(), () -> UUID.randomUUID().toString(), new SecureRandom(), Redactor.NONE);
    }

    /** The same with another clock. */
    public TraceSettings withClock(Clock newClock) {
        return new TraceSettings(newClock, ids, salts, redactor);
    }

    /** The same with another source of ids. */
    public TraceSettings withIds(Supplier<String> newIds) {
        return new TraceSettings(clock, newIds, salts, redactor);
    }

    /** The same with another source of salts. */
    public TraceSettings withSalts(RandomGenerator newSalts) {
        return new TraceSettings(clock, ids, newSalts, redactor);
    }

    /** The same with another redactor. */
    public TraceSettings withRedactor(Redactor newRedactor) {
        return new TraceSettings(clock, ids, salts, newRedactor);
    }
}
