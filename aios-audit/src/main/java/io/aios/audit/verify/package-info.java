/**
 * Verification of a tenant's log from any source of rows ({@link io.aios.audit.verify.LogVerifier}) and of evidence
 * files without a database. Works without JDBC driver or pool on the class path.
 *
 * <p>Stability: pre-release.
 */
@NullMarked
@CheckReturnValue
package io.aios.audit.verify;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
