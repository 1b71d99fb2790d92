/**
 * Which tenant a request is for: the verified claim authorises, a header only selects.
 *
 * <p>Start at {@link io.aios.tenancy.request.OrgResolver}; {@link io.aios.tenancy.request.TenantFilter} wires it into a
 * servlet container and is the only type here that needs the servlet API. Unstable until 1.0.
 */
@NullMarked
@CheckReturnValue
package io.aios.tenancy.request;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
