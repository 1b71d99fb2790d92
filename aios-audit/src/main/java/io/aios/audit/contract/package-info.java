/**
 * The wall contract: named checks that a host runs against its own audit database, in a test or before it goes live.
 *
 * <p>Start at {@link io.aios.audit.contract.WallContract}. No test framework is needed. Stability: pre-release.
 */
@NullMarked
@CheckReturnValue
package io.aios.audit.contract;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
