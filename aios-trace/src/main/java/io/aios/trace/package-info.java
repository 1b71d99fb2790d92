/**
 * The decision trace: its record, codec, hashes, erasure and redaction.
 *
 * <p>Start at {@link io.aios.trace.DecisionTrace} and {@link io.aios.trace.SealedTrace}. The JSON Schema is the resource
 * {@code META-INF/aios/schema/decision-trace-1.0.0.schema.json}. Stable: formats are versioned and old versions verify
 * forever.
 */
@NullMarked
@CheckReturnValue
package io.aios.trace;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
