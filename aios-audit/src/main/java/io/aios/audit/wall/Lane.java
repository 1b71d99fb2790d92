package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.tenancy.OrgId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One tenant's queue. At most one worker holds it at a time, so a tenant's batches are written one after the other. */
final class Lane {
    /** How much of a batch's time is spent on waiting for more, at most: one part in so many. */
    private static final int PATIENCE = 4;

    private static final long LONGEST_WAIT_NANOS = 1_000_000;

    /** A batch whose payloads have so many bytes takes no further event. */
    private static final long ENOUGH_BYTES = 4L * 1024 * 1024;

    private final OrgId org;
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private boolean held;
    private int expected;
    private long expectedUntil;

    Lane(OrgId org) {
        this.org = org;
    }

    OrgId org() {
        return org;
    }

    /** Adds an event; true when the caller must see to it that a worker takes it. */
    synchronized boolean add(Pending pending) {
        queue.addLast(pending);
        if (queue.size() >= expected) {
            notifyAll();
        }
        return hold();
    }

    /** Puts events back in front; true when the caller must see to it that a worker takes them. */
    synchronized boolean putBack(List<Pending> again) {
        for (int i = again.size() - 1; i >= 0; i--) {
            queue.addFirst(again.get(i));
        }
        return hold();
    }

    private boolean hold() {
        boolean mine = !held;
        held = true;
        return mine;
    }

    /**
     * To be called before a batch is acknowledged. Its callers may come back with their next events at once; waiting a
     * moment for them lets them share the next flush with those who wait already, instead of taking turns.
     *
     * @param count entries in the batch
     * @param nanos how long the batch took
     */
    synchronized void acknowledging(int count, long nanos) {
        expected = count + queue.size();
        expectedUntil = System.nanoTime() + Math.min(nanos / PATIENCE, LONGEST_WAIT_NANOS);
    }

    /** Waits until as many events wait as are expected, or the time for that is over. */
    synchronized void awaitExpected(int max) {
        try {
            long left = expectedUntil - System.nanoTime();
            while (queue.size() < Math.min(expected, max) && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = expectedUntil - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        expected = 0;
    }

    /** Takes the next batch: so many events, or fewer where their payloads are large. */
    synchronized List<Pending> take(int max) {
        List<Pending> batch = new ArrayList<>(Math.min(max, queue.size()));
        long bytes = 0;
        while (batch.size() < max && !queue.isEmpty() && bytes < ENOUGH_BYTES) {
            Pending next = queue.removeFirst();
            bytes += next.event.payloadLength();
            batch.add(next);
        }
        return batch;
    }

    synchronized int waiting() {
        return queue.size();
    }

    /** Ends the hold; true when more is waiting, and then the lane stays held for the next worker. */
    synchronized boolean release() {
        held = !queue.isEmpty();
        return held;
    }

    synchronized void failAll(AuditException failure) {
        queue.forEach(pending -> pending.future.completeExceptionally(failure));
        queue.clear();
    }
}
