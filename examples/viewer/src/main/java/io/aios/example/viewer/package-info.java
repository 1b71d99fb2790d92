/**
 * Pages and drawings of decisions, for people: one file each, no script, no network. Start at {@link
 * io.aios.example.viewer.Viewer}.
 */
@NullMarked
package io.aios.example.viewer;

import org.jspecify.annotations.NullMarked;
