package io.aios.audit.verify;

import org.jspecify.annotations.Nullable;

/**
 * A row as it stands in the wall: the leaf, and the columns beside it that must say the same.
 *
 * @param seq column {@code seq}
 * @param leaf column {@code leaf}, byte for byte
 * @param hash column {@code entry_hash}
 * @param columns what the other columns say; null where a source has none (an evidence file)
 * @param payload its payload row; null when there is none
 */
public record EntryRow(
        long seq,
        Bytes leaf,
        Bytes hash,
        @Nullable Columns columns,
        @Nullable StoredPayload payload) {

    /** Bytes as they were read; neither copied nor changed, for a row is handed through once. */
    public static final class Bytes {
        private final byte[] value;

        /** Wraps. */
        public Bytes(byte[] value) {
            this.value = value;
        }

        /** The bytes themselves. */
        public byte[] value() {
            return value;
        }
    }

    /**
     * The query columns of an entry.
     *
     * @param org column {@code org}
     * @param log the tenant's log, from the table of logs
     * @param entryId column {@code entry_id}
     * @param atMicros column {@code at}, microseconds since 1970
     * @param type column {@code type}
     * @param actor column {@code actor}
     * @param subject column {@code subject}
     * @param outcome column {@code outcome}
     * @param corrects column {@code corrects}
     */
    public record Columns(
            String org,
            @Nullable String log,
            String entryId,
            long atMicros,
            String type,
            String actor,
            String subject,
            String outcome,
            @Nullable Long corrects) {}

    /**
     * A payload row.
     *
     * @param salt its salt
     * @param bytes its bytes
     */
    public record StoredPayload(Bytes salt, Bytes bytes) {}
}
