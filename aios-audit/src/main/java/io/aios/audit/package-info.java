/** Placeholder. */
@NullMarked
@CheckReturnValue
package io.aios.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
