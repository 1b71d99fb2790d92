/**
 * What goes into the audit wall and what comes back: {@link io.aios.audit.AuditEvent events} in,
 * {@link io.aios.audit.AuditReceipt receipts} out, {@link io.aios.audit.AuditEntry entries} and a
 * {@link io.aios.audit.VerifyReport report} when it is read.
 *
 * <p>Start with {@code io.aios.audit.wall.AuditWall}. Stability: pre-release; the stored format {@code aios-audit/1}
 * stays verifiable forever.
 */
@NullMarked
@CheckReturnValue
package io.aios.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
