/**
 * What every deployment target must hold to, as named checks that any test framework or program can run.
 *
 * <p>Start at {@link io.aios.onboarding.contract.DeploymentTargetContract}. Stable: checks are only added.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding.contract;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
