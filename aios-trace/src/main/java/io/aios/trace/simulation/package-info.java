/**
 * Deciding a request stage by stage, for real or in simulation where no tool runs.
 *
 * <p>Start at {@link io.aios.trace.simulation.SimulationRunner}; hosts bring stages of their own to {@link
 * io.aios.trace.simulation.DecisionPipeline}. Stable.
 */
@NullMarked
@CheckReturnValue
package io.aios.trace.simulation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
