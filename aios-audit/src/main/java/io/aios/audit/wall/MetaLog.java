package io.aios.audit.wall;

import io.aios.audit.AuditException;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.MerkleTree;
import io.aios.audit.proof.ProofTree;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The published heads as they stand in the wall, held against the checkpoints that are kept elsewhere. */
final class MetaLog {
    private static final int AHEAD = 2000;

    private final OrgId org;
    private final TreeMap<Long, Digest> kept = new TreeMap<>();
    private final Set<String> logs = new HashSet<>();
    private final MerkleTree tree = new MerkleTree();
    private final ProofTree proofs = new ProofTree();
    private @Nullable HeadLeaf newest;
    private long newestIndex;
    private final Map<Long, Digest> heads = new HashMap<>();
    private @Nullable VerifyReport verdict;

    private MetaLog(OrgId org, List<Checkpoint> checkpoints) {
        this.org = org;
        for (Checkpoint checkpoint : checkpoints) {
            Digest other = kept.put(checkpoint.size(), checkpoint.root());
            if (other != null && !other.equals(checkpoint.root())) {
                throw new AuditException(
                        "two kept checkpoints of size " + checkpoint.size() + " differ: the key signed two histories");
            }
        }
    }

    /** Reads the whole meta-log in one snapshot, in bounded memory but for the tenant's own heads. */
    static MetaLog read(DataSource reader, OrgId org, List<Checkpoint> kept) throws SQLException {
        MetaLog metaLog = new MetaLog(org, kept);
        try (Connection connection = reader.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                metaLog.readFrom(connection);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        return metaLog;
    }

    private void readFrom(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            SessionSettings.pinLocally(statement);
            statement.execute("SELECT pg_catalog.set_config('app.org_id', '" + org.value() + "', true)");
            try (ResultSet rows = statement.executeQuery("SELECT log FROM aios_audit.logs")) {
                while (rows.next()) {
                    logs.add(rows.getString(1));
                }
            }
        }
        // Which heads are this tenant's is told by the wall twice: by its log, and by the column beside the head.
        try (PreparedStatement statement = connection.prepareStatement("SELECT m.idx, m.leaf, h.idx IS NOT NULL"
                + " FROM aios_audit.meta_leaves m LEFT JOIN aios_audit.heads h ON h.idx = m.idx ORDER BY m.idx")) {
            statement.setFetchSize(AHEAD);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next() && verdict == null) {
                    HeadLeaf leaf = head(rows.getBytes(2));
                    compare();
                    if (leaf == null || rows.getLong(1) != tree.size()) {
                        verdict = new VerifyReport.RolledBack(
                                org,
                                tree.size(),
                                leaf == null ? "a published head is none" : "a published head is gone");
                        return;
                    }
                    tree.add(leaf.hash());
                    proofs.add(leaf.hash());
                    if (rows.getBoolean(3) || logs.contains(leaf.log())) {
                        heads.put(leaf.size(), leaf.root());
                        if (rows.getLong(1) < kept.lastKey()) {
                            newest = leaf;
                            newestIndex = rows.getLong(1);
                        }
                    }
                }
            }
        }
        compare();
        if (verdict == null && kept.lastKey() > tree.size()) {
            verdict = new VerifyReport.RolledBack(
                    org,
                    kept.lastKey(),
                    "the wall has " + tree.size() + " published heads where a kept checkpoint has " + kept.lastKey());
        }
    }

    private static @Nullable HeadLeaf head(byte @Nullable [] bytes) {
        try {
            return bytes == null ? null : HeadLeaf.parse(bytes);
        } catch (AuditException e) {
            return null;
        }
    }

    private void compare() {
        Digest root = kept.get(tree.size());
        if (root != null && !root.equals(tree.root()) && verdict == null) {
            verdict = new VerifyReport.RolledBack(
                    org, tree.size(), "the published heads do not have the root of the kept checkpoint");
        }
    }

    /** What is wrong with the meta-log itself. */
    Optional<VerifyReport> verdict() {
        return Optional.ofNullable(verdict);
    }

    /** The tenant's newest head that a kept checkpoint covers. */
    Optional<HeadLeaf> newest() {
        return Optional.ofNullable(newest);
    }

    long newestIndex() {
        return newestIndex;
    }

    /** The newest head's inclusion in the largest kept checkpoint. */
    List<Digest> newestProof() {
        return proofs.inclusion(newestIndex, kept.lastKey());
    }

    /** What it says of the tenant's log. */
    Held held() {
        return new Held(Optional.empty(), Map.of(), heads);
    }
}
