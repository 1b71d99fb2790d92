package io.aios.onboarding;

import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.Candidate;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.policy.Policy;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From discovery to a package, one step after the other: {@link #discover}, {@link #checklist}, {@link #build}.
 *
 * <p>The templates are the policy module's {@code default_governance}, {@code cost_optimization} and
 * {@code human_review}; as they come with this library unchanged, their confidence is 1. Not for several threads.
 */
public final class OnboardingWizard {
    private final OrgId org;
    private final ApprovalPolicy policy;
    private State state = State.STARTED;
    private @Nullable Discovery discovery;

    /** Where the wizard stands. */
    public enum State {
        /** Nothing is known yet. */
        STARTED,
        /** Discovery is there and not checked. */
        DISCOVERED,
        /** The checklist has no blocker. */
        CHECKED,
        /** The package was built. */
        PACKAGED
    }

    /**
     * A line of the checklist.
     *
     * @param subject what it is about
     * @param blocks whether no package can be built before it is mended
     * @param message what is the matter, in one sentence
     */
    public record Check(String subject, boolean blocks, String message) {}

    /** Starts for an organisation; the policy says which confidences will need a human. */
    public OnboardingWizard(OrgId org, ApprovalPolicy policy) {
        this.org = org;
        this.policy = policy;
    }

    /** Where it stands. */
    public State state() {
        return state;
    }

    /**
     * Takes what discovery found, in place of anything before.
     *
     * @throws WizardException when a package was built already
     */
    public void discover(Discovery found) {
        require("discover", State.STARTED, State.DISCOVERED, State.CHECKED);
        discovery = found;
        state = State.DISCOVERED;
    }

    /**
     * Says what blocks and what a human will have to look at.
     *
     * @throws WizardException before discovery or after the package was built
     */
    public List<Check> checklist() {
        require("check", State.DISCOVERED, State.CHECKED);
        List<Check> checks = new ArrayList<>();
        Discovery found = found();
        Set<String> departments = new HashSet<>();
        for (Discovery.Department department : found.departments()) {
            if (!departments.add(department.name())) {
                checks.add(new Check("department:" + department.name(), true, "is there twice"));
            }
            confidence("department:" + department.name(), department.confidence(), checks);
        }
        if (found.agents().isEmpty()) {
            checks.add(new Check("agents", true, "no agent was found; a package needs one"));
        }
        Set<String> agents = new HashSet<>();
        for (Discovery.Agent agent : found.agents()) {
            String subject = "agent:" + agent.name();
            if (!agents.add(agent.name())) {
                checks.add(new Check(subject, true, "is there twice"));
            }
            Object department = agent.definition().get("department");
            if (department != null && !departments.contains(department)) {
                checks.add(new Check(subject, true, "belongs to a department that was not found"));
            }
            confidence(subject, agent.confidence(), checks);
            if (agent.prompt() == null) {
                checks.add(new Check(subject, false, "has no prompt"));
            }
        }
        state = checks.stream().anyMatch(Check::blocks) ? State.DISCOVERED : State.CHECKED;
        return checks;
    }

    private void confidence(String subject, Confidence confidence, List<Check> checks) {
        policy.needs(List.of(new Candidate(subject, confidence, null)))
                .forEach(need ->
                        checks.add(new Check(subject, false, "needs a human: " + String.join("; ", need.reasons()))));
    }

    /**
     * Builds the package.
     *
     * @throws WizardException unless the checklist was made and nothing blocks
     * @throws io.aios.onboarding.pack.OnboardingException when a name or field cannot be in a package
     */
    public DeploymentPackage build(Instant createdAt, String createdBy) {
        require("build", State.CHECKED);
        Discovery found = found();
        PackageBuilder builder = DeploymentPackage.builder(org)
                .tenantName(found.tenantName())
                .createdAt(createdAt)
                .createdBy(createdBy);
        for (Discovery.Department department : found.departments()) {
            builder = builder.department(department.name(), department.confidence());
        }
        for (Discovery.Agent agent : found.agents()) {
            builder = agent(builder, agent);
        }
        for (Policy template : templates()) {
            builder = builder.policy(template, Confidence.of(1));
        }
        if (!found.knowledgeSources().isEmpty()) {
            builder = builder.context(
                    "knowledge_sources",
                    found.knowledgeSources().stream()
                            .map(source -> Map.of("name", source.name(), "location", source.location()))
                            .toList());
        }
        DeploymentPackage built = builder.build();
        state = State.PACKAGED;
        return built;
    }

    private static PackageBuilder agent(PackageBuilder builder, Discovery.Agent agent) {
        if (agent.prompt() == null) {
            return builder.agent(agent.name(), agent.confidence(), agent.definition());
        }
        String path = agent.name() + "/system.md";
        Map<String, @Nullable Object> definition = new TreeMap<>(agent.definition());
        definition.put("prompt", path);
        return builder.agent(agent.name(), agent.confidence(), definition)
                .prompt(path, agent.confidence(), agent.prompt());
    }

    /** The policies every package starts with. */
    public static List<Policy> templates() {
        return List.of(RulePolicies.defaultGovernance(), RulePolicies.costOptimization(), RulePolicies.humanReview());
    }

    private Discovery found() {
        if (discovery == null) {
            throw new WizardException("nothing was discovered yet");
        }
        return discovery;
    }

    private void require(String step, State... allowed) {
        if (!List.of(allowed).contains(state)) {
            throw new WizardException("cannot " + step + " when " + state + "; allowed when " + List.of(allowed));
        }
    }
}
