package io.aios.example.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aios.audit.AuditException;
import io.aios.example.servers.Tokens;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.request.OrgResolver;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.JdbiException;

/** {@code POST /decisions} decides the text in its body, {@code GET /decisions} lists the tenant's traces. */
final class Service implements AutoCloseable {
    private static final int MAX_TEXT = 16 * 1024;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final Decisions decisions;
    private final Tokens tokens;

    private Service(HttpServer server, Decisions decisions, Tokens tokens) {
        this.server = server;
        this.decisions = decisions;
        this.tokens = tokens;
    }

    /** Starts on a free port of loopback. */
    static Service start(Decisions decisions, Tokens tokens) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Service service = new Service(server, decisions, tokens);
            server.setExecutor(service.threads);
            server.createContext("/", service::handle)
                    .getFilters()
                    .add(new TenantHttpFilter(OrgResolver.claim(List.of("/health")), tokens));
            server.start();
            return service;
        } catch (IOException e) {
            throw new UncheckedIOException("the HTTP server did not start", e);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void handle(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath()) {
            case "GET /health" -> TenantHttpFilter.answer(exchange, 200, "{\"status\":\"up\"}");
            case "GET /decisions" -> answer(exchange, 200, Map.of("trace_ids", decisions.traceIds()));
            case "POST /decisions" -> decide(exchange);
            default -> answer(exchange, 404, Map.of("detail", "there is POST /decisions and GET /decisions"));
        }
    }

    private void decide(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_TEXT + 1);
        String text = new String(body, UTF_8);
        if (body.length > MAX_TEXT || text.isBlank()) {
            answer(exchange, 400, Map.of("detail", "the body is the request's text, at most " + MAX_TEXT + " bytes"));
            return;
        }
        String user = tokens.verify(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()))
                .map(Tokens.Claims::user)
                .orElseThrow();
        try {
            Decisions.Decided decided = decisions.decide(user, text);
            answer(
                    exchange,
                    201,
                    Map.of(
                            "trace_id", decided.trace().trace().traceId(),
                            "trace_hash", decided.trace().traceHash().hex(),
                            "record_hash", decided.trace().recordHash().hex(),
                            "audit_seq", decided.receipt().seq(),
                            "response_text", decided.trace().trace().responseText()));
        } catch (AuditException | TenancyException | JdbiException e) {
            answer(exchange, 503, Map.of("detail", "the decision could not be recorded, so there is none"));
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, ?> json) throws IOException {
        TenantHttpFilter.answer(exchange, status, CanonicalJson.text(json));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
