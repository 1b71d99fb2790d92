/** Placeholder. */
@NullMarked
@CheckReturnValue
package io.aios.policy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
