/** Placeholder. */
@NullMarked
@CheckReturnValue
package io.aios.onboarding;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
