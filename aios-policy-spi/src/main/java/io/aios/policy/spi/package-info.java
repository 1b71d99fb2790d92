/**
 * What the author of a policy engine implements: {@link io.aios.policy.spi.PolicyEngineProvider}, found by
 * {@link java.util.ServiceLoader} or handed over as an instance, and {@link io.aios.policy.spi.PolicyEngine}. Engines
 * answer; what a failure means is decided by the decision point alone. Stable within {@code SPI_MAJOR}.
 */
@NullMarked
@CheckReturnValue
package io.aios.policy.spi;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
