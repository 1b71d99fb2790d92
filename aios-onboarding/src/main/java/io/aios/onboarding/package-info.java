/**
 * Onboarding an organisation: from what discovery found to a deployment package, its preview and its approvals.
 *
 * <p>Start at {@link io.aios.onboarding.OnboardingWizard}, or at {@link io.aios.onboarding.Preview} for a package at hand. What approvals and deployment need stands in the
 * sibling packages.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
