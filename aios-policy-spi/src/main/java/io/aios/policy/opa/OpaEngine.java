package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.ActivationReport.Finding;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

final class OpaEngine implements PolicyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(OpaEngineProvider.class);
    private static final Capabilities CAPABILITIES = new Capabilities("rest-v1", false, true);

    private final OpaClient client;
    private final RegoModule.Home home;
    private final Duration callLimit;
    private volatile Map<String, RegoModule> active = Map.of();

    OpaEngine(OpaClient client, RegoModule.Home home, long callMillis) {
        this.client = client;
        this.home = home;
        this.callLimit = Duration.ofMillis(callMillis);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public synchronized ActivationReport activate(List<Policy> policies) {
        Map<String, RegoModule> next = new HashMap<>();
        for (Policy policy : policies) {
            RegoModule module = RegoModule.read(policy, home);
            refuseSharedPackage(module, next.values());
            next.put(policy.id(), module);
        }
        List<Finding> findings = new ArrayList<>();
        Deque<String> touched = new ArrayDeque<>();
        try {
            for (RegoModule module : next.values()) {
                touched.push(module.policy().id());
                upload(module);
                findings.add(moved(module, OpaLifecycle.DRAFT, OpaLifecycle.ACTIVE));
            }
            for (RegoModule module : next.values()) {
                proveGolden(module);
            }
            for (RegoModule module : active.values()) {
                if (!next.containsKey(module.policy().id())) {
                    touched.push(module.policy().id());
                    remove(module.policy().id());
                    findings.add(moved(module, OpaLifecycle.ACTIVE, OpaLifecycle.RETIRED));
                }
            }
        } catch (IOException | RuntimeException e) {
            rollBack(touched);
            if (e instanceof RuntimeException known) {
                throw known;
            }
            throw new EngineUnavailableException(OpaEngineProvider.ID, "activation failed and was rolled back", e);
        }
        active = Map.copyOf(next);
        return new ActivationReport(findings);
    }

    private static void refuseSharedPackage(RegoModule module, Iterable<RegoModule> others) {
        for (RegoModule other : others) {
            // Rego merges modules of one package: each could flip the other's decision.
            if (isStart(module.packagePath(), other.packagePath())
                    || isStart(other.packagePath(), module.packagePath())) {
                throw new InvalidPolicyException(
                        module.policy().id(),
                        "shares package " + String.join(".", module.packagePath()) + " with policy "
                                + other.policy().id() + "; give each its own");
            }
        }
    }

    private static boolean isStart(List<String> start, List<String> path) {
        return start.size() <= path.size() && path.subList(0, start.size()).equals(start);
    }

    private void upload(RegoModule module) throws IOException {
        String id = module.policy().id();
        OpaClient.Response put = client.put(path(id), module.rego(), limit());
        if (put.status() == 400) {
            throw new InvalidPolicyException(id, "OPA refused the Rego: " + problem(put));
        } else if (put.status() != 200) {
            throw new EngineUnavailableException(OpaEngineProvider.ID, "upload answered with status " + put.status());
        }
        OpaClient.Response get = client.get(path(id), limit());
        Object result =
                get.status() == 200 && OpaJson.read(get.body()) instanceof Map<?, ?> body ? body.get("result") : null;
        if (!(result instanceof Map<?, ?> read)
                || !JsonValues.digest(read.get("raw")).equals(JsonValues.digest(module.rego()))) {
            throw new InvalidPolicyException(id, "the server did not give back what was uploaded");
        }
        RegoScan.refuseForbiddenTree(id, read.get("ast"), module.packagePath(), home);
    }

    private void proveGolden(RegoModule module) throws IOException {
        for (int i = 0; i < module.golden().size(); i++) {
            RegoModule.Golden golden = module.golden().get(i);
            Verdict verdict = OpaAnswer.read(
                    client.evaluate(module.query(), JsonValues.canonical(Map.of("input", golden.input())), limit()));
            if (!verdict.effect().equals(java.util.Optional.of(golden.expected()))) {
                throw new InvalidPolicyException(
                        module.policy().id(),
                        "golden case " + i + " expects " + golden.expected() + " and got "
                                + verdict.effect().map(Enum::name).orElse("nothing") + " "
                                + verdict.reasons().stream().map(Reason::code).toList());
            }
        }
    }

    private void remove(String id) throws IOException {
        OpaClient.Response response = client.delete(path(id), limit());
        if (response.status() != 200 && response.status() != 404) {
            throw new EngineUnavailableException(
                    OpaEngineProvider.ID, "removal answered with status " + response.status());
        }
    }

    private void rollBack(Deque<String> touched) {
        for (String id : touched) {
            try {
                RegoModule before = active.get(id);
                if (before == null) {
                    remove(id);
                } else {
                    upload(before);
                }
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "policy {} could not be rolled back on the server: {}",
                        id,
                        e.getClass().getName());
            }
        }
    }

    @Override
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        RegoModule module = active.get(request.policy().id());
        if (module == null || !module.policy().digest().equals(request.policy().digest())) {
            return CompletableFuture.completedFuture(
                    Verdict.undefined("policy " + request.policy().id()));
        }
        String json = JsonValues.canonical(Map.of("input", request.question().toMap()));
        try {
            return CompletableFuture.completedFuture(OpaAnswer.read(client.evaluate(module.query(), json, deadline)));
        } catch (IOException e) {
            String code = deadline.hasPassed() ? ReasonCodes.TIMEOUT : ReasonCodes.ENGINE_EXCEPTION;
            return CompletableFuture.completedFuture(Verdict.unreadable(
                    code, "the call to OPA failed with " + e.getClass().getSimpleName()));
        }
    }

    @Override
    public void close() {
        active = Map.of();
    }

    private List<String> path(String id) {
        return List.of("aios", home.tenant(), id);
    }

    private Deadline limit() {
        return Deadline.after(callLimit, System::nanoTime);
    }

    private static Finding moved(RegoModule module, OpaLifecycle from, OpaLifecycle to) {
        if (!from.mayBecome(to)) {
            throw new IllegalStateException(from + " cannot become " + to);
        }
        return new Finding(module.policy().id(), "lifecycle", from + " -> " + to);
    }

    /** OPA's own words about the author's Rego: code and place, without the text around it. */
    private static String problem(OpaClient.Response response) {
        @Nullable Object body = OpaJson.read(response.body());
        if (body instanceof Map<?, ?> map && map.get("errors") instanceof List<?> errors && !errors.isEmpty()) {
            Object first = errors.get(0);
            if (first instanceof Map<?, ?> error) {
                return error.get("code") + ": " + error.get("message") + " at " + error.get("location");
            }
        }
        return body instanceof Map<?, ?> map ? String.valueOf(map.get("message")) : "no reason given";
    }
}
