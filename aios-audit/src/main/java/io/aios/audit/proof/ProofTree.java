package io.aios.audit.proof;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing Merkle tree that keeps all its hashes, to prove any leaf in any of its sizes with O(log n) work. Memory: 64
 * bytes for each leaf; at most 2^25 leaves. Not safe for use by several threads.
 */
public final class ProofTree {
    private static final int HASH = 32;
    private static final int MAX_LEAVES = 1 << 25;

    /** Level k holds the roots of the complete subtrees of 2^k leaves, one behind the other. */
    private final List<byte[]> levels = new ArrayList<>();

    private long size;

    /** An empty tree. */
    public ProofTree() {}

    /** Adds a leaf by its hash ({@link EntryHash#of}). */
    @CanIgnoreReturnValue
    public ProofTree add(Digest leafHash) {
        if (size == MAX_LEAVES) {
            throw new IllegalStateException("a tree that proves is limited to " + MAX_LEAVES + " leaves");
        }
        Digest node = leafHash;
        put(0, size, node);
        int level = 0;
        for (long index = size; (index & 1) == 1; index >>>= 1) {
            node = EntryHash.node(get(level, index - 1), node);
            level++;
            put(level, index >>> 1, node);
        }
        size++;
        return this;
    }

    private void put(int level, long index, Digest hash) {
        if (level == levels.size()) {
            levels.add(new byte[HASH * 4]);
        }
        byte[] row = levels.get(level);
        int at = Math.toIntExact(index * HASH);
        if (at == row.length) {
            row = Arrays.copyOf(row, row.length * 2);
            levels.set(level, row);
        }
        System.arraycopy(hash.bytes(), 0, row, at, HASH);
    }

    private Digest get(int level, long index) {
        int at = Math.toIntExact(index * HASH);
        return Digest.of(Arrays.copyOfRange(levels.get(level), at, at + HASH));
    }

    /** Number of leaves. */
    public long size() {
        return size;
    }

    /**
     * The root over the first {@code n} leaves.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public Digest root(long n) {
        check(n);
        return n == 0 ? Digest.sha256() : root(0, n);
    }

    /** The root over the leaves from one index to before another; never empty. */
    Digest root(long from, long to) {
        long width = to - from;
        if (Long.bitCount(width) == 1 && from % width == 0) {
            int level = Long.numberOfTrailingZeros(width);
            return get(level, from >>> level);
        }
        long middle = from + MerkleProof.split(width);
        return EntryHash.node(root(from, middle), root(middle, to));
    }

    /**
     * The proof that the leaf at {@code index} is in the tree of the first {@code n} leaves (RFC 9162, 2.1.3.1).
     *
     * @throws IllegalArgumentException if the index is not below {@code n}, or there are fewer leaves
     */
    public List<Digest> inclusion(long index, long n) {
        check(n);
        return MerkleProof.inclusion(index, n, this);
    }

    /**
     * The proof that the tree of the first {@code m} leaves is a beginning of the tree of the first {@code n} (RFC 9162,
     * 2.1.4.1); empty when {@code m} is 0 or {@code n}.
     *
     * @throws IllegalArgumentException unless 0 &lt;= m &lt;= n and there are as many leaves
     */
    public List<Digest> consistency(long m, long n) {
        check(n);
        return MerkleProof.consistency(m, n, this);
    }

    private void check(long n) {
        if (n < 0 || n > size) {
            throw new IllegalArgumentException("the tree has " + size + " leaves, not " + n);
        }
    }
}
