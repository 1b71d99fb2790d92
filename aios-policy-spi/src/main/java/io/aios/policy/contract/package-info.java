/**
 * The contract of a policy engine as named checks, without any test framework: {@link
 * io.aios.policy.contract.EngineContract} takes an {@link io.aios.policy.contract.EngineFixture} and gives the checks that
 * its author runs. Stable: checks are added in minor versions.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy.contract;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
