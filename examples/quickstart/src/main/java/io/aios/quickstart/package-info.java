/**
 * The whole promise on real PostgreSQL, as a story with checks: decide, record, isolate, chain, ship. Start at {@link
 * io.aios.quickstart.Quickstart}.
 */
@NullMarked
package io.aios.quickstart;

import org.jspecify.annotations.NullMarked;
