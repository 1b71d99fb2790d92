/**
 * Canonical JSON (RFC 8785) and SHA-256 digests.
 *
 * <p>Start at {@link io.aios.trace.json.CanonicalJson}. JSON-shaped values are {@code Map} with string keys, {@code
 * List}, {@code String}, {@code Number}, {@code Boolean} and {@code null}. Stable: bytes never change within a major
 * version.
 */
@NullMarked
@CheckReturnValue
package io.aios.trace.json;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
