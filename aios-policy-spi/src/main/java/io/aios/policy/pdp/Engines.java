package io.aios.policy.pdp;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
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
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens engines when a policy first names them and activates policies on all of them or none. */
final class Engines {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyDecisionPoint.class);

    /** A set ready to take over. */
    record Prepared(ActiveSet set, List<Finding> findings, Map<String, String> unavailable) {}

    private final Providers providers;
    private final Map<String, EngineSettings> engineSettings;
    private final Settings settings;
    private final Map<String, EngineSlot> open = new HashMap<>();

    Engines(Providers providers, Map<String, EngineSettings> engineSettings, Settings settings) {
        this.providers = providers;
        this.engineSettings = engineSettings;
        this.settings = settings;
    }

    Prepared activate(List<Policy> policies, ActiveSet before) {
        Map<String, List<Policy>> byEngine = group(policies);
        Map<String, ActiveSet.EngineState> states = new LinkedHashMap<>();
        Map<String, String> unavailable = new LinkedHashMap<>();
        byEngine.keySet().forEach(id -> {
            ActiveSet.EngineState state = state(id);
            states.put(id, state);
            if (state.slot() == null) {
                unavailable.put(id, state.problem());
            }
        });
        checkContracts(policies, states);
        // An engine that no policy names any more is told so, and frees what it holds.
        open.keySet().forEach(id -> byEngine.putIfAbsent(id, List.of()));
        List<Finding> findings = activateAll(byEngine, before);
        List<ActiveSet.Entry> entries = new ArrayList<>();
        for (Policy policy : policies) {
            ActiveSet.EngineState state = states.get(policy.engine());
            if (state != null) {
                entries.add(new ActiveSet.Entry(policy, PolicyRef.of(policy), state));
            }
        }
        return new Prepared(ActiveSet.of(entries), findings, unavailable);
    }

    private List<Finding> activateAll(Map<String, List<Policy>> byEngine, ActiveSet before) {
        List<Finding> findings = new ArrayList<>();
        try {
            for (Map.Entry<String, List<Policy>> entry : byEngine.entrySet()) {
                EngineSlot slot = open.get(entry.getKey());
                if (slot != null) {
                    findings.addAll(slot.activate(entry.getValue(), settings.activationLimit())
                            .findings());
                }
            }
            return findings;
        } catch (RuntimeException e) {
            rollBack(before);
            throw e;
        }
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
            EngineSlot slot = new EngineSlot(id, engine, settings.maxConcurrent());
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
