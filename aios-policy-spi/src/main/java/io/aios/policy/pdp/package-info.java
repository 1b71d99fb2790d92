/**
 * The decision point that stands in front of every engine: {@link io.aios.policy.pdp.PolicyDecisionPoint}. It finds
 * engines through the SPI, checks requests against the policies' input contracts, bounds every evaluation, and combines
 * the verdicts; whatever goes wrong denies. Stable.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy.pdp;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
