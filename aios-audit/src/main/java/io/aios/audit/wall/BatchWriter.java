package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.AuditHead;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.wall.WriterConnection.Durability;
import io.aios.trace.json.Digest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes batches over one connection, which it opens when needed and throws away after any failure. */
final class BatchWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWall.class);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final int MAX_DOUBLINGS = 6;
    private static final String UNIQUE_VIOLATION = "23505";

    private final DataSource dataSource;
    private final boolean barrier;
    private @Nullable WriterConnection connection;
    private int failures;

    BatchWriter(DataSource dataSource, boolean barrier) {
        this.dataSource = dataSource;
        this.barrier = barrier;
    }

    /** An entry that stands in the log, and the event it stands for. */
    private record Written(Pending pending, AuditReceipt receipt) {}

    /**
     * Writes a batch and completes its futures.
     *
     * @param more whether the next batch of the lane is full already, and should be on its way before this one is durable
     * @param release to be called as soon as the next batch of the lane may start
     * @return the events to be tried again
     */
    List<Pending> write(Lane lane, List<Pending> batch, boolean more, Runnable release) {
        List<Pending> rest = new ArrayList<>(batch);
        List<Written> written = new ArrayList<>();
        Durability durability = !barrier ? Durability.COMMIT : more ? Durability.LATER : Durability.FLUSH;
        long start = System.nanoTime();
        try {
            WriterConnection open = open();
            while (!rest.isEmpty()) {
                WriterConnection.Answer answer = open.append(lane.org(), rest, mayExist(rest), durability);
                if (durability == Durability.LATER && answer.known().isEmpty()) {
                    release.run();
                }
                take(lane, answer, rest, written);
            }
            finish(open, lane, written, durability);
            lane.acknowledging(written.size(), System.nanoTime() - start);
            written.forEach(entry -> entry.pending().future.complete(entry.receipt()));
            failures = 0;
            return List.of();
        } catch (SQLException e) {
            discard();
            rest.addAll(0, written.stream().map(Written::pending).toList());
            return isTransient(e) ? retry(lane, rest, e) : refuse(lane, rest, e);
        } catch (RuntimeException e) {
            discard();
            LOG.error("audit wall, tenant {}: a batch of {} failed unexpectedly", lane.org(), batch.size(), e);
            batch.forEach(pending -> pending.future.completeExceptionally(
                    new AuditException("tenant " + lane.org() + ": entry " + pending.id + " failed", e)));
            return List.of();
        }
    }

    private WriterConnection open() throws SQLException {
        WriterConnection open = connection;
        if (open == null) {
            open = WriterConnection.open(dataSource);
            connection = open;
        }
        return open;
    }

    private static boolean mayExist(List<Pending> batch) {
        return batch.stream().anyMatch(pending -> pending.mayExist);
    }

    /** What one call did: it appended all of the rest, or found out which of it stands in the log already. */
    private static void take(Lane lane, WriterConnection.Answer answer, List<Pending> rest, List<Written> written) {
        if (!answer.known().isEmpty()) {
            answer.known().forEach(known -> settle(lane, known, rest, written));
            return;
        }
        long end = answer.before().size() + rest.size();
        AuditHead after = new AuditHead(end, answer.head());
        Digest prev = answer.before().hash();
        for (int i = 0; i < rest.size(); i++) {
            Pending pending = rest.get(i);
            AuditLeaf.AuditPosition at =
                    new AuditLeaf.AuditPosition(answer.before().size() + i, prev);
            prev = pending.leaf(answer.log(), lane.org(), at).hash();
            written.add(new Written(pending, new AuditReceipt(lane.org(), pending.id, at.seq(), prev, after)));
        }
        if (!prev.equals(answer.head())) {
            throw new AuditException(
                    "tenant " + lane.org() + ": the server wrote other leaves than were given up to seq " + (end - 1));
        }
        rest.clear();
    }

    private static void settle(Lane lane, WriterConnection.Known known, List<Pending> rest, List<Written> written) {
        for (Pending pending : List.copyOf(rest)) {
            if (!pending.id.equals(known.leaf().id())) {
                continue;
            }
            rest.remove(pending);
            if (pending.is(known.leaf(), known.salt())) {
                long seq = known.leaf().seq();
                Digest hash = known.leaf().hash();
                written.add(new Written(
                        pending, new AuditReceipt(lane.org(), pending.id, seq, hash, new AuditHead(seq + 1, hash))));
            } else {
                pending.future.completeExceptionally(
                        new AuditRefusedException("tenant " + lane.org() + ": id " + pending.id
                                + " names another event (seq " + known.leaf().seq() + "); use a new id"));
            }
        }
    }

    /** Makes sure that what was written is durable. */
    private static void finish(WriterConnection open, Lane lane, List<Written> written, Durability durability)
            throws SQLException {
        boolean found = written.stream().anyMatch(entry -> entry.pending().mayExist);
        if (!written.isEmpty() && (durability == Durability.LATER || (durability == Durability.COMMIT && found))) {
            AuditReceipt last = written.get(written.size() - 1).receipt();
            open.flush(lane.org(), last.seq(), last.entryHash());
        }
    }

    private List<Pending> retry(Lane lane, List<Pending> rest, SQLException failure) {
        long pause = FIRST_PAUSE_MILLIS << Math.min(failures++, MAX_DOUBLINGS);
        long now = System.nanoTime();
        List<Pending> again = new ArrayList<>();
        for (Pending pending : rest) {
            pending.mayExist = true;
            if (pending.deadline - now > 0) {
                again.add(pending);
            } else {
                pending.future.completeExceptionally(new AuditUnavailableException(
                        "tenant " + lane.org() + ": entry " + pending.id
                                + " was not acknowledged in time; it may still be written, append it again",
                        failure));
            }
        }
        LOG.warn(
                "audit wall, tenant {}: {} entries not acknowledged (SQLSTATE {}), trying {} again in {} ms",
                lane.org(),
                rest.size(),
                failure.getSQLState(),
                again.size(),
                pause);
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return again;
    }

    /** A refusal concerns one entry; the others of its batch must not suffer from it. */
    private List<Pending> refuse(Lane lane, List<Pending> rest, SQLException failure) {
        boolean duplicate = UNIQUE_VIOLATION.equals(failure.getSQLState());
        if (rest.size() == 1) {
            Pending only = rest.get(0);
            if (!duplicate || only.mayExist) {
                only.future.completeExceptionally(new AuditRefusedException(
                        "tenant " + lane.org() + ": the wall refused entry " + only.id + ": " + failure.getMessage(),
                        failure));
                return List.of();
            }
            only.mayExist = true;
            return write(lane, rest, false, () -> {});
        }
        List<Pending> again = new ArrayList<>();
        for (Pending pending : rest) {
            again.addAll(write(lane, List.of(pending), false, () -> {}));
        }
        return again;
    }

    /** Whether the failure is the server's or the line's, and not the entry's. */
    static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return true;
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            // connection, no data (an entry lost with a server), transaction state or rollback, resources, operator
            // intervention, system error, read-only server, internal error
            case "08", "02", "25", "40", "53", "55", "57", "58", "XX", "F0" -> true;
            default -> false;
        };
    }

    private void discard() {
        WriterConnection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.debug("closing a broken audit connection failed", e);
            }
        }
    }

    @Override
    public void close() {
        discard();
    }
}
