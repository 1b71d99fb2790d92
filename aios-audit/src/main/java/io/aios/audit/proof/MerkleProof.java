package io.aios.audit.proof;

import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Inclusion and consistency proofs of RFC 9162 (2.1.3 and 2.1.4), checked. {@link ProofTree} makes them. A proof says nothing unless size and
 * root come from a checkpoint whose signature was verified.
 */
public final class MerkleProof {
    private MerkleProof() {}

    static List<Digest> inclusion(long index, long size, ProofTree tree) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf " + index + " is not in a tree of " + size);
        }
        List<Digest> proof = new ArrayList<>();
        path(index, 0, size, tree, proof);
        return proof;
    }

    private static void path(long index, long from, long to, ProofTree tree, List<Digest> proof) {
        if (to - from == 1) {
            return;
        }
        long middle = from + split(to - from);
        if (index < middle) {
            path(index, from, middle, tree, proof);
            proof.add(tree.root(middle, to));
        } else {
            path(index, middle, to, tree, proof);
            proof.add(tree.root(from, middle));
        }
    }

    static List<Digest> consistency(long oldSize, long size, ProofTree tree) {
        if (oldSize < 0 || oldSize > size) {
            throw new IllegalArgumentException("a tree of " + oldSize + " is no beginning of a tree of " + size);
        }
        List<Digest> proof = new ArrayList<>();
        if (oldSize > 0 && oldSize < size) {
            subproof(oldSize, 0, size, true, tree, proof);
        }
        return proof;
    }

    private static void subproof(
            long old, long from, long to, boolean complete, ProofTree tree, List<Digest> proof) {
        if (old == to) {
            if (!complete) {
                proof.add(tree.root(from, to));
            }
            return;
        }
        long middle = from + split(to - from);
        if (old <= middle) {
            subproof(old, from, middle, complete, tree, proof);
            proof.add(tree.root(middle, to));
        } else {
            subproof(old, middle, to, false, tree, proof);
            proof.add(tree.root(from, middle));
        }
    }

    /** The largest power of two below {@code n}. */
    static long split(long n) {
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
