/**
 * The certification program: named checks over a host's own parts, a table, and a review pack. Start at {@link
 * io.aios.certify.Certify}; a host certifies itself with a class that implements {@link io.aios.certify.Host}.
 */
@NullMarked
package io.aios.certify;

import org.jspecify.annotations.NullMarked;
