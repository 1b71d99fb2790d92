package io.aios.example.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.PolicyRequest;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The same engines without the decision point: what a host gets that calls them itself and believes what they say. */
final class Unguarded {
    static final String GRANTS = "**grants**";

    /** The fault of the matrix, and the recorded exchange with a real OPA 1.9.0 that shows it. */
    private static final Map<String, String> RECORDED = Map.ofEntries(
            Map.entry("amount missing", "amount missing"),
            Map.entry("amount null", "amount null"),
            Map.entry("amount is the text 5000", "amount string"),
            Map.entry("amount twice", "duplicate keys"),
            Map.entry("amount NaN", "amount NaN"),
            Map.entry("amount 2^53 + 1", "amount big"),
            Map.entry("amount 1e400", "amount 1e400"),
            Map.entry("lone surrogate in a value", "lone surrogate"),
            Map.entry("org of another tenant", "deny tenant"),
            Map.entry("no policy loaded", "after delete"),
            Map.entry("a built-in function fails", "builtin error lax"),
            Map.entry("another tenant's module in our package", "cross-tenant package injection eval"),
            Map.entry("a path that leaves the package", "traversal"),
            Map.entry("answer: undefined: {}", "undefined path typo"),
            Map.entry("answer: result null", "shape nul"),
            Map.entry("answer: result true", "shape t"),
            Map.entry("answer: result \"allow\"", "shape s"),
            Map.entry("answer: result 1", "shape n"),
            Map.entry("answer: result [true]", "shape arr"),
            Map.entry("answer: allow \"true\"", "shape obj"),
            Map.entry("answer: input not read", "missing input"),
            Map.entry("status 204", "put data"),
            Map.entry("status 400", "malformed json"),
            Map.entry("status 404", "v0 undefined"),
            Map.entry("status 500", "builtin error strict"));

    private Unguarded() {}

    /** The recorded transcript; null when it is not here. */
    static @Nullable JsonNode transcript() throws IOException {
        Path file =
                Path.of(System.getProperty("aios.vectors", "../../../shared/vectors"), "opa/opa-1.9.0-transcript.json");
        return Files.exists(file)
                ? new ObjectMapper().readTree(Files.readString(file)).get("cases")
                : null;
    }

    /** What the real OPA answered to this fault, read as hosts commonly do: what is truthy grants. */
    static String opa(JsonNode transcript, String fault) {
        String name = RECORDED.get(fault);
        if (name == null) {
            return "-";
        }
        for (JsonNode one : transcript) {
            if (one.get("name").asText().equals(name)) {
                return read(one.get("response"));
            }
        }
        throw new AssertionError("no recorded case " + name);
    }

    private static String read(JsonNode response) {
        try {
            int status = response.get("status").asInt();
            if (status != 200) {
                return "status " + status;
            }
            JsonNode result =
                    new ObjectMapper().readTree(response.get("body").asText()).path("result");
            if (result.isMissingNode()) {
                return "undefined";
            } else if (result.path("requires_hitl").asBoolean()) {
                return "review";
            }
            JsonNode word = result.isObject() ? result.path("allow") : result;
            boolean truthy = word.isBoolean()
                    ? word.asBoolean()
                    : word.isNumber()
                            ? word.asDouble() != 0
                            : word.isTextual() ? !word.asText().isEmpty() : word.isContainerNode();
            return truthy ? GRANTS : "deny";
        } catch (IOException e) {
            throw new AssertionError("a recorded body is no JSON", e);
        }
    }

    /** The same expression in CEL alone, over untyped roots, as a host would call it. */
    static String cel(Map<String, Object> context) {
        try {
            Cel cel = CelFactory.plannerCelBuilder()
                    .addVar("context", MapType.create(SimpleType.STRING, SimpleType.DYN))
                    .build();
            Object came = cel.createProgram(cel.compile(
                                    String.valueOf(Engine.CEL.policy().body().get("cel")))
                            .getAst())
                    .eval(Collections.singletonMap("context", context));
            return "permit".equals(came) ? GRANTS : String.valueOf(came);
        } catch (Exception | StackOverflowError e) {
            return "throws";
        }
    }

    /** The built-in rules without decision point and input contract; the request still has to be one. */
    static String rules(Supplier<PolicyRequest> request) {
        Map<String, Object> body = new HashMap<>(Engine.RULES.policy().body());
        body.remove("input");
        Policy policy = Policy.of("pay", "1", body);
        try (PolicyEngine engine = Engine.RULES.provider().open(EngineSettings.of("rules", Map.of()))) {
            ActivationReport report = engine.activate(java.util.List.of(policy));
            if (report == null) {
                return "no report";
            }
            return engine.evaluate(
                            new EvaluationRequest(policy, request.get()),
                            Deadline.after(Duration.ofSeconds(20), System::nanoTime))
                    .toCompletableFuture()
                    .join()
                    .effect()
                    .map(effect -> effect.name().equals("PERMIT")
                            ? GRANTS
                            : effect.name().toLowerCase(java.util.Locale.ROOT))
                    .orElse("nothing");
        } catch (PolicyException refused) {
            return "refused at the door";
        }
    }
}
