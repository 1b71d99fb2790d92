package io.aios.audit.proof;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing Merkle tree (RFC 9162, 2.1) that keeps only its right edge: at most 63 hashes, whatever its size. Not safe
 * for use by several threads.
 */
public final class MerkleTree {
    private static final Digest EMPTY = Digest.sha256();

    /** Roots of the complete subtrees from left (largest) to right, one per set bit of {@link #size}. */
    private final List<Digest> edge = new ArrayList<>();

    private long size;

    /** An empty tree. */
    public MerkleTree() {}

    /**
     * A tree continued from its right edge.
     *
     * @throws IllegalArgumentException if the edge does not have one hash for each set bit of {@code size}
     */
    public static MerkleTree resume(long size, List<Digest> edge) {
        if (size < 0 || Long.bitCount(size) != edge.size()) {
            throw new IllegalArgumentException(
                    "a tree of " + size + " leaves has " + Long.bitCount(size) + " edge hashes, not " + edge.size());
        }
        MerkleTree tree = new MerkleTree();
        tree.size = size;
        tree.edge.addAll(edge);
        return tree;
    }

    /** Adds a leaf by its hash ({@link EntryHash#of}). */
    @CanIgnoreReturnValue
    public MerkleTree add(Digest leafHash) {
        Digest node = leafHash;
        for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
            node = EntryHash.node(edge.remove(edge.size() - 1), node);
        }
        edge.add(node);
        size++;
        return this;
    }

    /** Number of leaves. */
    public long size() {
        return size;
    }

    /** The roots of its complete subtrees, largest first: all that {@link #resume} needs. */
    public List<Digest> edge() {
        return List.copyOf(edge);
    }

    /** The root hash; SHA-256 of nothing for an empty tree. */
    public Digest root() {
        if (edge.isEmpty()) {
            return EMPTY;
        }
        Digest root = edge.get(edge.size() - 1);
        for (int i = edge.size() - 2; i >= 0; i--) {
            root = EntryHash.node(edge.get(i), root);
        }
        return root;
    }
}
