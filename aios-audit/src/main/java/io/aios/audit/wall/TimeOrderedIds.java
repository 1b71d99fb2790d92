package io.aios.audit.wall;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;

/** UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, 74 random bits. */
final class TimeOrderedIds implements Supplier<UUID> {
    private final Clock clock;
    private final SecureRandom random;

    TimeOrderedIds(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public UUID get() {
        long high = (clock.millis() << 16) | 0x7000 | (random.nextInt() & 0xfff);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
