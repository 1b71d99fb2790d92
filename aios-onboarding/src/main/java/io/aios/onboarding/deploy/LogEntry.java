package io.aios.onboarding.deploy;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code deployment.log}: canonical JSON naming the line before it.
 *
 * @param seq its number, from 0
 * @param prev the digest of the line before; of the first line, of the log's genesis
 * @param line the JSON text without newline
 * @param digest SHA-256 of the text in UTF-8, the head after this line
 */
public record LogEntry(long seq, Digest prev, String line, Digest digest) {
    /** Checks that all parts are there. */
    public LogEntry {
        Objects.requireNonNull(prev, "prev");
        Objects.requireNonNull(digest, "digest");
    }

    static LogEntry of(long seq, Digest prev, Map<String, @Nullable Object> fields) {
        byte[] bytes = CanonicalJson.bytes(fields);
        return new LogEntry(seq, prev, new String(bytes, StandardCharsets.UTF_8), Digest.sha256(bytes));
    }
}
