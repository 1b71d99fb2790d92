package io.aios.audit;

import io.aios.trace.json.Digest;

/**
 * The end of a log: how many entries it has and the hash of the last one (of the genesis when it has none).
 *
 * @param size number of entries, 0 or more; the last entry's {@code seq} is {@code size - 1}
 * @param hash entry hash of the last entry
 */
public record AuditHead(long size, Digest hash) {
    /** Checks. */
    public AuditHead {
        if (size < 0) {
            throw new IllegalArgumentException("a log cannot have " + size + " entries");
        }
    }
}
