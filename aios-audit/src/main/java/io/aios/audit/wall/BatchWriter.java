package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.AuditHead;
import io.aios.audit.AuditReceipt;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.proof.EntryHash;
import io.aios.trace.json.Digest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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
     * @param release to be called as soon as the next batch of the lane may start
     * @return the events to be tried again
     */
    List<Pending> write(Lane lane, List<Pending> batch, Runnable release) {
        List<Pending> rest = new ArrayList<>(batch);
        List<Written> written = new ArrayList<>();
        try {
            WriterConnection open = open();
            while (!rest.isEmpty()) {
                step(open, lane, rest, written);
            }
            release.run();
            finish(open, lane, written);
            failures = 0;
            return List.of();
        } catch (SQLException e) {
            discard();
            rest.addAll(0, written.stream().map(Written::pending).toList());
            return isTransient(e) ? retry(lane, rest, e) : refuse(lane, rest, release, e);
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

    /** One call: appends all of the rest, or finds out which of it stands in the log already. */
    private void step(WriterConnection open, Lane lane, List<Pending> rest, List<Written> written) throws SQLException {
        UUID[] lookFor = rest.stream().anyMatch(pending -> pending.mayExist)
                ? rest.stream().map(pending -> pending.id).toArray(UUID[]::new)
                : null;
        WriterConnection.Answer answer = lane.contended() ? null : unlocked(open, lane, rest, lookFor);
        if (answer == null) {
            answer = locked(open, lane, rest, lookFor);
        }
        if (answer.found()) {
            answer.known().forEach(known -> settle(lane, known, rest, written));
            return;
        }
        WriterConnection.Batch batch = lane.chain(rest);
        long seq = lane.head().size();
        lane.learn(answer);
        for (int i = 0; i < batch.leaves().size(); i++) {
            Pending pending = rest.get(i);
            Digest hash = EntryHash.of(batch.leaves().get(i));
            written.add(new Written(pending, new AuditReceipt(lane.org(), pending.id, seq + i, hash, answer.head())));
        }
        rest.clear();
    }

    /** Tries with the head this JVM knows; null when another writer moved it. */
    private WriterConnection.@Nullable Answer unlocked(
            WriterConnection open, Lane lane, List<Pending> rest, UUID @Nullable [] lookFor) throws SQLException {
        WriterConnection.Answer answer = open.append(lane.org(), lane.chain(rest), lookFor, barrier);
        if (answer.found() || answer.appended()) {
            return answer;
        }
        lane.contended(lane.knowsLog());
        lane.learn(answer);
        return null;
    }

    /** Locks the head first, so that nobody can move it between reading it and appending to it. */
    private WriterConnection.Answer locked(
            WriterConnection open, Lane lane, List<Pending> rest, UUID @Nullable [] lookFor) throws SQLException {
        AuditHead believed = lane.head();
        lane.learn(open.lock(lane.org(), barrier));
        lane.contended(!believed.equals(lane.head()));
        WriterConnection.Answer answer = open.append(lane.org(), lane.chain(rest), lookFor, barrier);
        open.unlock();
        if (!answer.found() && !answer.appended()) {
            throw new SQLException("the head of tenant " + lane.org() + " moved while it was locked", "40001");
        }
        return answer;
    }

    private void settle(Lane lane, WriterConnection.Known known, List<Pending> rest, List<Written> written) {
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

    /** Makes sure that what was written is durable, and says so. */
    private void finish(WriterConnection open, Lane lane, List<Written> written) throws SQLException {
        if (written.isEmpty()) {
            return;
        }
        boolean found = written.stream().anyMatch(entry -> entry.pending().mayExist);
        if (barrier || found) {
            AuditReceipt last = written.get(written.size() - 1).receipt();
            open.flush(lane.org(), last.seq(), last.entryHash());
        }
        written.forEach(entry -> entry.pending().future.complete(entry.receipt()));
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
    private List<Pending> refuse(Lane lane, List<Pending> rest, Runnable release, SQLException failure) {
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
            return write(lane, rest, release);
        }
        List<Pending> again = new ArrayList<>();
        for (Pending pending : rest) {
            again.addAll(write(lane, List.of(pending), () -> {}));
        }
        release.run();
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
