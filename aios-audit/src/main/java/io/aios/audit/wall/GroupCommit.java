package io.aios.audit.wall;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditException;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditUnavailableException;
import io.aios.tenancy.OrgId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Takes events from any number of threads and writes them in batches, one batch of a tenant after the other, over a few
 * connections. While a batch is on its way the next one fills up.
 */
final class GroupCommit implements AutoCloseable {
    /** What a group commit needs to know. */
    record Settings(
            DataSource writer,
            Clock clock,
            Supplier<UUID> ids,
            Supplier<byte[]> salts,
            int connections,
            int maxBatch,
            int maxQueue,
            Duration timeout,
            boolean barrier) {}

    private static final byte[] NO_SALT = new byte[32];
    private static final int BYTES_OF_A_PLACE = 16 * 1024;

    private final Settings settings;
    private final ConcurrentHashMap<OrgId, Lane> lanes = new ConcurrentHashMap<>();
    private final Semaphore room;
    private final ThreadPoolExecutor workers;
    private final BlockingQueue<BatchWriter> writers;
    private volatile boolean closed;

    GroupCommit(Settings settings) {
        this.settings = settings;
        this.room = new Semaphore(settings.maxQueue(), true);
        AtomicInteger number = new AtomicInteger();
        int size = settings.connections();
        this.workers = new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "aios-audit-writer-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.writers = new ArrayBlockingQueue<>(settings.connections());
        for (int i = 0; i < settings.connections(); i++) {
            writers.add(new BatchWriter(settings.writer(), settings.barrier()));
        }
    }

    CompletableFuture<AuditReceipt> submit(OrgId org, AuditEvent event) {
        if (closed) {
            throw new AuditUnavailableException("tenant " + org + ": the audit wall is closed", null);
        }
        boolean admitted = false;
        try {
            admitted = room.tryAcquire(size(event), settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!admitted) {
            throw new AuditUnavailableException(
                    "tenant " + org + ": event " + event.type() + " found no room among " + settings.maxQueue()
                            + " waiting events; nothing was written",
                    null);
        }
        AuditEvent stamped = event.stamped(
                event.id().orElseGet(settings.ids()), settings.clock().instant());
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        byte[] salt = event.payload().isPresent() ? settings.salts().get() : NO_SALT;
        Pending pending = new Pending(event, stamped, salt, deadline);
        Lane lane = lanes.computeIfAbsent(org, Lane::new);
        if (lane.add(pending)) {
            schedule(lane);
        }
        return pending.future;
    }

    /** How much room an event takes: one place, and one more for each 16 KiB of payload. */
    private int size(AuditEvent event) {
        return Math.min(settings.maxQueue(), 1 + event.payloadLength() / BYTES_OF_A_PLACE);
    }

    private int size(List<Pending> entries) {
        return entries.stream().mapToInt(pending -> size(pending.event)).sum();
    }

    AuditReceipt await(OrgId org, CompletableFuture<AuditReceipt> future) {
        try {
            return future.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuditException cause) {
                throw cause;
            }
            throw new AuditException("tenant " + org + ": append failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AuditUnavailableException(
                    "tenant " + org + ": no acknowledgement within " + settings.timeout()
                            + "; the entry may still be written, append the same event again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditUnavailableException(
                    "tenant " + org + ": interrupted while waiting; the entry may still be written", e);
        }
    }

    private void schedule(Lane lane) {
        workers.execute(() -> drain(lane));
    }

    /** Writes one batch of the lane, which this worker holds alone until the batch stands behind its head. */
    private void drain(Lane lane) {
        if (workers.getQueue().isEmpty()) {
            lane.awaitExpected(settings.maxBatch());
        }
        List<Pending> batch = lane.take(settings.maxBatch());
        boolean more = lane.waiting() >= settings.maxBatch();
        AtomicBoolean held = new AtomicBoolean(true);
        Runnable release = () -> {
            if (held.getAndSet(false) && lane.release()) {
                schedule(lane);
            }
        };
        // There are as many writers as workers, so one is always here.
        BatchWriter writer = Objects.requireNonNull(writers.poll());
        int unfinished = 0;
        try {
            List<Pending> again = writer.write(lane, batch, more, release);
            unfinished = size(again);
            if (!again.isEmpty() && lane.putBack(again)) {
                schedule(lane);
            }
        } finally {
            writers.add(writer);
            release.run();
            room.release(size(batch) - unfinished);
        }
    }

    /** Waits until everything accepted is acknowledged or given up, at most the timeout, and closes the connections. */
    @Override
    public void close() {
        closed = true;
        try {
            if (room.tryAcquire(settings.maxQueue(), settings.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                workers.shutdown();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.shutdownNow();
        writers.forEach(BatchWriter::close);
        lanes.values()
                .forEach(lane -> lane.failAll(new AuditUnavailableException(
                        "tenant " + lane.org() + ": the audit wall was closed before the entry was acknowledged",
                        null)));
    }
}
