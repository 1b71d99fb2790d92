/**
 * The isolation contract: named checks that a host runs against its own repositories.
 *
 * <p>Start at {@link io.aios.tenancy.contract.IsolationContract}. No test framework is needed. Unstable until 1.0.
 */
@NullMarked
@CheckReturnValue
package io.aios.tenancy.contract;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
