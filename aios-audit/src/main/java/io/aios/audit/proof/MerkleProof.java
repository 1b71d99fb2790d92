package io.aios.audit.proof;

import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Inclusion and consistency proofs of RFC 9162 (2.1.3 and 2.1.4), made and checked. A proof says nothing unless size and
 * root come from a checkpoint whose signature was verified.
 */
public final class MerkleProof {
    private MerkleProof() {}

    /**
     * The proof that the leaf at {@code index} is in the tree of the first {@code size} leaves.
     *
     * @param leafHash gives the leaf hash at an index below {@code size}; asked once for each
     * @throws IllegalArgumentException if the index is not below the size
     */
    public static List<Digest> inclusion(long index, long size, LongFunction<Digest> leafHash) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf " + index + " is not in a tree of " + size);
        }
        List<Digest> proof = new ArrayList<>();
        path(index, 0, size, leafHash, proof);
        return proof;
    }

    private static void path(long index, long from, long to, LongFunction<Digest> leafHash, List<Digest> proof) {
        if (to - from == 1) {
            return;
        }
        long middle = from + split(to - from);
        if (index < middle) {
            path(index, from, middle, leafHash, proof);
            proof.add(root(middle, to, leafHash));
        } else {
            path(index, middle, to, leafHash, proof);
            proof.add(root(from, middle, leafHash));
        }
    }

    /**
     * The proof that the tree of the first {@code oldSize} leaves is a beginning of the tree of the first {@code size}.
     *
     * @throws IllegalArgumentException unless 0 &lt;= oldSize &lt;= size
     */
    public static List<Digest> consistency(long oldSize, long size, LongFunction<Digest> leafHash) {
        if (oldSize < 0 || oldSize > size) {
            throw new IllegalArgumentException("a tree of " + oldSize + " is no beginning of a tree of " + size);
        }
        List<Digest> proof = new ArrayList<>();
        if (oldSize > 0 && oldSize < size) {
            subproof(oldSize, 0, size, true, leafHash, proof);
        }
        return proof;
    }

    private static void subproof(
            long old, long from, long to, boolean complete, LongFunction<Digest> leafHash, List<Digest> proof) {
        if (old == to) {
            if (!complete) {
                proof.add(root(from, to, leafHash));
            }
            return;
        }
        long middle = from + split(to - from);
        if (old <= middle) {
            subproof(old, from, middle, complete, leafHash, proof);
            proof.add(root(middle, to, leafHash));
        } else {
            subproof(old, middle, to, false, leafHash, proof);
            proof.add(root(from, middle, leafHash));
        }
    }

    private static Digest root(long from, long to, LongFunction<Digest> leafHash) {
        MerkleTree tree = new MerkleTree();
        for (long i = from; i < to; i++) {
            tree.add(leafHash.apply(i));
        }
        return tree.root();
    }

    /** The largest power of two below {@code n}. */
    private static long split(long n) {
        return Long.highestOneBit(n - 1);
    }

    /**
     * Whether {@code proof} shows that {@code leafHash} stands at {@code index} in the tree with this size and root
     * (RFC 9162, 2.1.3.2).
     */
    public static boolean includes(Digest leafHash, long index, long size, Digest root, List<Digest> proof) {
        if (index < 0 || index >= size) {
            return false;
        }
        long fn = index;
        long sn = size - 1;
        Digest node = leafHash;
        for (Digest sibling : proof) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                node = EntryHash.node(sibling, node);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                node = EntryHash.node(node, sibling);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && node.equals(root);
    }

    /**
     * Whether {@code proof} shows that the tree with the old size and root is a beginning of the other (RFC 9162,
     * 2.1.4.2). Nothing can be shown of the empty tree: the answer is no.
     */
    public static boolean extendsTree(long oldSize, Digest oldRoot, long size, Digest root, List<Digest> proof) {
        if (oldSize <= 0 || oldSize > size) {
            return false;
        }
        if (oldSize == size) {
            return proof.isEmpty() && oldRoot.equals(root);
        }
        List<Digest> path = new ArrayList<>(proof);
        if (Long.bitCount(oldSize) == 1) {
            path.add(0, oldRoot);
        }
        return !path.isEmpty() && climb(oldSize, oldRoot, size, root, path);
    }

    private static boolean climb(long oldSize, Digest oldRoot, long size, Digest root, List<Digest> path) {
        long fn = oldSize - 1;
        long sn = size - 1;
        while ((fn & 1) == 1) {
            fn >>>= 1;
            sn >>>= 1;
        }
        Digest oldNode = path.get(0);
        Digest node = path.get(0);
        for (Digest sibling : path.subList(1, path.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                oldNode = EntryHash.node(sibling, oldNode);
                node = EntryHash.node(sibling, node);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                node = EntryHash.node(node, sibling);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && oldNode.equals(oldRoot) && node.equals(root);
    }
}
