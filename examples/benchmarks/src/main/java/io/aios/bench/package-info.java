/**
 * Benchmarks: each main class measures one of our operations and its baseline in turn, in the same run, and prints the
 * ratio. {@link io.aios.bench.Paired} is the loop they share.
 */
@NullMarked
package io.aios.bench;

import org.jspecify.annotations.NullMarked;
