/**
 * Golden fixtures: requests with the decisions that a pipeline must keep making.
 *
 * <p>Start at {@link io.aios.trace.golden.GoldenSuite}. No test framework is needed; a host runs {@link
 * io.aios.trace.golden.GoldenSuite#cases()} from its own. Stable: the fixture format only grows.
 */
@NullMarked
@CheckReturnValue
package io.aios.trace.golden;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
