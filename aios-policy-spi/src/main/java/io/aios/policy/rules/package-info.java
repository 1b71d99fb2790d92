/**
 * The built-in engine: rules as data, a tool allow-list, thresholds; no dependency, bounded, deterministic. The decision
 * point finds it by {@link java.util.ServiceLoader} under the id {@code rules}; ready-made policies are in
 * {@link io.aios.policy.rules.RulePolicies}. Stable: the rule format only grows.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy.rules;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
