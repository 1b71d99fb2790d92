package io.aios.policy.pdp;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.PolicyRef;
import io.aios.policy.spi.ActivationReport.Finding;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens engines when a policy first names them and activates policies on all of them or none. */
final class Engines {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyDecisionPoint.class);

    /** A set ready to take over, and the mistake of an author that keeps an engine out of it. */
    record Prepared(
            ActiveSet set,
            List<Finding> findings,
            Map<String, String> unavailable,
            Optional<InvalidPolicyException> refused) {}

    private final Providers providers;
    private final Map<String, EngineSettings> engineSettings;
    private final Settings settings;
    private final Map<String, EngineSlot> open = new HashMap<>();

    Engines(Providers providers, Map<String, EngineSettings> engineSettings, Settings settings) {
        this.providers = providers;
        this.engineSettings = engineSettings;
        this.settings = settings;
    }

    /**
     * Activates on every engine. When policies are in force, a failure leaves exactly them in force, because half of a new
     * set and half of an old one is a set that nobody looked at. When none are, there is nothing to protect and a failure
     * costs only the engine that failed.
     */
    Prepared activate(List<Policy> policies, ActiveSet before) {
        Map<String, List<Policy>> byEngine = group(policies);
        Map<String, ActiveSet.EngineState> states = new LinkedHashMap<>();
        byEngine.keySet().forEach(id -> states.put(id, state(id)));
        checkContracts(policies, states);
        // An engine that no policy names any more is told so, and frees what it holds.
        open.keySet().forEach(id -> byEngine.putIfAbsent(id, List.of()));
        List<Finding> findings = new ArrayList<>();
        Map<String, PolicyException> failures = activateAll(byEngine, findings);
        Optional<PolicyException> failure = failures.values().stream().reduce((first, next) -> {
            first.addSuppressed(next);
            return first;
        });
        if (failure.isPresent() && !before.entries().isEmpty()) {
            rollBack(before);
            throw failure.get();
        }
        failures.forEach((id, problem) ->
                states.put(id, new ActiveSet.EngineState(id, null, String.valueOf(problem.getMessage()))));
        Map<String, String> unavailable = new LinkedHashMap<>();
        states.forEach((id, state) -> {
            if (state.slot() == null) {
                unavailable.put(id, state.problem());
            }
        });
        List<ActiveSet.Entry> entries = new ArrayList<>();
        for (Policy policy : policies) {
            ActiveSet.EngineState state = states.get(policy.engine());
            if (state != null) {
                entries.add(new ActiveSet.Entry(policy, PolicyRef.of(policy), state));
            }
        }
        Optional<InvalidPolicyException> refused = failures.values().stream()
                .filter(InvalidPolicyException.class::isInstance)
                .map(InvalidPolicyException.class::cast)
                .findFirst();
        return new Prepared(ActiveSet.of(entries), findings, unavailable, refused);
    }

    private Map<String, PolicyException> activateAll(Map<String, List<Policy>> byEngine, List<Finding> findings) {
        Map<String, PolicyException> failures = new LinkedHashMap<>();
        byEngine.forEach((id, policies) -> {
            EngineSlot slot = open.get(id);
            if (slot != null) {
                try {
                    findings.addAll(
                            slot.activate(policies, settings.activationLimit()).findings());
                } catch (PolicyException e) {
                    failures.put(id, e);
                }
            }
        });
        return failures;
    }

    /** Gives every engine back the policies it had. */
    void rollBack(ActiveSet before) {
        Map<String, List<Policy>> earlier =
                group(before.entries().stream().map(ActiveSet.Entry::policy).toList());
        open.forEach((id, slot) -> {
            try {
                int findings = slot.activate(earlier.getOrDefault(id, List.of()), settings.activationLimit())
                        .findings()
                        .size();
                LOG.info("engine {} is back at its earlier policies ({} findings)", id, findings);
            } catch (RuntimeException e) {
                LOG.error("engine {} could not go back to its earlier policies; what it lost denies", id, e);
            }
        });
    }

    private static Map<String, List<Policy>> group(List<Policy> policies) {
        Map<String, List<Policy>> byEngine = new LinkedHashMap<>();
        Set<String> ids = new HashSet<>();
        for (Policy policy : policies) {
            if (!ids.add(policy.id())) {
                throw new InvalidPolicyException(policy.id(), "two policies have this id; keep one");
            }
            byEngine.computeIfAbsent(policy.engine(), key -> new ArrayList<>()).add(policy);
        }
        return byEngine;
    }

    private static void checkContracts(List<Policy> policies, Map<String, ActiveSet.EngineState> states) {
        for (Policy policy : policies) {
            ActiveSet.EngineState state = states.get(policy.engine());
            boolean opaque = state != null
                    && state.slot() != null
                    && state.slot().capabilities().opaque();
            if (opaque && !policy.input().isDeclared()) {
                throw new InvalidPolicyException(
                        policy.id(),
                        "engine " + policy.engine() + " cannot tell which attributes a policy reads; declare them "
                                + "under input (an empty object if it reads none)");
            }
        }
    }

    private ActiveSet.EngineState state(String id) {
        EngineSlot known = open.get(id);
        if (known != null) {
            return new ActiveSet.EngineState(id, known, "");
        }
        try {
            EngineSettings given = engineSettings.get(id);
            PolicyEngine engine = providers.get(id).open(given == null ? EngineSettings.of(id, Map.of()) : given);
            EngineSlot slot = new EngineSlot(
                    id,
                    engine,
                    settings.maxConcurrent(),
                    new Breaker(settings.breakAfter(), settings.breakFor(), settings.ticker()));
            open.put(id, slot);
            return new ActiveSet.EngineState(id, slot, "");
        } catch (EngineUnavailableException e) {
            return new ActiveSet.EngineState(id, null, String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            return new ActiveSet.EngineState(
                    id, null, "policy engine " + id + ": could not be opened: " + Providers.message(e));
        }
    }

    static List<PolicyEvent.ActivePolicy> names(List<Policy> policies) {
        return policies.stream()
                .map(policy -> new PolicyEvent.ActivePolicy(PolicyRef.of(policy), policy.engine(), policy.controls()))
                .toList();
    }

    void close() {
        open.forEach((id, slot) -> {
            try {
                slot.close();
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("engine {} failed to close: {}", id, e.getClass().getName());
            }
        });
        open.clear();
    }
}
