/**
 * The audit database: its schema and roles ({@link io.aios.audit.wall.AuditSchema}), appending as the writer role
 * ({@link io.aios.audit.wall.AuditWall}), reading and verifying as the reader role
 * ({@link io.aios.audit.wall.AuditReader}). The only package that touches the audit DataSource.
 *
 * <p>Stability: pre-release.
 */
@NullMarked
@CheckReturnValue
package io.aios.audit.wall;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
