package io.aios.audit.verify;

import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.trace.json.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a log from outside its database. A chain alone cannot tell that its end was cut off or that all of it
 * was written anew; whatever is held here can.
 *
 * @param log the log's origin, when it is known
 * @param entries entry hashes by {@code seq}
 * @param roots Merkle roots by size
 */
public record Held(Optional<String> log, Map<Long, Digest> entries, Map<Long, Digest> roots) {
    /** Copies. */
    public Held {
        entries = Map.copyOf(entries);
        roots = Map.copyOf(roots);
    }

    /** Nothing: the chain alone is checked. */
    public static Held nothing() {
        return new Held(Optional.empty(), Map.of(), Map.of());
    }

    /** Entries that must be in the log, as their receipts name them. */
    public static Held entries(EntryRef... refs) {
        Held held = nothing();
        for (EntryRef ref : refs) {
            held = held.entry(ref);
        }
        return held;
    }

    /** Also this receipt's entry. */
    public Held receipt(AuditReceipt receipt) {
        return entry(receipt.ref());
    }

    /** Also this entry. */
    public Held entry(EntryRef ref) {
        Map<Long, Digest> more = new LinkedHashMap<>(entries);
        more.put(ref.seq(), ref.hash());
        return new Held(log, more, roots);
    }

    /** Also this Merkle root over the first {@code size} entries. */
    public Held root(long size, Digest root) {
        Map<Long, Digest> more = new LinkedHashMap<>(roots);
        more.put(size, root);
        return new Held(log, entries, more);
    }

    /** The least number of entries the log must have. */
    long largest() {
        long largest = 0;
        for (long seq : entries.keySet()) {
            largest = Math.max(largest, seq + 1);
        }
        for (long size : roots.keySet()) {
            largest = Math.max(largest, size);
        }
        return largest;
    }
}
