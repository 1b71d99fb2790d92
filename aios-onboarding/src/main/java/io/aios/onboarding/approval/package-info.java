/**
 * Who must agree before a package runs, and whether they did.
 *
 * <p>Start at {@link io.aios.onboarding.approval.ApprovalGate}. An approval is bound to a package hash, a plan digest and
 * a target lineage, and lives in an append-only {@link io.aios.onboarding.approval.ApprovalLog}; nothing inside a package
 * can grant anything.
 *
 * <p>Stable: the record's wire names.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding.approval;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
