package io.aios.onboarding.approval;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditReader;
import io.aios.tenancy.OrgId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads organisations' logs on the audit wall, each time held to the furthest entry seen before, so that a log that is cut
 * or written anew behind a running process is found. Safe for any number of threads.
 *
 * <p>A new process has seen nothing yet: give it what is known from outside with {@link #heldTo}.
 */
public final class WallReader {
    private final AuditReader reader;
    private final Function<OrgId, Held> known;
    private final Map<OrgId, EntryRef> furthest = new ConcurrentHashMap<>();

    private WallReader(AuditReader reader, Function<OrgId, Held> known) {
        this.reader = reader;
        this.known = known;
    }

    /** A reader that has seen nothing. */
    public static WallReader of(AuditReader reader) {
        return new WallReader(reader, org -> Held.nothing());
    }

    /** A reader also held to what is known from outside the wall, such as checkpoints kept elsewhere. */
    public WallReader heldTo(Function<OrgId, Held> outside) {
        return new WallReader(reader, outside);
    }

    /** Remembers an appended entry: every later reading must find it. */
    public void appended(AuditReceipt receipt) {
        remember(receipt.org(), receipt.ref());
    }

    /**
     * The entries that match, in order, out of a log that verifies as a whole.
     *
     * @throws io.aios.audit.AuditException when it does not, or cannot be read
     */
    public List<AuditEntry> entries(OrgId org, Predicate<? super AuditEntry> filter) {
        EntryRef before = furthest.get(org);
        Held held = known.apply(org);
        AtomicReference<@Nullable EntryRef> last = new AtomicReference<>();
        List<AuditEntry> entries = reader.entries(org, before == null ? held : held.entry(before), entry -> {
            last.set(entry.ref());
            return filter.test(entry);
        });
        EntryRef end = last.get();
        if (end != null) {
            remember(org, end);
        }
        return entries;
    }

    private void remember(OrgId org, EntryRef ref) {
        furthest.merge(org, ref, (one, two) -> one.seq() > two.seq() ? one : two);
    }
}
