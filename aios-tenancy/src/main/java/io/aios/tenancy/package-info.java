/** Placeholder. */
@NullMarked
@CheckReturnValue
package io.aios.tenancy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
