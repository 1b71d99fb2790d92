/**
 * Brings an approved package onto a target and proves what runs there.
 *
 * <p>Start at {@link io.aios.onboarding.deploy.DeploymentExecutor}: plan, apply, verify, replay. Where a package runs is a
 * {@link io.aios.onboarding.deploy.DeploymentTarget}; a directory is one.
 *
 * <p>The formats {@code aios-plan/1} and {@code aios-deployment-log/1} are stable.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding.deploy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
