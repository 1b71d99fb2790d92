package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.AuditRefusedException;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.MerkleTree;
import io.aios.audit.proof.NoteSigner;
import io.aios.trace.json.Digest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the heads of all tenant logs as the next leaves of the meta-log and signs a checkpoint over it, as the signer
 * role. What no kept checkpoint covers yet is the exposure window: a superuser could still rewrite it unseen.
 */
public final class CheckpointSigner {
    private static final int ATTEMPTS = 5;

    private final DataSource signer;
    private final NoteSigner key;
    private final CheckpointStore store;
    private final Map<String, SignerConnection.Published> published = new HashMap<>();

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
     * every kept size, and every tenant's log the root of each of its heads. Reads 32 bytes for each entry.
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
            kept.put(checkpoint.size(), checkpoint.root());
        }
        connection.published(0, (leaf, state) -> {
            check(kept);
            meta.add(leaf.hash());
            published.put(leaf.log(), state);
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

    private void compareWithLogs(SignerConnection connection) throws SQLException {
        Map<String, SignerConnection.TenantLog> logs = new HashMap<>();
        connection.logs().forEach(log -> logs.put(log.log(), log));
        for (Map.Entry<String, TreeMap<Long, Digest>> one : roots.entrySet()) {
            SignerConnection.TenantLog log = logs.get(one.getKey());
            long there = log == null ? 0 : log.size();
            if (log == null || there < one.getValue().lastKey()) {
                throw new AuditRefusedException("log " + one.getKey() + " was published with "
                        + one.getValue().lastKey() + " entries, but has " + there + ": it was cut off or deleted");
            }
            MerkleTree tree = new MerkleTree();
            connection.hashes(log.org(), 0, one.getValue().lastKey(), hash -> {
                tree.add(hash);
                Digest root = one.getValue().get(tree.size());
                if (root != null && !root.equals(tree.root())) {
                    throw new AuditRefusedException("log " + one.getKey() + " has another root over its first "
                            + tree.size() + " entries than was published: it was rewritten");
                }
            });
        }
    }

    /**
     * How many entries no published head covers: what a superuser could still rewrite unseen.
     *
     * @throws AuditUnavailableException if the wall could not be read
     */
    public synchronized long exposed() {
        try (SignerConnection connection = SignerConnection.open(signer)) {
            long exposed = 0;
            for (SignerConnection.TenantLog log : connection.logs()) {
                SignerConnection.Published before = published.get(log.log());
                exposed += Math.max(0, log.size() - (before == null ? 0 : before.size()));
            }
            return exposed;
        } catch (SQLException e) {
            throw new AuditUnavailableException("the heads could not be read: " + e.getMessage(), e);
        }
    }

    /**
     * Publishes every log that grew and signs a checkpoint, also when none did. Only what is on disk is signed. The note
     * is in the store and in the wall when this returns.
     *
     * @return the checkpoint
     * @throws AuditUnavailableException if the wall could not be read or written
     */
    public synchronized Checkpoint publish() {
        try (SignerConnection connection = SignerConnection.open(signer)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                connection.published(meta.size(), (leaf, state) -> {
                    meta.add(leaf.hash());
                    published.put(leaf.log(), state);
                });
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
        for (SignerConnection.TenantLog log : connection.logs()) {
            SignerConnection.Published before = published.get(log.log());
            long from = before == null ? 0 : before.size();
            if (log.size() <= from) {
                continue;
            }
            MerkleTree tree = before == null ? new MerkleTree() : MerkleTree.resume(from, before.edge());
            connection.hashes(log.org(), from, log.size(), tree::add);
            if (tree.size() != log.size()) {
                throw new SQLException("log " + log.log() + " has a gap below " + log.size(), "58000");
            }
            HeadLeaf leaf = new HeadLeaf(log.log(), tree.size(), tree.root());
            growths.add(new SignerConnection.Growth(log.org(), leaf, tree.edge()));
            next.add(leaf.hash());
        }
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
        }
        meta = next;
        return checkpoint;
    }
}
