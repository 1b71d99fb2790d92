/**
 * The only door to PostgreSQL: every statement runs in a transaction that carries its tenant.
 *
 * <p>Enter through {@link io.aios.tenancy.TenantDb}; a tenant is named by {@link io.aios.tenancy.OrgId}. {@link io.aios.tenancy.TenancyException} is the
 * root of everything this module throws. Unstable until 1.0.
 */
@NullMarked
@CheckReturnValue
package io.aios.tenancy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
