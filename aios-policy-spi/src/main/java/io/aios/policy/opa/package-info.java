/**
 * Open Policy Agent over its REST API, as the host's sidecar: {@link io.aios.policy.opa.OpaEngineProvider}, found by
 * {@link java.util.ServiceLoader} under the id {@code opa}. Needs Jackson at run time and says so when it is not there.
 * The server is never bundled. Stable; checked against the recorded answers of OPA 1.9.0.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy.opa;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
