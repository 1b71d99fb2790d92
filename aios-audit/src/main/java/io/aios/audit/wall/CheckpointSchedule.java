package io.aios.audit.wall;

import io.aios.audit.proof.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes checkpoints by itself, often enough to keep an {@link ExposureWindow}. A failure is logged, counted, told in
 * {@link #state} and tried again; what no checkpoint covers yet stays exposed for as long as it lasts.
 */
public final class CheckpointSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSchedule.class);
    private static final int TICKS = 20;
    private static final Duration LONGEST_TICK = Duration.ofMillis(500);

    private final CheckpointSigner signer;
    private final ExposureWindow window;
    private final Duration tick;
    private final ScheduledExecutorService timer;
    private @Nullable Checkpoint last;
    private long exposed;
    private long exposedSince;
    private long failures;

    /** A schedule that does not run: only {@link #look} moves it. */
    CheckpointSchedule(CheckpointSigner signer, ExposureWindow window) {
        this.signer = Objects.requireNonNull(signer, "signer");
        this.window = Objects.requireNonNull(window, "window");
        Duration part = window.time().dividedBy(TICKS);
        this.tick = part.compareTo(LONGEST_TICK) < 0 ? part : LONGEST_TICK;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "aios-audit-checkpoints");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * How things stand.
     *
     * @param window the window that is to be kept
     * @param exposed entries that no checkpoint covered when it was last looked
     * @param failures how many attempts failed in a row
     * @param last the newest checkpoint this schedule published
     * @param damaged logs of which nothing more is published
     */
    public record State(
            ExposureWindow window,
            long exposed,
            long failures,
            Optional<Checkpoint> last,
            List<CheckpointSigner.DamagedLog> damaged) {}

    /** Starts publishing; close it to stop. */
    public static CheckpointSchedule start(CheckpointSigner signer, ExposureWindow window) {
        CheckpointSchedule schedule = new CheckpointSchedule(signer, window);
        long nanos = schedule.tick.toNanos();
        var unused = schedule.timer.scheduleWithFixedDelay(
                () -> schedule.look(System.nanoTime()), 0, nanos, TimeUnit.NANOSECONDS);
        return schedule;
    }

    /** One look: publishes when the window would otherwise be left before the next look is over. */
    synchronized void look(long now) {
        try {
            long before = exposed;
            exposed = signer.exposed();
            if (exposed > 0 && before == 0) {
                // They may have come right after the look before.
                exposedSince = now - tick.toNanos();
            }
            long untilAfterNext = now - exposedSince + 2 * tick.toNanos();
            if (exposed >= window.entries()
                    || (exposed > 0 && untilAfterNext > window.time().toNanos())) {
                last = signer.publish();
                exposed = 0;
            }
            failures = 0;
        } catch (RuntimeException e) {
            // Of the wall, the key or the store, which is the host's. A timer that lets one through never looks again.
            failures++;
            LOG.error("no checkpoint, {} entries exposed, {} failures in a row", exposed, failures, e);
        }
    }

    /** How things stand. */
    public synchronized State state() {
        return new State(window, exposed, failures, Optional.ofNullable(last), signer.damaged());
    }

    /** Publishes what is left, and stops. */
    @Override
    public void close() {
        timer.shutdown();
        synchronized (this) {
            try {
                if (signer.exposed() > 0) {
                    last = signer.publish();
                    exposed = 0;
                }
            } catch (RuntimeException e) {
                LOG.error("the last entries stay without a checkpoint", e);
            }
        }
    }
}
