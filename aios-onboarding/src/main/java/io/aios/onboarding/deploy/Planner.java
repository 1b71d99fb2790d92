package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.OPEN_RUN;
import static io.aios.onboarding.deploy.DeploymentException.Reason.REFUSED;

import io.aios.onboarding.pack.AgentDefinition;
import io.aios.onboarding.pack.FileEntry;
import io.aios.onboarding.pack.FileRole;
import io.aios.onboarding.pack.OnboardingException;
import io.aios.onboarding.pack.PackagePolicies;
import io.aios.onboarding.pack.SecretScan;
import io.aios.onboarding.pack.StrictYaml;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares what runs with what should run; writes nothing. */
final class Planner {
    private final OrgId org;
    private final VerifiedPackage content;
    private final DeploymentTarget target;
    private final TargetState state;
    private final SortedMap<String, Digest> wanted;
    private final SortedMap<String, String> changes = new TreeMap<>();

    private Planner(VerifiedPackage content, DeploymentTarget target, TargetState state) {
        this.org = content.manifest().orgId();
        this.content = content;
        this.target = target;
        this.state = state;
        this.wanted = resources(content);
    }

    /** What a package puts on a target: everything but its golden suites. */
    static SortedMap<String, Digest> resources(VerifiedPackage content) {
        SortedMap<String, Digest> resources = new TreeMap<>();
        for (FileEntry file : content.manifest().files()) {
            if (file.role() != FileRole.GOLDEN) {
                resources.put(file.path(), file.sha256());
            }
        }
        return resources;
    }

    static PlannedDeployment plan(VerifiedPackage content, DeploymentTarget target, TargetState state) {
        requireReadable(content);
        Map<Digest, VerifiedPackage> packages = Map.of(content.hash(), content);
        Optional<DeploymentLog.Run> open = state.log().openRun();
        if (open.isPresent()) {
            Plan plan = open.get().plan();
            if (plan.kind() != Plan.Kind.DEPLOY || !plan.packageHash().equals(content.hash())) {
                throw new DeploymentException(
                        OPEN_RUN,
                        "run " + open.get().id() + " of package "
                                + plan.packageHash().hex()
                                + " is unfinished; finish it with that package or abandon it");
            }
            return new PlannedDeployment(
                    plan, content, packages, target, open.get().id());
        }
        return new PlannedDeployment(new Planner(content, target, state).plan(), content, packages, target, null);
    }

    private static void requireReadable(VerifiedPackage content) {
        for (FileEntry file : content.manifest().files()) {
            if (file.role() == FileRole.AGENT) {
                AgentDefinition agent = AgentDefinition.of(file.path(), content.document(file.path()));
                if (agent.prompt() != null && !content.paths().contains("prompts/" + agent.prompt())) {
                    throw new DeploymentException(
                            REFUSED,
                            file.path() + " uses the prompt " + agent.prompt() + ", which is not in the package");
                }
            }
        }
        PackagePolicies.check(content);
        SecretScan.requireNone(content);
    }

    private Plan plan() {
        SortedMap<String, Digest> owned = state.log().resources();
        SortedMap<String, Digest> end = new TreeMap<>(state.resources());
        List<Step> steps = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(wanted.keySet());
        keys.addAll(owned.keySet());
        for (String key : keys) {
            Digest before = state.resources().get(key);
            Digest after = wanted.get(key);
            if (!Objects.equals(before, owned.get(key))) {
                changes.put("drift:" + key, drift(owned.get(key), before));
            }
            if (!Objects.equals(before, after)) {
                Step step = new Step(key, before, after, content.hash());
                steps.add(step);
                if (!state.log().runs().isEmpty()) {
                    explain(step);
                }
            }
            if (after == null) {
                end.remove(key);
            } else {
                end.put(key, after);
            }
        }
        rollback();
        return new Plan(
                Plan.Kind.DEPLOY,
                org,
                content.hash(),
                target.identity(),
                state.log().count(),
                state.digest(),
                TargetState.digest(end),
                steps,
                changes);
    }

    private static String drift(@Nullable Digest left, @Nullable Digest found) {
        if (left == null) {
            return "is on the target and no deployment put it there";
        }
        return found == null ? "was deleted on the target by hand" : "was changed on the target by hand";
    }

    /** From the second deployment on, a changed policy, tool grant or prompt always needs a human. */
    private void explain(Step step) {
        FileRole role = FileRole.of(step.key());
        if (role == FileRole.POLICY || role == FileRole.PROMPT) {
            role.item(step.key()).ifPresent(item -> changes.put(item, role.wireName() + " " + step.action() + "d"));
        } else if (role == FileRole.AGENT) {
            String change = agentChange(step);
            if (change != null) {
                role.item(step.key()).ifPresent(item -> changes.put(item, change));
            }
        }
    }

    private @Nullable String agentChange(Step step) {
        if (step.after() == null) {
            return null;
        }
        AgentDefinition now = AgentDefinition.of(step.key(), content.document(step.key()));
        Optional<byte[]> old = target.read(org, step.key());
        if (old.isEmpty()) {
            return now.tools().isEmpty() ? null : "tool grant changed: now " + now.tools();
        }
        try {
            AgentDefinition was = AgentDefinition.of(step.key(), StrictYaml.readMapping(step.key(), old.get()));
            if (!was.tools().equals(now.tools())) {
                return "tool grant changed: was " + was.tools() + ", now " + now.tools();
            }
            return Objects.equals(was.prompt(), now.prompt()) ? null : "prompt changed: now " + now.prompt();
        } catch (OnboardingException e) {
            return "tool grant changed: the agent on the target cannot be read";
        }
    }

    private void rollback() {
        state.log().runs().stream()
                .filter(run -> run.end() != null)
                .map(run -> run.plan().packageHash())
                .reduce((first, second) -> second)
                .filter(last -> !last.equals(content.hash()))
                .filter(last -> !last.equals(content.manifest().previous()))
                .ifPresent(last -> changes.put(
                        "history",
                        "package " + content.hash().hex() + " does not follow " + last.hex()
                                + ", which runs now (rollback or skipped version)"));
    }

    /** All that the history of one target says, for a fresh one. */
    static PlannedDeployment replay(
            OrgId org, TargetState original, Function<Digest, VerifiedPackage> packages, DeploymentTarget fresh) {
        TargetState state = fresh.state(org);
        Map<Digest, VerifiedPackage> used = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        Plan last = null;
        for (DeploymentLog.Run run : original.log().runs()) {
            for (Step step : run.done()) {
                steps.add(step);
                if (step.after() != null) {
                    used.computeIfAbsent(step.packageHash(), packages);
                }
            }
            last = run.end() == null ? last : run.plan();
        }
        if (last == null || original.log().openRun().isPresent()) {
            throw new DeploymentException(
                    REFUSED, "the original target has no finished deployment, or an unfinished one");
        }
        VerifiedPackage content = used.computeIfAbsent(last.packageHash(), packages);
        Optional<DeploymentLog.Run> open = state.log().openRun();
        if (open.isPresent() && open.get().plan().kind() == Plan.Kind.REPLAY) {
            return new PlannedDeployment(
                    open.get().plan(), content, used, fresh, open.get().id());
        }
        if (state.log().count() != 0 || !state.resources().isEmpty()) {
            throw new DeploymentException(
                    REFUSED, "target " + fresh.identity().id() + " is not fresh; replay needs an empty one");
        }
        SortedMap<String, Digest> end = new TreeMap<>();
        for (Step step : steps) {
            if (step.after() == null) {
                end.remove(step.key());
            } else {
                end.put(step.key(), step.after());
            }
        }
        Plan plan = new Plan(
                Plan.Kind.REPLAY,
                org,
                last.packageHash(),
                fresh.identity(),
                0,
                state.digest(),
                TargetState.digest(end),
                steps,
                new TreeMap<>());
        return new PlannedDeployment(plan, content, used, fresh, null);
    }
}
