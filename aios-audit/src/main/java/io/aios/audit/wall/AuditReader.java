package io.aios.audit.wall;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditException;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.NotIntactException;
import io.aios.audit.Tally;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.verify.EntryRow;
import io.aios.audit.verify.Held;
import io.aios.audit.verify.LogVerifier;
import io.aios.audit.verify.VerifiedLog;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads and verifies logs as the reader role, which sees one tenant at a time. Every call but {@link #readOn} reads the
 * log from its first entry, in one snapshot and in bounded memory. Safe for use by several threads.
 */
public final class AuditReader {
    private static final long PROGRESS_EVERY = 10_000;

    private final DataSource reader;

    private AuditReader(DataSource reader) {
        this.reader = reader;
    }

    /**
     * Opens the wall for reading.
     *
     * @param dataSource connections of the reader role to the audit database
     * @throws AuditRefusedException if the role may do more than read, or the server cannot be relied on
     */
    public static AuditReader open(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        try {
            WallSelfCheck.reader(dataSource).orElseThrow();
        } catch (SQLException e) {
            throw new AuditException("the audit database could not be checked: " + e.getMessage(), e);
        }
        return new AuditReader(dataSource);
    }

    /** Verifies a tenant's log by itself. */
    public VerifyReport verify(OrgId org) {
        return verify(org, Held.nothing());
    }

    /** Verifies a tenant's log against what is held of it. */
    public VerifyReport verify(OrgId org, Held held) {
        return verify(org, held, done -> {});
    }

    /** As {@link #verify(OrgId, Held)}; tells {@code progress} the number of entries checked, every 10,000. */
    public VerifyReport verify(OrgId org, Held held, LongConsumer progress) {
        return scan(org, new LogVerifier(org, held), null, progress, entry -> {});
    }

    /**
     * Verifies a tenant's log against the checkpoints kept outside the database: the newest kept note must be signed by
     * the pinned key, the meta-log in the wall must have its root, and the tenant's log every root the meta-log names.
     *
     * @param key the log's public key, pinned by whoever verifies
     * @param store where checkpoints are kept
     */
    public VerifyReport verify(OrgId org, NoteKey key, CheckpointStore store) {
        try {
            List<Checkpoint> kept = new ArrayList<>();
            for (String note : store.notes()) {
                kept.add(Checkpoint.verify(note, key));
            }
            if (kept.isEmpty()) {
                return new VerifyReport.Unverifiable(org, "no checkpoint is kept");
            }
            MetaLog metaLog = MetaLog.read(reader, org, kept);
            return metaLog.verdict().orElseGet(() -> verify(org, metaLog.held()));
        } catch (SQLException e) {
            return unreadable(org, e);
        } catch (AuditException e) {
            return new VerifyReport.Unverifiable(org, String.valueOf(e.getMessage()));
        }
    }

    private static VerifyReport unreadable(OrgId org, SQLException e) {
        return new VerifyReport.Unverifiable(org, "the audit database could not be read: " + e.getMessage());
    }

    /**
     * The entries that match, in order, out of a log that verifies as a whole against what is held of it.
     *
     * @throws NotIntactException if the log does not verify (erased payloads are no reason)
     */
    public List<AuditEntry> entries(OrgId org, Held held, Predicate<? super AuditEntry> filter) {
        return read(org, held, filter).entries();
    }

    /**
     * As {@link #entries}, and what {@link #readOn} may go on from.
     *
     * @throws NotIntactException if the log does not verify (erased payloads are no reason)
     */
    public AuditReading read(OrgId org, Held held, Predicate<? super AuditEntry> filter) {
        Matches matches = new Matches(filter);
        LogVerifier verifier = new LogVerifier(org, held);
        VerifyReport report = scan(org, verifier, null, done -> {}, matches);
        if (!report.chainHolds()) {
            throw new NotIntactException(report);
        }
        return new AuditReading(0, matches.entries(), verifier.verified());
    }

    /**
     * The matching entries that came after what was verified before, if they follow on it. The log is read and verified as
     * a whole, and held to the last entry verified before, when they do not, when one of them erases an earlier payload, or
     * when {@code held} names an earlier entry or root that was not compared yet. Of the entries verified before, only the last
     * is looked at again.
     *
     * @throws NotIntactException if the log does not verify, or is not the one that was verified before
     */
    public AuditReading readOn(VerifiedLog before, Held held, Predicate<? super AuditEntry> filter) {
        if (before.size() > 0 && before.answers(held)) {
            Matches matches = new Matches(filter);
            LogVerifier verifier = new LogVerifier(before, held);
            if (scan(before.org(), verifier, before, done -> {}, matches).chainHolds()) {
                return new AuditReading(before.size(), matches.entries(), verifier.verified());
            }
        }
        return read(before.org(), before.end().map(held::entry).orElse(held), filter);
    }

    /**
     * How many entries of each type and outcome a tenant's log has, sorted by both. For overviews: the database counts its
     * columns, and nothing is verified; {@link #verify} says whether they can be believed.
     *
     * @throws AuditException if the database could not be asked
     */
    public List<Tally> tally(OrgId org) {
        try {
            return Tallies.of(reader, org);
        } catch (SQLException e) {
            throw new AuditException("the entries of " + org + " could not be counted: " + e.getMessage(), e);
        }
    }

    /**
     * Writes an evidence file about a tenant's log up to its newest published head: one that an auditor verifies with the
     * pinned key alone ({@code EvidenceVerifier}). Memory: 64 bytes for each entry of the log.
     *
     * @param filter which entries to show; the file says how many it omits
     * @param withPayloads whether to show payloads too
     * @return how many entries are shown
     * @throws NotIntactException if the log does not verify against the kept checkpoints
     * @throws AuditException if nothing of this tenant is published yet, or the file cannot be written
     */
    public long export(
            OrgId org,
            NoteKey key,
            CheckpointStore store,
            Predicate<? super AuditEntry> filter,
            boolean withPayloads,
            Path file) {
        return new EvidenceExport(reader, this, org, key, store).write(filter, withPayloads, file);
    }

    private static AuditEntry withPayload(AuditEntry e, AuditPayload payload) {
        return new AuditEntry(
                e.org(),
                e.seq(),
                e.hash(),
                e.id(),
                e.at(),
                e.type(),
                e.actor(),
                e.subject(),
                e.outcome(),
                e.recordHash(),
                e.packageHash(),
                e.policy(),
                e.corrects(),
                payload);
    }

    /** Reads all rows, or those after what was verified before, which must end as it did. */
    private VerifyReport scan(
            OrgId org,
            LogVerifier verifier,
            @Nullable VerifiedLog before,
            LongConsumer progress,
            Consumer<AuditEntry> entries) {
        long from = before == null ? 0 : before.size() - 1;
        try (EntryCursor cursor = EntryCursor.open(reader, org, from)) {
            EntryRow row = cursor.next();
            if (before != null) {
                if (row == null || !before.endsWith(row)) {
                    return new VerifyReport.RolledBack(org, before.size(), "it does not end as it did");
                }
                row = cursor.next();
            }
            while (row != null && !verifier.isDecided()) {
                @Nullable AuditEntry entry = verifier.accept(row);
                if (entry != null) {
                    entries.accept(entry);
                }
                if (verifier.size() % PROGRESS_EVERY == 0) {
                    progress.accept(verifier.size());
                }
                row = cursor.next();
            }
            String stray = verifier.isDecided() ? null : cursor.strayPayload();
            if (stray != null) {
                return new VerifyReport.Tampered(org, Long.parseLong(stray), "a payload belongs to no entry");
            }
        } catch (SQLException e) {
            return unreadable(org, e);
        }
        return verifier.report();
    }

    /** The entries that a filter takes, with payloads told as erased once the entry that erased them came. */
    private static final class Matches implements Consumer<AuditEntry> {
        private final Predicate<? super AuditEntry> filter;
        private final List<AuditEntry> matches = new ArrayList<>();
        private final Map<Long, Long> erasedBy = new HashMap<>();

        Matches(Predicate<? super AuditEntry> filter) {
            this.filter = filter;
        }

        @Override
        public void accept(AuditEntry entry) {
            if (entry.type().equals(AuditEntry.ERASED)) {
                entry.corrects().ifPresent(target -> erasedBy.put(target.seq(), entry.seq()));
            }
            if (filter.test(entry)) {
                matches.add(entry);
            }
        }

        List<AuditEntry> entries() {
            matches.replaceAll(entry -> erasedBy.containsKey(entry.seq())
                    ? withPayload(entry, new AuditPayload.Erased(erasedBy.get(entry.seq())))
                    : entry);
            return matches;
        }
    }
}
