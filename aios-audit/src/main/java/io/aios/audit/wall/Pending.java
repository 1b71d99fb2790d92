package io.aios.audit.wall;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.proof.AuditLeaf;
import io.aios.tenancy.OrgId;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An event on its way to the wall. */
final class Pending {
    final AuditEvent event;
    final UUID id;
    final byte[] salt;
    final byte @Nullable [] payload;
    final long deadline;
    final CompletableFuture<AuditReceipt> future = new CompletableFuture<>();
    private final AuditEvent given;

    /** Set once an attempt ended without an answer: the entry may stand in the log already. */
    boolean mayExist;

    /**
     * An event to append.
     *
     * @param given the event as the caller gave it
     * @param stamped the event with id and time
     * @param salt 32 random bytes for its payload
     * @param deadline {@link System#nanoTime} after which it is given up
     */
    Pending(AuditEvent given, AuditEvent stamped, byte[] salt, long deadline) {
        this.given = given;
        this.event = stamped;
        this.id = stamped.id().orElseThrow();
        this.salt = salt;
        this.payload = stamped.payload().orElse(null);
        this.deadline = deadline;
    }

    AuditLeaf leaf(String log, OrgId org, AuditLeaf.AuditPosition at) {
        return AuditLeaf.of(event, log, org, at, salt);
    }

    /** Whether the entry with this event's id, found in the log, is this event. */
    boolean is(AuditLeaf known, Optional<byte[]> knownSalt) {
        if (payload != null && knownSalt.isEmpty()) {
            return false;
        }
        // A time that the caller did not give is not part of what must be the same.
        return AuditLeaf.of(
                        given.stamped(id, known.at()),
                        known.log(),
                        known.org(),
                        new AuditLeaf.AuditPosition(known.seq(), known.prev()),
                        knownSalt.orElse(salt))
                .equals(known);
    }
}
