package io.aios.example.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.aios.example.servers.Tokens;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.request.OrgResolver;
import io.aios.tenancy.request.RequestView;
import io.aios.tenancy.request.Resolution;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;

/** Opens a tenant scope for each request, or answers it: the verified token authorises, a header only selects. */
final class TenantHttpFilter extends Filter {
    private final OrgResolver resolver;
    private final Tokens tokens;

    TenantHttpFilter(OrgResolver resolver, Tokens tokens) {
        this.resolver = resolver;
        this.tokens = tokens;
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        Resolution resolution = resolver.resolve(new View(exchange, tokens));
        if (resolution instanceof Resolution.Rejected rejected) {
            answer(exchange, rejected.status(), rejected.body());
        } else if (resolution instanceof Resolution.Resolved resolved) {
            inScope(resolved.org(), exchange, chain);
        } else {
            chain.doFilter(exchange);
        }
    }

    private static void inScope(OrgId org, HttpExchange exchange, Chain chain) throws IOException {
        TenantScope scope = TenantScope.open(org);
        try (scope) {
            chain.doFilter(exchange);
        }
    }

    static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public String description() {
        return "a tenant for each request";
    }

    // tag::view[]
    record View(HttpExchange exchange, Tokens tokens) implements RequestView {
        @Override
        public List<String> headers(String name) {
            return exchange.getRequestHeaders().getOrDefault(name, List.of());
        }

        @Override
        public List<String> query(String name) {
            List<String> values = new ArrayList<>();
            String query = exchange.getRequestURI().getRawQuery();
            for (String pair : query == null ? new String[0] : query.split("&")) {
                String[] parts = pair.split("=", 2);
                if (URLDecoder.decode(parts[0], UTF_8).equals(name)) {
                    values.add(parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
                }
            }
            return values;
        }

        @Override
        public List<String> verifiedOrgs() {
            return tokens.verify(headers("Authorization"))
                    .map(Tokens.Claims::orgs)
                    .orElse(List.of());
        }

        @Override
        public String path() {
            return exchange.getRequestURI().getRawPath();
        }
    }
    // end::view[]
}
