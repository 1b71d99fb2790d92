/**
 * The format {@code aios-audit/1}, without a database: {@link io.aios.audit.proof.AuditLeaf leaves} and their hashes,
 * the Merkle tree over them ({@link io.aios.audit.proof.MerkleTree}, RFC 9162), and signed checkpoints.
 *
 * <p>Stability: the format is versioned and verifiable forever; the Java types are pre-release.
 */
@NullMarked
@CheckReturnValue
package io.aios.audit.proof;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
