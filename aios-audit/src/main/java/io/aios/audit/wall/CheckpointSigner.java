package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.MerkleTree;
import io.aios.audit.proof.NoteSigner;
import io.aios.trace.json.Digest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the heads of all tenant logs as the next leaves of the meta-log and signs a checkpoint over it, as the signer
 * role. What no kept checkpoint covers yet is the exposure window: a superuser could still rewrite it unseen.
 *
 * <p>A tenant's log that is not what was published of it is damaged: nothing more of it is published, its last good head
 * stays in the meta-log, and {@link #damaged} names it. The logs of other tenants go on. After it is restored, open anew.
 */
public final class CheckpointSigner {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSigner.class);
    private static final int ATTEMPTS = 5;

    /**
     * A log of which nothing more is published.
     *
     * @param log the tenant log's origin
     * @param head how many entries its last good head has
     * @param what what is wrong with it
     */
    public record DamagedLog(String log, long head, String what) {}

    private final DataSource signer;
    private final NoteSigner key;
    private final CheckpointStore store;
    private final Map<String, SignerConnection.Published> published = new HashMap<>();

    /** The entry that each log ended with when this signer last read it. */
    private final Map<String, Digest> ends = new HashMap<>();

    private final Map<String, DamagedLog> damaged = new TreeMap<>();

    /** The root at every published size of every log; needed while opening only. */
    private final Map<String, TreeMap<Long, Digest>> roots = new HashMap<>();

    private MerkleTree meta = new MerkleTree();

    private CheckpointSigner(DataSource signer, NoteSigner key, CheckpointStore store) {
        this.signer = signer;
        this.key = key;
        this.store = store;
    }

    /**
     * Opens the wall for signing, and compares it with every checkpoint kept: the meta-log must have the kept root at
     * every kept size. A tenant's log without the root of each of its heads is {@link #damaged}. Reads 32 bytes for each
     * entry.
     *
     * @param dataSource connections of the signer role to the audit database
     * @param key the log's key; its name is the meta-log's origin
     * @param store where checkpoints are kept, outside the audit database
     * @throws AuditRefusedException if the role may do more than sign, the server cannot be relied on, or the wall is not
     *     the one the kept checkpoints describe
     */
    public static CheckpointSigner open(DataSource dataSource, NoteSigner key, CheckpointStore store) {
        Objects.requireNonNull(dataSource, "dataSource");
        CheckpointSigner opened = new CheckpointSigner(dataSource, key, store);
        try {
            WallSelfCheck.signer(dataSource).orElseThrow();
            try (SignerConnection connection = SignerConnection.open(dataSource)) {
                opened.compareWithKept(connection);
                opened.compareWithLogs(connection);
                opened.roots.clear();
            }
        } catch (SQLException e) {
            throw new AuditException("the audit database could not be checked: " + e.getMessage(), e);
        }
        return opened;
    }

    private void compareWithKept(SignerConnection connection) throws SQLException {
        TreeMap<Long, Digest> kept = new TreeMap<>();
        for (String note : store.notes()) {
            Checkpoint checkpoint = Checkpoint.verify(note, key.key());
            Digest other = kept.put(checkpoint.size(), checkpoint.root());
            if (other != null && !other.equals(checkpoint.root())) {
                throw new AuditRefusedException("two kept checkpoints over " + checkpoint.size()
                        + " published heads differ: the key signed two histories");
            }
        }
        connection.published(0, (leaf, edge) -> {
            check(kept);
            take(leaf, edge);
            roots.computeIfAbsent(leaf.log(), log -> new TreeMap<>()).put(leaf.size(), leaf.root());
        });
        check(kept);
        if (!kept.isEmpty() && kept.lastKey() > meta.size()) {
            throw new AuditRefusedException("the wall has " + meta.size() + " published heads, but a checkpoint over "
                    + kept.lastKey() + " is kept: it was rolled back");
        }
    }

    private void check(Map<Long, Digest> kept) {
        Digest root = kept.get(meta.size());
        if (root != null && !root.equals(meta.root())) {
            throw new AuditRefusedException("the root over the first " + meta.size()
                    + " published heads is not the one of the kept checkpoint: the wall was rewritten");
        }
    }

    /** Takes in a head that somebody published. Its edge is not under any checkpoint: it must lead to the head's root. */
    private void take(HeadLeaf leaf, List<Digest> edge) {
        meta.add(leaf.hash());
        ends.remove(leaf.log());
        if (Long.bitCount(leaf.size()) != edge.size()
                || !MerkleTree.resume(leaf.size(), edge).root().equals(leaf.root())) {
            damage(leaf.log(), "the edge kept beside its head over " + leaf.size() + " entries is another tree's");
        } else {
            published.put(leaf.log(), new SignerConnection.Published(leaf.size(), edge));
        }
    }

    private void damage(String log, String what) {
        SignerConnection.Published before = published.get(log);
        DamagedLog found = new DamagedLog(log, before == null ? 0 : before.size(), what);
        if (damaged.putIfAbsent(log, found) == null) {
            LOG.error("audit log {} is damaged, nothing more of it is published: {}", log, what);
        }
    }

    private void compareWithLogs(SignerConnection connection) throws SQLException {
        Map<String, SignerConnection.TenantLog> logs = new HashMap<>();
        connection.logs().forEach(log -> logs.put(log.log(), log));
        for (Map.Entry<String, TreeMap<Long, Digest>> one : roots.entrySet()) {
            SignerConnection.TenantLog log = logs.get(one.getKey());
            long size = one.getValue().lastKey();
            if (log == null || log.size() < size) {
                damage(one.getKey(), cutOff(size, log == null ? 0 : log.size()));
                continue;
            }
            MerkleTree tree = new MerkleTree();
            connection.hashes(log.org(), 0, size, hash -> {
                tree.add(hash);
                ends.put(log.log(), hash);
                Digest root = one.getValue().get(tree.size());
                if (root != null && !root.equals(tree.root())) {
                    damage(log.log(), rewritten(tree.size()));
                }
            });
        }
    }

    private static String cutOff(long published, long there) {
        return "it was published with " + published + " entries, but has " + there + ": it was cut off or deleted";
    }

    private static String rewritten(long size) {
        return "its first " + size + " entries are not those that were published: it was rewritten";
    }

    /** The logs of which nothing more is published, by origin; empty when all is well. */
    public synchronized List<DamagedLog> damaged() {
        return List.copyOf(damaged.values());
    }

    /**
     * How many entries no published head covers: what a superuser could still rewrite unseen. Damaged logs do not count.
     *
     * @throws AuditUnavailableException if the wall could not be read
     */
    public synchronized long exposed() {
        try (SignerConnection connection = SignerConnection.open(signer)) {
            long exposed = 0;
            for (SignerConnection.TenantLog log : connection.logs()) {
                if (damaged.containsKey(log.log())) {
                    continue;
                }
                SignerConnection.Published before = published.get(log.log());
                exposed += Math.max(0, log.size() - (before == null ? 0 : before.size()));
            }
            return exposed;
        } catch (SQLException e) {
            throw new AuditUnavailableException("the heads could not be read: " + e.getMessage(), e);
        }
    }

    /**
     * Publishes every sound log that grew and signs a checkpoint, also when none did. Only what is on disk is signed. The
     * note is in the store and in the wall when this returns.
     *
     * @return the checkpoint
     * @throws AuditUnavailableException if the wall could not be read or written
     */
    public synchronized Checkpoint publish() {
        try (SignerConnection connection = SignerConnection.open(signer)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                connection.published(meta.size(), this::take);
                Checkpoint checkpoint = attempt(connection);
                if (checkpoint != null) {
                    return checkpoint;
                }
            }
            throw new AuditUnavailableException("other signers were faster " + ATTEMPTS + " times", null);
        } catch (SQLException e) {
            throw new AuditUnavailableException("no checkpoint was published: " + e.getMessage(), e);
        }
    }

    private @Nullable Checkpoint attempt(SignerConnection connection) throws SQLException {
        List<SignerConnection.Growth> growths = new ArrayList<>();
        MerkleTree next = MerkleTree.resume(meta.size(), meta.edge());
        Set<String> gone = new HashSet<>(published.keySet());
        for (SignerConnection.TenantLog log : connection.logs()) {
            gone.remove(log.log());
            SignerConnection.Growth growth = grown(connection, log);
            if (growth != null) {
                growths.add(growth);
                next.add(growth.leaf().hash());
            }
        }
        gone.forEach(log -> damage(log, "it is gone"));
        // What was read may still be in the server's memory only; a crash after signing would make the note a lie.
        connection.flush();
        Checkpoint checkpoint = new Checkpoint(key.key().name(), next.size(), next.root());
        String note = checkpoint.sign(key).toString();
        if (!growths.isEmpty() && !connection.publish(meta.size(), growths, checkpoint, note)) {
            return null;
        }
        store.keep(checkpoint, note);
        for (SignerConnection.Growth growth : growths) {
            published.put(
                    growth.leaf().log(),
                    new SignerConnection.Published(growth.leaf().size(), growth.edge()));
            ends.put(growth.leaf().log(), growth.end());
        }
        meta = next;
        return checkpoint;
    }

    /** The new head of a log, or null when it did not grow or is damaged. */
    private SignerConnection.@Nullable Growth grown(SignerConnection connection, SignerConnection.TenantLog log)
            throws SQLException {
        SignerConnection.Published before =
                published.getOrDefault(log.log(), new SignerConnection.Published(0, List.of()));
        if (log.size() < before.size()) {
            damage(log.log(), cutOff(before.size(), log.size()));
        }
        if (damaged.containsKey(log.log()) || log.size() <= before.size()) {
            return null;
        }
        Digest end = ends.get(log.log());
        if (end != null) {
            List<Digest> there = new ArrayList<>();
            connection.hashes(log.org(), before.size() - 1, before.size(), there::add);
            if (!there.equals(List.of(end))) {
                damage(log.log(), rewritten(before.size()));
                return null;
            }
        }
        MerkleTree tree = MerkleTree.resume(before.size(), before.edge());
        Digest[] last = {EntryHash.genesis(log.log())};
        connection.hashes(log.org(), before.size(), log.size(), hash -> {
            tree.add(hash);
            last[0] = hash;
        });
        if (tree.size() != log.size()) {
            damage(log.log(), "it has a gap below " + log.size());
            return null;
        }
        HeadLeaf leaf = new HeadLeaf(log.log(), tree.size(), tree.root());
        return new SignerConnection.Growth(log.org(), leaf, tree.edge(), last[0]);
    }
}
