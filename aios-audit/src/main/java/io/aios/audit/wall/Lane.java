package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.AuditHead;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.EntryHash;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's queue and what this JVM believes to be the end of its log. At most one worker holds a lane at a time;
 * only the holder touches the head.
 */
final class Lane {
    private static final Digest UNKNOWN = Digest.of(new byte[32]);

    private final OrgId org;
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private boolean held;

    private String log = "";
    private AuditHead head = new AuditHead(0, UNKNOWN);
    private boolean contended;

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

    /** Ends the hold; true when more is waiting, and then the lane stays held for the next worker. */
    synchronized boolean release() {
        held = !queue.isEmpty();
        return held;
    }

    synchronized void failAll(AuditException failure) {
        queue.forEach(pending -> pending.future.completeExceptionally(failure));
        queue.clear();
    }

    boolean knowsLog() {
        return !log.isEmpty();
    }

    AuditHead head() {
        return head;
    }

    /** Whether other writers move the head so often that it is better to lock it first. */
    boolean contended() {
        return contended;
    }

    void contended(boolean value) {
        this.contended = value;
    }

    void learn(WriterConnection.Answer answer) {
        this.log = answer.log();
        this.head = answer.head();
    }

    /** The leaves of a batch behind the head. */
    WriterConnection.Batch chain(List<Pending> batch) {
        List<byte[]> leaves = new ArrayList<>(batch.size());
        List<byte[]> salts = new ArrayList<>(batch.size());
        List<byte @Nullable []> payloads = new ArrayList<>(batch.size());
        AuditLeaf.AuditPosition position = new AuditLeaf.AuditPosition(head.size(), head.hash());
        for (Pending pending : batch) {
            byte[] leaf = pending.leaf(log, org, position).bytes();
            leaves.add(leaf);
            salts.add(pending.salt);
            payloads.add(pending.payload);
            position = new AuditLeaf.AuditPosition(position.seq() + 1, EntryHash.of(leaf));
        }
        return new WriterConnection.Batch(head, leaves, salts, payloads);
    }
}
