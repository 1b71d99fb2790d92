/** Placeholder. */
@NullMarked
@CheckReturnValue
package io.aios.trace;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
