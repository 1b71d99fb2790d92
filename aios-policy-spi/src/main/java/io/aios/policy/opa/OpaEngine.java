package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.ReasonCodes;
import io.aios.policy.opa.OpaLifecycle.Standing;
import io.aios.policy.opa.OpaLifecycle.State;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.ActivationReport.Finding;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the server about policies it has proven to be there, and about no others. */
final class OpaEngine implements PolicyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(OpaEngineProvider.class);
    private static final Capabilities CAPABILITIES = new Capabilities("rest-v1", false, true);

    /** A policy of the loaded set. The generation tells an answer given before a change from one given after it. */
    private record Held(RegoModule module, State state, String problem, long generation) {}

    private final OpaClient client;
    private final OpaStore store;
    private final RegoModule.Home home;
    private final OpaLedger ledger = new OpaLedger();
    /** Retired here and not removed there, because the server did not answer. */
    private final Set<String> leftBehind = new LinkedHashSet<>();

    private volatile Map<String, Held> held = Map.of();
    private volatile boolean closed;
    private long generations;

    OpaEngine(OpaClient client, RegoModule.Home home, long callMillis) {
        this.client = client;
        this.home = home;
        this.store = new OpaStore(client, home, callMillis);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public synchronized ActivationReport activate(List<Policy> policies) {
        Map<String, RegoModule> next = new LinkedHashMap<>();
        List<Finding> findings = new ArrayList<>();
        for (Policy policy : policies) {
            RegoModule module = RegoModule.read(policy, home);
            next.values().forEach(other -> refuseSharedPackage(module, other));
            if (ledger.isWithdrawn(policy)) {
                findings.add(lifecycle(policy, "RETIRED for good, so it denies; give it another version"));
            } else {
                next.put(policy.id(), module);
            }
        }
        Map<String, Held> before = held;
        Set<String> touched = new LinkedHashSet<>();
        try {
            for (Held old : before.values()) {
                String id = old.module().policy().id();
                if (!next.containsKey(id)) {
                    take(touched, old.module());
                    leftBehind.add(id);
                }
            }
            leftBehind.removeIf(id -> !next.containsKey(id) && isRemoved(id));
            for (RegoModule module : next.values()) {
                if (!isInForce(before.get(module.policy().id()), module)) {
                    take(touched, module);
                    store.upload(module);
                }
            }
            store.prove(next.values());
        } catch (IOException | RuntimeException e) {
            rollBack(touched, before);
            if (e instanceof RuntimeException known) {
                throw known;
            }
            throw new EngineUnavailableException(OpaEngineProvider.ID, "activation failed and was rolled back", e);
        }
        findings.addAll(takeOver(next, touched, before));
        leftBehind.removeAll(next.keySet());
        leftBehind.forEach(id -> findings.add(
                new Finding(id, "lifecycle", "the server still holds it: activate again when it answers")));
        return new ActivationReport(findings);
    }

    /** A server that is gone must not keep a host from leaving it: what it was asked for denies either way. */
    private boolean isRemoved(String id) {
        try {
            store.remove(id);
            return true;
        } catch (IOException | EngineUnavailableException e) {
            LOG.warn("policy {} denies but was not removed from the server: {}", id, e.getMessage());
            return false;
        }
    }

    private List<Finding> takeOver(Map<String, RegoModule> next, Set<String> touched, Map<String, Held> before) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Held> proven = new LinkedHashMap<>();
        next.forEach((id, module) -> {
            Held old = touched.contains(id) ? null : before.get(id);
            if (old != null && old.state() == State.ACTIVE && isSame(old.module(), module)) {
                proven.put(id, old);
                return;
            }
            proven.put(id, hold(module, State.ACTIVE, ""));
            ledger.activated(module.policy());
            findings.add(lifecycle(module.policy(), State.DRAFT + " -> " + State.ACTIVE));
        });
        held = Map.copyOf(proven);
        before.forEach((id, old) -> {
            Held now = proven.get(id);
            if (now == null || !isSame(now.module(), old.module())) {
                ledger.retired(old.module().policy());
                findings.add(lifecycle(old.module().policy(), State.ACTIVE + " -> " + State.RETIRED));
            }
        });
        return findings;
    }

    /** From here on the server may hold something else under this id, so nothing it says about it counts. */
    private void take(Set<String> touched, RegoModule module) {
        String id = module.policy().id();
        touched.add(id);
        put(id, hold(module, State.DRAFT, ""));
    }

    private boolean isInForce(@Nullable Held old, RegoModule module) throws IOException {
        return old != null && old.module().rego().equals(module.rego()) && store.holds(module);
    }

    private static boolean isSame(RegoModule one, RegoModule other) {
        return one.policy().digest().equals(other.policy().digest())
                && one.policy().version().equals(other.policy().version());
    }

    private static void refuseSharedPackage(RegoModule module, RegoModule other) {
        if (RegoModule.overlap(module.packagePath(), other.packagePath())) {
            // Rego merges modules of one package: each could flip the other's decision.
            throw new InvalidPolicyException(
                    module.policy().id(),
                    "shares package " + String.join(".", module.packagePath()) + " with policy "
                            + other.policy().id() + "; give each its own");
        }
    }

    private void rollBack(Set<String> touched, Map<String, Held> before) {
        Map<String, Held> restored = new LinkedHashMap<>(before);
        for (String id : touched) {
            Held old = before.get(id);
            String problem = "";
            try {
                if (old == null) {
                    store.remove(id);
                } else {
                    store.upload(old.module());
                }
            } catch (IOException | RuntimeException e) {
                problem = "a failed activation could not be undone on the server";
                LOG.error("policy {}: {}: {}", id, problem, e.getClass().getName());
            }
            if (old != null) {
                State state = problem.isEmpty() ? old.state() : State.DRIFTED;
                restored.put(id, hold(old.module(), state, problem.isEmpty() ? old.problem() : problem));
            }
        }
        leftBehind.removeAll(before.keySet());
        held = Map.copyOf(restored);
    }

    @Override
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        Held asked = held.get(request.policy().id());
        Optional<Verdict> refused = refuse(request.policy(), asked);
        if (refused.isPresent() || asked == null) {
            return CompletableFuture.completedFuture(refused.orElseThrow());
        }
        String json = JsonValues.canonical(Map.of("input", request.question().toMap()));
        try {
            Verdict verdict = OpaAnswer.read(client.evaluate(asked.module().query(), json, deadline));
            // The server may have answered from a module that was just replaced, drifted or retired.
            Held now = held.get(request.policy().id());
            boolean unchanged = now != null && now.generation() == asked.generation();
            return CompletableFuture.completedFuture(refuse(request.policy(), now)
                    .orElseGet(() -> unchanged ? verdict : denied(request.policy(), State.DRAFT, "changed meanwhile")));
        } catch (IOException e) {
            String code = deadline.hasPassed() ? ReasonCodes.TIMEOUT : ReasonCodes.ENGINE_EXCEPTION;
            return CompletableFuture.completedFuture(Verdict.unreadable(
                    code, "the call to OPA failed with " + e.getClass().getSimpleName()));
        }
    }

    /** Why this policy may not be asked; empty when it is in force. */
    private Optional<Verdict> refuse(Policy policy, @Nullable Held found) {
        if (ledger.isWithdrawn(policy)) {
            return Optional.of(denied(policy, State.RETIRED, ""));
        }
        boolean same = found != null
                && (found.state() == State.DRAFT
                        || found.module().policy().digest().equals(policy.digest()));
        if (closed || found == null || !same) {
            return Optional.of(ledger.stateOf(policy)
                    .filter(state -> !closed)
                    .map(state -> denied(policy, state, ""))
                    .orElseGet(() -> Verdict.undefined("policy " + policy.id())));
        }
        return found.state() == State.ACTIVE
                ? Optional.empty()
                : Optional.of(denied(policy, found.state(), found.problem()));
    }

    private static Verdict denied(Policy policy, State state, String problem) {
        String text = "policy " + policy.id() + " is " + state + (problem.isEmpty() ? "" : ": " + problem);
        return Verdict.unreadable(
                switch (state) {
                    case DRAFT, ACTIVE -> ReasonCodes.POLICY_DRAFT;
                    case DRIFTED -> ReasonCodes.POLICY_DRIFTED;
                    case RETIRED -> ReasonCodes.POLICY_RETIRED;
                },
                text);
    }

    Standing draft(Policy policy) {
        RegoModule module = RegoModule.read(policy, home);
        if (ledger.isWithdrawn(policy)) {
            throw new InvalidPolicyException(policy.id(), "this version was retired for good; give it another one");
        }
        Held known = held.get(policy.id());
        if (known != null && isSame(known.module(), module)) {
            return Standing.of(policy, known.state(), known.problem());
        }
        ledger.draft(policy);
        return Standing.of(policy, State.DRAFT, "");
    }

    void retire(String id) {
        Held found = held.get(id);
        Policy policy = found != null
                ? found.module().policy()
                : ledger.draftOf(id)
                        .or(() -> ledger.withdrawnOf(id))
                        .orElseThrow(() -> new InvalidPolicyException(id, "neither active nor a draft"));
        // Before anything that waits: from here on it denies.
        ledger.withdrawn(policy);
        removeRetired(id, policy);
    }

    private synchronized void removeRetired(String id, Policy policy) {
        try {
            Held now = held.get(id);
            if (now == null || ledger.isWithdrawn(now.module().policy())) {
                store.remove(id);
                Map<String, Held> rest = new LinkedHashMap<>(held);
                rest.remove(id);
                held = Map.copyOf(rest);
            }
            LOG.info("policy {} is retired", policy);
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    OpaEngineProvider.ID, "policy " + id + " denies but is still on the server; retire it again", e);
        }
    }

    synchronized List<Standing> recheck() {
        List<Standing> standings = new ArrayList<>();
        for (Held one : held.values()) {
            String problem = drift(one.module());
            State state = problem.isEmpty() ? State.ACTIVE : State.DRIFTED;
            if (state != one.state()) {
                LOG.warn("policy {} is {}: {}", one.module().policy(), state, problem);
            }
            if (state != one.state() || !problem.equals(one.problem())) {
                put(one.module().policy().id(), hold(one.module(), state, problem));
            }
            standings.add(Standing.of(one.module().policy(), state, problem));
        }
        return List.copyOf(standings);
    }

    private String drift(RegoModule module) {
        try {
            store.prove(List.of(module));
            return "";
        } catch (PolicyException e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            return "the server could not be asked: " + e.getClass().getSimpleName();
        }
    }

    List<Standing> standings() {
        List<Standing> standings = new ArrayList<>();
        held.values().forEach(one -> standings.add(Standing.of(one.module().policy(), one.state(), one.problem())));
        standings.addAll(ledger.standings());
        return List.copyOf(standings);
    }

    @Override
    public void close() {
        closed = true;
        held = Map.of();
    }

    private void put(String id, Held one) {
        Map<String, Held> changed = new LinkedHashMap<>(held);
        changed.put(id, one);
        held = Map.copyOf(changed);
    }

    private Held hold(RegoModule module, State state, String problem) {
        generations++;
        return new Held(module, state, problem, generations);
    }

    private static Finding lifecycle(Policy policy, String message) {
        return new Finding(policy.id(), "lifecycle", message);
    }
}
