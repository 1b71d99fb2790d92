package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the lines of one run, each following the one before. */
final class LogWriter {
    private final Clock clock;
    private final String run;
    private long count;
    private Digest head;

    LogWriter(DeploymentLog log, String run, Clock clock) {
        this.clock = clock;
        this.run = run;
        this.count = log.count();
        this.head = log.head();
    }

    long count() {
        return count;
    }

    Digest head() {
        return head;
    }

    /** The next line; the caller appends it before asking for another. */
    LogEntry next(String type, Map<String, ? extends @Nullable Object> details) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(details);
        fields.put("v", DeploymentLog.VERSION);
        fields.put("seq", count);
        fields.put("prev", head.hex());
        fields.put("at", clock.instant().truncatedTo(ChronoUnit.MICROS).toString());
        fields.put("type", type);
        fields.put("run", run);
        LogEntry entry = LogEntry.of(count, head, fields);
        count++;
        head = entry.digest();
        return entry;
    }
}
