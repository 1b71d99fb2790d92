package io.aios.tenancy.request;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantScope;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Opens a {@link TenantScope} for each request, or answers it.
 *
 * <p>A request that turns asynchronous leaves the scope with its thread; wrap what it runs with
 * {@link io.aios.tenancy.TenantContext}.
 */
// Not transitive: a module that needs this one must compile without a servlet container.
@SuppressWarnings("exports")
public final class TenantFilter implements Filter {
    private final OrgResolver resolver;
    private final Function<HttpServletRequest, List<String>> verifiedOrgs;

    /**
     * A filter.
     *
     * @param verifiedOrgs the tenants that a request's verified credential names; empty if there is none
     */
    public TenantFilter(OrgResolver resolver, Function<HttpServletRequest, List<String>> verifiedOrgs) {
        this.resolver = resolver;
        this.verifiedOrgs = verifiedOrgs;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("only HTTP requests have a tenant");
        }
        Resolution resolution = resolver.resolve(new View(http, verifiedOrgs.apply(http)));
        if (resolution instanceof Resolution.Rejected rejected) {
            answer.setStatus(rejected.status());
            answer.setContentType("application/json");
            answer.getOutputStream().write(rejected.body().getBytes(StandardCharsets.UTF_8));
        } else if (resolution instanceof Resolution.Resolved resolved) {
            inScope(resolved.org(), request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void inScope(OrgId org, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        TenantScope scope = TenantScope.open(org);
        try (scope) {
            chain.doFilter(request, response);
        }
    }

    private record View(HttpServletRequest request, List<String> verifiedOrgs) implements RequestView {
        @Override
        public List<String> headers(String name) {
            return Collections.list(request.getHeaders(name));
        }

        /** From the query alone: asking the container for a parameter would read a form's body away. */
        @Override
        public List<String> query(String name) {
            String query = request.getQueryString();
            return query == null ? List.of() : QueryString.values(query, name);
        }

        @Override
        public String path() {
            return request.getRequestURI();
        }
    }
}
