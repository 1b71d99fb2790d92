package io.aios.audit;

import io.aios.trace.json.Digest;

/**
 * Names one entry of a log by place and content.
 *
 * @param seq its number, from 0
 * @param hash its entry hash
 */
public record EntryRef(long seq, Digest hash) {
    /** Checks. */
    public EntryRef {
        if (seq < 0) {
            throw new IllegalArgumentException("an entry's seq starts at 0, not " + seq);
        }
    }
}
