package io.aios.audit.wall;

import io.aios.audit.AuditEntry;
import io.aios.audit.verify.VerifiedLog;
import java.util.List;

/**
 * What one reading of a log found.
 *
 * @param from the first entry it looked at: 0, or the size that was verified before; what is known of the log from there
 *     on, {@code entries} replace
 * @param entries those that match, in order
 * @param verified the log as it was verified, for {@link AuditReader#readOn}
 */
public record AuditReading(long from, List<AuditEntry> entries, VerifiedLog verified) {
    /** Copies. */
    public AuditReading {
        entries = List.copyOf(entries);
    }
}
