package io.aios.onboarding.approval;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.verify.Held;
import io.aios.audit.verify.VerifiedLog;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditReading;
import io.aios.tenancy.OrgId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries of one kind from organisations' logs on the audit wall. The first reading of a log verifies all of it,
 * later ones what came since; each is held to the furthest entry seen before, so that a log that is cut or written anew
 * behind a running process is found. Safe for any number of threads.
 *
 * <p>Keeps the entries it verified, of all logs together at most some 16 MiB; a log that is not kept is
 * verified as a whole. A new process has seen nothing yet: give it what is known from outside with {@link #heldTo}.
 */
public final class WallReader {
    private static final int MAX_KEPT = 16 << 20;
    /** What a log takes beside its entries, and an entry beside its payload, roughly. */
    private static final int LOG = 8192;

    private static final int ENTRY = 1024;

    private final AuditReader reader;
    private final String types;
    private final Function<OrgId, Held> known;
    private final Map<OrgId, EntryRef> furthest = new ConcurrentHashMap<>();
    /** The least recently read first; guarded by itself. */
    private final Map<OrgId, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    private WallReader(AuditReader reader, String types, Function<OrgId, Held> known) {
        this.reader = reader;
        this.types = types;
        this.known = known;
    }

    /** Entries as they were verified. */
    private record Kept(VerifiedLog log, List<AuditEntry> entries, long bytes) {
        static Kept after(@Nullable Kept before, AuditReading reading) {
            List<AuditEntry> entries = new ArrayList<>();
            long bytes = LOG;
            if (before != null && reading.from() > 0) {
                entries.addAll(before.entries);
                bytes = before.bytes;
            }
            for (AuditEntry entry : reading.entries()) {
                entries.add(entry);
                bytes += ENTRY
                        + entry.payload()
                                .bytesIfPresent()
                                .map(payload -> payload.length)
                                .orElse(0);
            }
            return new Kept(reading.verified(), entries, bytes);
        }
    }

    /**
     * A reader that has seen nothing.
     *
     * @param types the beginning of the types of the entries it reads
     */
    public static WallReader of(AuditReader reader, String types) {
        return new WallReader(reader, types, org -> Held.nothing());
    }

    /** A reader also held to what is known from outside the wall, such as checkpoints kept elsewhere. */
    public WallReader heldTo(Function<OrgId, Held> outside) {
        return new WallReader(reader, types, outside);
    }

    /** Remembers an appended entry: every later reading must find it. */
    public void appended(AuditReceipt receipt) {
        remember(receipt.org(), receipt.ref());
    }

    /**
     * The entries of its kind that match, in order, out of a log that verifies.
     *
     * @throws io.aios.audit.AuditException when it does not, or cannot be read
     */
    public List<AuditEntry> entries(OrgId org, Predicate<? super AuditEntry> filter) {
        Kept before;
        synchronized (kept) {
            before = kept.get(org);
        }
        EntryRef seen = furthest.get(org);
        Held outside = known.apply(org);
        Held held = seen == null ? outside : outside.entry(seen);
        AuditReading reading =
                before == null ? reader.read(org, held, this::reads) : reader.readOn(before.log(), held, this::reads);
        reading.verified().end().ifPresent(end -> remember(org, end));
        Kept now = Kept.after(before, reading);
        keep(org, now);
        return now.entries().stream().filter(filter).toList();
    }

    private boolean reads(AuditEntry entry) {
        return entry.type().startsWith(types);
    }

    private void remember(OrgId org, EntryRef ref) {
        furthest.merge(org, ref, (one, two) -> one.seq() > two.seq() ? one : two);
    }

    private void keep(OrgId org, Kept now) {
        synchronized (kept) {
            Kept other = kept.get(org);
            if (now.bytes() > MAX_KEPT
                    || (other != null && other.log().size() > now.log().size())) {
                return;
            }
            kept.put(org, now);
            long bytes = kept.values().stream().mapToLong(Kept::bytes).sum();
            for (Iterator<Kept> eldest = kept.values().iterator(); bytes > MAX_KEPT; eldest.remove()) {
                bytes -= eldest.next().bytes();
            }
        }
    }
}
