/**
 * What an auditor runs: {@link io.aios.example.auditor.Program} verifies an evidence file with a pinned key, and traces
 * against it. No JDBC driver, pool or JDBI is on its class path.
 */
@NullMarked
package io.aios.example.auditor;

import org.jspecify.annotations.NullMarked;
