/**
 * Tool calls and what may become of them: executed, blocked, recorded, replayed.
 *
 * <p>Every tool call goes through {@link io.aios.trace.tool.ToolExecutor}; start at {@link
 * io.aios.trace.tool.NullToolExecutor} to block and {@link io.aios.trace.tool.PolicyToolExecutor} to ask first. Stable.
 */
@NullMarked
@CheckReturnValue
package io.aios.trace.tool;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
