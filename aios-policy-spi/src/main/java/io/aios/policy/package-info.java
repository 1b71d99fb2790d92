/**
 * The question, the answer and the policy: {@link io.aios.policy.PolicyRequest}, {@link io.aios.policy.Decision},
 * {@link io.aios.policy.Policy}, in JSON-shaped values checked by {@link io.aios.policy.JsonValues}. Ask
 * {@code io.aios.policy.pdp.PolicyDecisionPoint}. Stable: records grow, nothing is taken away within a major version.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
