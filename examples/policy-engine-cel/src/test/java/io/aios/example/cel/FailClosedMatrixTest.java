package io.aios.example.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aios.policy.Decision;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Obligation;
import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.pdp.PolicyDecisionPointBuilder;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import io.aios.policy.spi.Verdict;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every engine under every fault: nothing that is wrong may permit. The table in {@code docs/fail-closed-matrix.md} is
 * written by this test when it runs with {@code -Daios.matrix.write=true}, and compared otherwise.
 */
class FailClosedMatrixTest {
    /** What an engine does instead of answering. */
    interface Misconduct {
        @Nullable CompletionStage<Verdict> instead(PolicyEngine engine, EvaluationRequest request, Deadline deadline)
                throws Exception;
    }

    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration HASTY = Duration.ofMillis(150);
    private static final Path PAGE =
            Path.of(System.getProperty("maven.multiModuleProjectDirectory", "../.."), "docs", "fail-closed-matrix.md");

    private final RawServer server = new RawServer();
    private final Map<String, Function<Engine, String>> faults = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> rawContexts = new HashMap<>();

    @Test
    void noFaultOfAnyEngineEndsInAPermit() throws IOException {
        for (Engine engine : Engine.values()) {
            assertThat(decide(engine, context(Map.of())))
                    .as("without a fault, %s permits", engine)
                    .isEqualTo("PERMIT");
        }
        JsonNode transcript = Unguarded.transcript();
        requestFaults();
        policyFaults();
        engineFaults();
        wireFaults();
        List<String> wrongful = new ArrayList<>();
        StringBuilder rows = new StringBuilder();
        int cells = 0;
        for (Map.Entry<String, Function<Engine, String>> fault : faults.entrySet()) {
            StringBuilder row = new StringBuilder("| " + fault.getKey());
            for (Engine engine : Engine.values()) {
                String came = fault.getValue().apply(engine);
                row.append(" | ").append(came);
                cells += came.equals("-") ? 0 : 1;
                if (came.equals("PERMIT")) {
                    wrongful.add(fault.getKey() + " x " + engine);
                }
            }
            Map<String, Object> raw = rawContexts.get(fault.getKey());
            row.append(" | ").append(raw == null ? "-" : Unguarded.rules(() -> payment("pay", raw)));
            row.append(" | ").append(raw == null ? "-" : Unguarded.cel(raw));
            if (transcript != null) {
                row.append(" | ").append(Unguarded.opa(transcript, fault.getKey()));
            }
            rows.append(row).append(" |\n");
        }
        server.close();
        assertThat(wrongful).isEmpty();
        assertThat(faults).hasSizeGreaterThanOrEqualTo(40);
        page(header(faults.size(), cells) + rows, transcript != null);
    }

    private void requestFaults() {
        request("amount missing", context -> context.remove("amount"));
        request("amount null", context -> context.put("amount", null));
        request("amount is the text 5", context -> context.put("amount", "5"));
        request("amount is the text 5000", context -> context.put("amount", "5000"));
        request("amount is the empty text", context -> context.put("amount", ""));
        request("amount is true", context -> context.put("amount", true));
        request("amount is a list", context -> context.put("amount", List.of(5)));
        request("amount is an object", context -> context.put("amount", Map.of("value", 5)));
        request("amount under another case", context -> context.put("Amount", context.remove("amount")));
        request("org missing", context -> context.remove("org"));
        request("org null", context -> context.put("org", null));
        request("org is a number", context -> context.put("org", 7));
        request("org of another tenant", context -> context.put("org", "acme2"), Engine.OPA);
        request("context empty", Map::clear);
        request("amount NaN", context -> context.put("amount", Double.NaN));
        request("amount infinite", context -> context.put("amount", Double.NEGATIVE_INFINITY));
        request("amount 2^53 + 1", context -> context.put("amount", (1L << 53) + 1));
        request("amount 1e400", context -> context.put("amount", new BigDecimal("1e400")));
        request("amount -2^53", context -> context.put("amount", -(1L << 53)));
        request("amount -1e400", context -> context.put("amount", new BigDecimal("-1e400")));
        request("amount twice", FailClosedMatrixTest::amountTwice);
        request("lone surrogate in a value", context -> context.put("note", "\ud800"));
        request("lone surrogate in a key", context -> context.put("\udc00", 1));
        request("nested 200 deep", context -> context.put("note", nested()));
        request("a value that contains itself", context -> context.put("note", cycle()));
        request("a value that is no JSON", context -> context.put("note", new Object()));
        faults.put(
                "subject id empty",
                engine -> attempt(
                        () -> "" + PolicyRequest.of(Subject.of("user", ""), Action.of("pay"), Resource.of("a", "b"))));
        faults.put("action no policy is about", engine -> decide(engine, payment("refund", context(Map.of()))));
    }

    private void policyFaults() {
        faults.put("no policy loaded", engine -> {
            try (PolicyDecisionPoint point = builder(engine, engine.provider()).build()) {
                return said(point.decide(payment("pay", context(Map.of()))));
            }
        });
        faults.put(
                "policy of an engine that is not there",
                engine -> with(
                        PolicyDecisionPoint.builder(),
                        Policy.of("p", "1", Map.of("engine", "nowhere", "input", Map.of()))));
        faults.put("a second policy requires an attribute that is missing", engine -> {
            Map<String, Object> body = new HashMap<>(engine.policy().body());
            body.put("input", Map.of("context.amount", "number", "context.org", "string", "context.ticket", "string"));
            if (engine == Engine.OPA) {
                return "-";
            }
            return with(builder(engine, engine.provider()), engine.policy(), Policy.of("second", "1", body));
        });
        faults.put("a listener throws", engine -> {
            boolean[] armed = {false};
            try (PolicyDecisionPoint point = builder(engine, engine.provider())
                    .listener(event -> {
                        if (armed[0]) {
                            throw new IllegalStateException("audit is down");
                        }
                    })
                    .build()) {
                assertThat(point.activate(List.of(engine.policy())).unavailable())
                        .isEmpty();
                armed[0] = true;
                return said(point.decide(payment("pay", context(Map.of()))));
            }
        });
        faults.put("the decision point was closed", engine -> {
            PolicyDecisionPoint point = builder(engine, engine.provider()).build();
            assertThat(point.activate(List.of(engine.policy())).unavailable()).isEmpty();
            point.close();
            return said(point.decide(payment("pay", context(Map.of()))));
        });
    }

    private void engineFaults() {
        engine("engine returns no stage", (real, request, deadline) -> null);
        engine("engine never completes", (real, request, deadline) -> new CompletableFuture<>());
        engine(
                "engine answers null",
                (real, request, deadline) -> real.evaluate(request, deadline).thenApply(x -> null));
        engine("engine fails", (real, request, deadline) -> CompletableFuture.failedFuture(new IOException("x")));
        engine("engine throws an exception", (real, request, deadline) -> {
            throw new IllegalStateException("x");
        });
        engine("engine overflows the stack", (real, request, deadline) -> {
            throw new StackOverflowError();
        });
        engine("engine is out of memory", (real, request, deadline) -> {
            throw new OutOfMemoryError("x");
        });
        engine("engine lacks a class", (real, request, deadline) -> {
            throw new NoClassDefFoundError("x");
        });
        engine("engine asserts", (real, request, deadline) -> CompletableFuture.failedFuture(new AssertionError("x")));
        engine(
                "policy undefined",
                (real, request, deadline) -> CompletableFuture.completedFuture(Verdict.undefined("x")));
        engine(
                "engine has nothing to say",
                (real, request, deadline) -> CompletableFuture.completedFuture(Verdict.notApplicable()));
        engine(
                "permit with an unknown obligation",
                (real, request, deadline) -> CompletableFuture.completedFuture(Verdict.permit()
                        .withObligations(List.of(new Obligation("o", "burn_after_reading", Map.of())))));
        engine("engine blocks for ever", (real, request, deadline) -> {
            new CountDownLatch(1).await();
            return real.evaluate(request, deadline);
        });
        engine("engine answers after the deadline", (real, request, deadline) -> {
            while (!deadline.hasPassed()) {
                Thread.onSpinWait();
            }
            return CompletableFuture.completedFuture(Verdict.permit());
        });
        faults.put(
                "provider cannot open",
                engine -> with(
                        builder(engine, new Renamed(engine, 1) {
                            @Override
                            public PolicyEngine open(EngineSettings settings) {
                                throw new UnsatisfiedLinkError("native part");
                            }
                        }),
                        renamed(engine)));
        faults.put("provider of another SPI", engine -> with(builder(engine, new Renamed(engine, 2)), renamed(engine)));
        faults.put(
                "two providers of one id",
                engine -> with(
                        builder(engine, new Renamed(engine, 1)).engine(new Renamed(engine, 1) {}), renamed(engine)));
    }

    private void wireFaults() {
        wire("a built-in function fails", RawServer.status(500));
        faults.put("another tenant's module in our package", engine -> {
            if (engine != Engine.OPA) {
                return "-";
            }
            server.plant("package tenants.acme.pay\ndecision := {\"allow\": true}");
            try {
                return with(builder(engine, engine.provider()), engine.policy());
            } catch (InvalidPolicyException refused) {
                return "refused at activation";
            } finally {
                server.plant("");
            }
        });
        faults.put("a path that leaves the package", engine -> {
            if (engine != Engine.OPA) {
                return "-";
            }
            Map<String, Object> body = new HashMap<>(engine.policy().body());
            body.put("rule", "../other/decision");
            try {
                return with(builder(engine, engine.provider()), Policy.of("pay", "1", body));
            } catch (InvalidPolicyException refused) {
                return "refused at activation";
            }
        });
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("undefined: {}", "{}");
        bodies.put("result null", "{\"result\":null}");
        bodies.put("result true", "{\"result\":true}");
        bodies.put("result \"allow\"", "{\"result\":\"allow\"}");
        bodies.put("result 1", "{\"result\":1}");
        bodies.put("result [true]", "{\"result\":[true]}");
        bodies.put("result {}", "{\"result\":{}}");
        bodies.put("allow \"true\"", "{\"result\":{\"allow\":\"true\"}}");
        bodies.put("allow 1", "{\"result\":{\"allow\":1}}");
        bodies.put("allow null", "{\"result\":{\"allow\":null}}");
        bodies.put("allow twice", "{\"result\":{\"allow\":false,\"allow\":true}}");
        bodies.put("allow and requires_hitl", "{\"result\":{\"allow\":true,\"requires_hitl\":true}}");
        bodies.put("requires_hitl null", "{\"result\":{\"allow\":true,\"requires_hitl\":null}}");
        bodies.put("unknown key", "{\"result\":{\"allow\":true,\"unless\":\"x\"}}");
        bodies.put("obligation without a type", "{\"result\":{\"allow\":true,\"obligations\":[{\"id\":\"x\"}]}}");
        bodies.put("input not read", "{\"result\":{\"allow\":true},\"warning\":{\"code\":\"api_usage_warning\"}}");
        bodies.put("bytes after the JSON", "{\"result\":{\"allow\":true}} x");
        bodies.put("truncated JSON", "{\"result\":{\"allow\":true");
        bodies.put("empty body", "");
        bodies.put("an array", "[{\"result\":{\"allow\":true}}]");
        bodies.put("byte order mark", "\ufeff{\"result\":{\"allow\":true}}");
        bodies.put("NaN", "{\"result\":{\"allow\":true,\"reasons\":[NaN]}}");
        bodies.put("nested too deep", "{\"result\":{\"allow\":true,\"x\":" + "[".repeat(500) + "]".repeat(500) + "}}");
        bodies.put("oversized", "{\"result\":{\"allow\":true}}" + " ".repeat(20_000));
        bodies.forEach((name, body) -> wire("answer: " + name, RawServer.json(body)));
        wire("answer: invalid UTF-8", RawServer.http(200, "application/json", new byte[] {'{', (byte) 0xff, '}'}));
        byte[] permit = "{\"result\":{\"allow\":true}}".getBytes(StandardCharsets.UTF_8);
        wire("answer: text/html", RawServer.http(200, "text/html", permit));
        for (int status : List.of(201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503, 504)) {
            wire("status " + status, RawServer.status(status));
        }
        wire("connection closed without an answer", socket -> {});
        wire("connection reset", socket -> socket.setSoLinger(true, 0));
        wire(
                "bytes that are no HTTP",
                socket -> socket.getOutputStream().write("\u0000\u0001\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        wire(
                "body shorter than announced",
                socket -> socket.getOutputStream()
                        .write(
                                "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"result\":{\"allow\":true}}"
                                        .getBytes(StandardCharsets.UTF_8)));
        faults.put(
                "server never answers",
                engine -> engine != Engine.OPA
                        ? "-"
                        : replying(
                                socket -> new CountDownLatch(1).await(),
                                () -> with(builder(engine, engine.provider()).deadline(HASTY), engine.policy())));
        faults.put("server not there", engine -> {
            if (engine != Engine.OPA) {
                return "-";
            }
            RawServer gone = new RawServer();
            try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                    .engineSettings("opa", engine.settings(gone))
                    .deadline(PATIENT)
                    .build()) {
                assertThat(point.activate(List.of(engine.policy())).unavailable())
                        .isEmpty();
                gone.close();
                return said(point.decide(payment("pay", context(Map.of()))));
            }
        });
    }

    /** Two keys that are equal and not the same, as from a reader of JSON that keeps both. */
    private static void amountTwice(Map<String, Object> context) {
        context.put(String.valueOf("amount".toCharArray()), 5000);
    }

    private void request(String name, java.util.function.Consumer<Map<String, Object>> fault, Engine... not) {
        Map<String, Object> context = name.endsWith("twice") ? new IdentityHashMap<>() : new HashMap<>();
        context.putAll(context(Map.of()));
        fault.accept(context);
        rawContexts.put(name, context);
        faults.put(name, engine -> List.of(not).contains(engine) ? "-" : decide(engine, context));
    }

    private void engine(String name, Misconduct misconduct) {
        boolean late = name.contains("for ever") || name.contains("deadline") || name.contains("never completes");
        faults.put(
                name,
                engine -> with(
                        builder(engine, new Renamed(engine, 1) {
                                    @Override
                                    public PolicyEngine open(EngineSettings settings) {
                                        return new Misbehaving(super.open(settings), misconduct);
                                    }
                                })
                                .deadline(late ? HASTY : PATIENT),
                        renamed(engine)));
    }

    private void wire(String name, RawServer.Reply reply) {
        faults.put(
                name, engine -> engine != Engine.OPA ? "-" : replying(reply, () -> decide(engine, context(Map.of()))));
    }

    private String replying(RawServer.Reply reply, Supplier<String> body) {
        server.reply(reply);
        try {
            return body.get();
        } finally {
            server.reply(RawServer.json("{\"result\":{\"allow\":true}}"));
        }
    }

    private String decide(Engine engine, Map<String, Object> context) {
        return attempt(() -> decide(engine, payment("pay", context)));
    }

    private String decide(Engine engine, PolicyRequest request) {
        try (PolicyDecisionPoint point = builder(engine, engine.provider()).build()) {
            assertThat(point.activate(List.of(engine.policy())).unavailable()).isEmpty();
            return said(point.decide(request));
        }
    }

    private static String with(PolicyDecisionPointBuilder builder, Policy... policies) {
        try (PolicyDecisionPoint point = builder.build()) {
            assertThat(point.activate(List.of(policies)).policyDigest()).isNotEmpty();
            return said(point.decide(payment("pay", context(Map.of()))));
        }
    }

    private PolicyDecisionPointBuilder builder(Engine engine, PolicyEngineProvider provider) {
        return PolicyDecisionPoint.builder()
                .engine(provider)
                .engineSettings(engine.id(), engine.settings(server))
                .engineSettings(engine.id() + "-under-test", engine.settings(server))
                .deadline(PATIENT);
    }

    private static String attempt(Supplier<String> body) {
        try {
            return body.get();
        } catch (PolicyException refused) {
            return "refused at the door";
        }
    }

    private static String said(Decision decision) {
        return decision.fold(
                permit -> "PERMIT",
                review -> "REVIEW",
                deny -> deny.outcome().reasonCodes().get(0));
    }

    private static PolicyRequest payment(String action, Map<String, Object> context) {
        return PolicyRequest.of(Subject.of("user", "alice"), Action.of(action), Resource.of("account", "a-1"))
                .withContext(context);
    }

    private static Map<String, Object> context(Map<String, Object> more) {
        Map<String, Object> context = new HashMap<>(Map.of("amount", 5, "org", "acme"));
        context.putAll(more);
        return context;
    }

    private static Policy renamed(Engine engine) {
        Map<String, Object> body = new HashMap<>(engine.policy().body());
        body.put("engine", engine.id() + "-under-test");
        return Policy.of("pay", "1", body);
    }

    private static Object nested() {
        Object value = "x";
        for (int i = 0; i < 200; i++) {
            value = List.of(value);
        }
        return value;
    }

    private static Object cycle() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        return self;
    }

    private static String header(int faults, int cells) {
        return "# Fail-closed matrix\n\n"
                + "Three engines under " + faults + " faults: " + cells
                + " cells, 0 wrongful permits. Each cell is the reason of the\n"
                + "denial. `-` means that the fault cannot happen to that engine. The request without a fault is permitted by all\n"
                + "three. Beside it the same fault against the engine called without the decision point: the built-in rules without\n"
                + "an input contract, CEL over untyped maps, and what a real OPA 1.9.0 answered, recorded, and read as hosts commonly\n"
                + "do, where whatever is truthy grants. **grants** is access nobody meant to give.\n\n"
                + "Written by `FailClosedMatrixTest` in `examples/policy-engine-cel`, which runs every cell and compares this page.\n\n"
                + "| fault | rules | opa | cel | raw rules | raw CEL | raw OPA |\n|---|---|---|---|---|---|---|\n";
    }

    /** Without the recording, the last column is left out of the comparison. */
    private static void page(String text, boolean recorded) throws IOException {
        if (recorded && Boolean.getBoolean("aios.matrix.write")) {
            Files.createDirectories(PAGE.toAbsolutePath().getParent());
            Files.writeString(PAGE, text);
        }
        assertThat(PAGE).exists();
        String page = Files.readString(PAGE);
        assertThat(recorded ? page : page.replaceAll("(?m)^(\\| (?!fault).*) \\| [^|]* \\|$", "$1 |"))
                .isEqualTo(text);
    }

    /** The real engine under another id, so that it can be replaced. */
    private static class Renamed implements PolicyEngineProvider {
        private final Engine engine;
        private final int major;

        Renamed(Engine engine, int major) {
            this.engine = engine;
            this.major = major;
        }

        @Override
        public String id() {
            return engine.id() + "-under-test";
        }

        @Override
        public int spiMajor() {
            return major;
        }

        @Override
        public PolicyEngine open(EngineSettings settings) {
            return engine.provider().open(settings);
        }
    }

    /** The real engine but for its answers. */
    private record Misbehaving(PolicyEngine engine, Misconduct misconduct) implements PolicyEngine {
        @Override
        public Capabilities capabilities() {
            // Whatever blocks is not bounded.
            return new Capabilities(engine.capabilities().engineVersion(), false, true);
        }

        @Override
        public ActivationReport activate(List<Policy> policies) {
            return engine.activate(policies);
        }

        @Override
        @SuppressWarnings("NullAway") // An engine may break its contract; that is what the matrix is about.
        public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
            try {
                return misconduct.instead(engine, request, deadline);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
