package io.aios.audit.verify;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEntry;
import io.aios.audit.AuditHead;
import io.aios.audit.AuditPayload;
import io.aios.audit.EntryRef;
import io.aios.audit.InvalidEventException;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.MerkleTree;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks one tenant's log, row after row in the order of {@code seq}: leaf, hash, link, number, columns, payload, and
 * the Merkle root at every size that is held from outside. Memory: the tree's edge, what is held, and one bit for each
 * entry up to the last erased payload. Feed all rows to {@link #accept}, then ask for the {@link #report}.
 */
public final class LogVerifier {
    private static final int LISTED_ERASURES = 1000;

    private final OrgId org;
    private final Held held;
    private final MerkleTree tree;
    private final BitSet absent = new BitSet();
    private final List<Long> erased = new ArrayList<>();
    private long erasedCount;
    private String log = "";
    private @Nullable Digest head;
    private @Nullable VerifyReport verdict;
    private long heldTo;

    /** A verifier of a tenant's log against what is held. */
    public LogVerifier(OrgId org, Held held) {
        this.org = org;
        this.held = held;
        this.tree = new MerkleTree();
    }

    /**
     * A verifier that goes on with the entry after those that were verified before. An erasure of one of theirs is refused;
     * so whatever this verifier refuses, only one that reads all entries can judge.
     */
    public LogVerifier(VerifiedLog before, Held held) {
        this.org = before.org();
        this.held = held;
        this.tree = MerkleTree.resume(before.size(), before.edge());
        this.log = before.log();
        this.head = before.hash();
    }

    /**
     * Checks the next row.
     *
     * @return the entry, or null once something is wrong; its payload reads as {@link AuditPayload.None} when it is
     *     gone, until the report says whether it was erased
     */
    public @Nullable AuditEntry accept(EntryRow row) {
        if (verdict != null) {
            return null;
        }
        long seq = tree.size();
        if (row.seq() != seq) {
            return bad(seq, row.seq() < seq ? "there are two of it" : "it is gone (the next one is " + row.seq() + ")");
        }
        AuditLeaf leaf;
        try {
            leaf = AuditLeaf.parse(row.leaf().value());
        } catch (InvalidEventException e) {
            return bad(seq, "leaf: " + e.getMessage());
        }
        Digest hash = EntryHash.of(row.leaf().value());
        String wrong = compare(row, leaf, hash, seq);
        if (wrong != null) {
            return bad(seq, wrong);
        }
        AuditPayload payload = payload(row, leaf, seq);
        if (payload == null) {
            return null;
        }
        if (leaf.type().equals(AuditEntry.ERASED) && !erase(leaf)) {
            return bad(seq, "it says that a payload is erased which is there or never was");
        }
        head = hash;
        tree.add(hash);
        checkHeld(hash);
        return verdict != null ? null : entry(leaf, hash, payload);
    }

    @CanIgnoreReturnValue
    private @Nullable AuditEntry bad(long seq, String what) {
        verdict = new VerifyReport.Tampered(org, seq, what);
        return null;
    }

    private @Nullable String compare(EntryRow row, AuditLeaf leaf, Digest hash, long seq) {
        if (!Arrays.equals(hash.bytes(), row.hash().value())) {
            return "entry_hash is not the hash of the leaf";
        }
        if (leaf.seq() != seq) {
            return "the leaf says it is " + leaf.seq();
        }
        if (!leaf.org().equals(org)) {
            return "the leaf belongs to another tenant";
        }
        if (seq == 0) {
            log = held.log().orElse(leaf.log());
            head = EntryHash.genesis(log);
        }
        if (!leaf.log().equals(log)) {
            return "the leaf belongs to another log";
        }
        if (!leaf.prev().equals(head)) {
            return "prev is not the hash of the entry before";
        }
        return row.columns() == null ? null : compareColumns(row.columns(), leaf);
    }

    private @Nullable String compareColumns(EntryRow.Columns columns, AuditLeaf leaf) {
        if (!columns.org().equals(leaf.org().value())) {
            return "column org differs from the leaf";
        }
        if (!leaf.log().equals(columns.log())) {
            return "the tenant's log differs from the leaf";
        }
        if (!columns.entryId().equals(leaf.id().toString())) {
            return "column entry_id differs from the leaf";
        }
        if (columns.atMicros() != micros(leaf.at())) {
            return "column at differs from the leaf";
        }
        if (!columns.type().equals(leaf.type())) {
            return "column type differs from the leaf";
        }
        if (!columns.actor().equals(leaf.actor())) {
            return "column actor differs from the leaf";
        }
        if (!columns.subject().equals(leaf.subject())) {
            return "column subject differs from the leaf";
        }
        if (!columns.outcome().equals(leaf.outcome())) {
            return "column outcome differs from the leaf";
        }
        Long corrects = leaf.corrects().map(EntryRef::seq).orElse(null);
        if (corrects == null ? columns.corrects() != null : !corrects.equals(columns.corrects())) {
            return "column corrects differs from the leaf";
        }
        return null;
    }

    /** Since 1970; counting in nanoseconds would overflow in 2262. */
    private static long micros(Instant at) {
        return at.getEpochSecond() * 1_000_000 + at.getNano() / 1000;
    }

    /** The payload, or null when it is wrong. */
    private @Nullable AuditPayload payload(EntryRow row, AuditLeaf leaf, long seq) {
        EntryRow.StoredPayload stored = row.payload();
        if (leaf.payload().isEmpty()) {
            if (stored != null) {
                bad(seq, "it has a payload that the leaf does not name");
                return null;
            }
            return new AuditPayload.None();
        }
        if (stored == null) {
            absent.set(Math.toIntExact(seq));
            return new AuditPayload.None();
        }
        Digest commit = EntryHash.payload(stored.salt().value(), stored.bytes().value());
        if (!commit.equals(leaf.payload().get().commit())) {
            bad(seq, "the payload is not the one the leaf commits to");
            return null;
        }
        return new AuditPayload.Present(stored.bytes().value());
    }

    private boolean erase(AuditLeaf leaf) {
        if (leaf.corrects().isEmpty()) {
            return false;
        }
        int target = (int) Math.min(leaf.corrects().get().seq(), Integer.MAX_VALUE);
        if (!absent.get(target)) {
            return false;
        }
        absent.clear(target);
        erasedCount++;
        if (erased.size() < LISTED_ERASURES) {
            erased.add((long) target);
        }
        return true;
    }

    private void checkHeld(Digest hash) {
        long size = tree.size();
        Digest entry = held.entries().get(size - 1);
        if (entry != null && !entry.equals(hash)) {
            verdict = new VerifyReport.RolledBack(org, size, "entry " + (size - 1) + " is not the one of the receipt");
        }
        Digest root = held.roots().get(size);
        if (root != null && !root.equals(tree.root())) {
            verdict = new VerifyReport.RolledBack(org, size, "the root over " + size + " entries is not the held one");
        }
        if (entry != null || root != null) {
            heldTo = size;
        }
    }

    private AuditEntry entry(AuditLeaf leaf, Digest hash, AuditPayload payload) {
        return new AuditEntry(
                org,
                leaf.seq(),
                hash,
                leaf.id(),
                leaf.at(),
                leaf.type(),
                leaf.actor(),
                leaf.subject(),
                leaf.outcome(),
                leaf.recordHash(),
                leaf.packageHash(),
                leaf.policy(),
                leaf.corrects(),
                payload);
    }

    /** Number of entries accepted so far. */
    public long size() {
        return tree.size();
    }

    /** Whether something is wrong already, so that no further row needs to be read. */
    public boolean isDecided() {
        return verdict != null;
    }

    /**
     * The log as it was verified, for a verifier that goes on from here.
     *
     * @throws io.aios.audit.NotIntactException unless the chain holds
     */
    public VerifiedLog verified() {
        return new VerifiedLog(org, log, report().orElseThrow(), tree.edge(), held);
    }

    /** The verdict, after the last row. */
    public VerifyReport report() {
        if (verdict != null) {
            return verdict;
        }
        if (tree.size() < held.largest()) {
            return new VerifyReport.Truncated(org, tree.size(), held.largest());
        }
        if (!absent.isEmpty()) {
            return new VerifyReport.Missing(org, absent.nextSetBit(0));
        }
        AuditHead end = new AuditHead(tree.size(), head == null ? Digest.of(new byte[32]) : head);
        return erasedCount == 0
                ? new VerifyReport.Intact(org, end, tree.root(), heldTo)
                : new VerifyReport.Erased(org, end, tree.root(), heldTo, erasedCount, erased);
    }
}
