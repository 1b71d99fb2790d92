package io.aios.policy.opa;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aios.policy.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Stands in for an OPA server on loopback: keeps policies as one would, and answers questions as it is told. */
public final class OpaDouble implements AutoCloseable {
    static {
        // Without it the JDK's server answers small bodies only after the client's delayed ACK, some 40 ms later.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What was asked. */
    public record Asked(String method, String path, Map<String, String> headers, String body) {}

    /** What to answer. */
    public record Answer(int status, @Nullable String contentType, String body) {
        public static Answer json(String body) {
            return new Answer(200, "application/json", body);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> policies = new ConcurrentHashMap<>();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<Asked, Answer> data = question -> Answer.json("{}");
    private volatile Function<Asked, @Nullable Answer> management = question -> null;
    private volatile String rules = "[]";

    public OpaDouble() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Puts a module on the server past the engine. */
    public void plant(String id, String rego) {
        policies.put(id, rego);
    }

    /** Loses every module, as a restart does. */
    public void forget() {
        policies.clear();
    }

    /** How questions are answered from now on. */
    public void answer(Function<Asked, Answer> how) {
        data = how;
    }

    /** How calls on policies are answered from now on; null for as a server would. */
    public void manage(Function<Asked, @Nullable Answer> how) {
        management = how;
    }

    /** What the syntax tree holds besides the package. */
    public void rules(String json) {
        rules = json;
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    public Map<String, String> policies() {
        return new HashMap<>(policies);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Asked question = new Asked(
                    exchange.getRequestMethod(), exchange.getRequestURI().toASCIIString(), headers, body);
            asked.add(question);
            Answer answer = question.path().startsWith("/v1/policies") ? policy(question) : data.apply(question);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            if (answer.contentType() != null) {
                exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            }
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private Answer policy(Asked question) {
        Answer told = management.apply(question);
        if (told != null) {
            return told;
        }
        if (question.path().equals("/v1/policies")) {
            List<String> modules = new ArrayList<>();
            policies.forEach((id, rego) -> modules.add(stored(id, rego)));
            return Answer.json("{\"result\":[" + String.join(",", modules) + "]}");
        }
        String id = question.path().substring("/v1/policies/".length());
        switch (question.method()) {
            case "PUT" -> {
                policies.put(id, question.body());
                return Answer.json("{}");
            }
            case "DELETE" -> {
                return policies.remove(id) == null ? new Answer(404, "application/json", "{}") : Answer.json("{}");
            }
            default -> {
                String rego = policies.get(id);
                return rego == null
                        ? new Answer(404, "application/json", "{}")
                        : Answer.json("{\"result\":" + stored(id, rego) + "}");
            }
        }
    }

    private String stored(String id, String rego) {
        List<Map<String, String>> path = new ArrayList<>();
        path.add(Map.of("type", "var", "value", "data"));
        Matcher name = Pattern.compile("package\\s+(\\S+)").matcher(rego);
        if (name.find()) {
            for (String step : name.group(1).split("\\.|\\[\"|\"]", -1)) {
                if (!step.isEmpty()) {
                    path.add(Map.of("type", "string", "value", step));
                }
            }
        }
        return "{\"id\":" + JsonValues.canonical(id) + ",\"raw\":" + JsonValues.canonical(rego)
                + ",\"ast\":{\"package\":{\"path\":" + JsonValues.canonical(path) + "},\"rules\":" + rules + "}}";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
