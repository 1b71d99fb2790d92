package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.tenancy.OrgId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One tenant's queue. At most one worker holds it at a time, so a tenant's batches are written one after the other. */
final class Lane {
    private final OrgId org;
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private boolean held;

    Lane(OrgId org) {
        this.org = org;
    }

    OrgId org() {
        return org;
    }

    /** Adds an event; true when the caller must see to it that a worker takes it. */
    synchronized boolean add(Pending pending) {
        queue.addLast(pending);
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

    synchronized List<Pending> take(int max) {
        List<Pending> batch = new ArrayList<>(Math.min(max, queue.size()));
        while (batch.size() < max && !queue.isEmpty()) {
            batch.add(queue.removeFirst());
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
