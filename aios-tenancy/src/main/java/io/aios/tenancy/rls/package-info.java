/**
 * Row-level security: the tenant column, the DDL that isolates it, and the verifier that proves it.
 *
 * <p>Start at {@link io.aios.tenancy.rls.RlsSchema}. Works on a plain {@code DataSource} and knows nothing of the door
 * built over it. Unstable until 1.0.
 */
@NullMarked
@CheckReturnValue
package io.aios.tenancy.rls;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
