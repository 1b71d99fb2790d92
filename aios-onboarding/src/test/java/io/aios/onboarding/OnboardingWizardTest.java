package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.OnboardingException;
import io.aios.onboarding.pack.PackagePolicies;
import io.aios.onboarding.testing.Fixtures;
import io.aios.policy.Decision;
import io.aios.policy.Effect;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.tenancy.InvalidOrgIdException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnboardingWizardTest {
    private final OnboardingWizard wizard = new OnboardingWizard(Fixtures.CLEVELAND, Fixtures.onePerson());

    private static Map<String, Object> input() {
        return Map.of(
                "tenant_name", "City of Cleveland",
                "departments",
                        List.of(
                                Map.of("name", "Human Resources", "confidence", Map.of("score", 0.97)),
                                Map.of("name", "Building", "confidence", 0.84)),
                "agents",
                        List.of(
                                Map.of(
                                        "name", "hr_agent",
                                        "confidence", 0.95,
                                        "department", "Human Resources",
                                        "tools", List.of("kb_search"),
                                        "prompt", "You help. {{ not a template }} !!tag\n"),
                                Map.of("name", "building_agent", "department", "Building")),
                "knowledge_sources", List.of(Map.of("name", "handbook", "location", "s3://handbook")));
    }

    @Test
    void discoveryBecomesAChecklistAndThenAPackage() {
        wizard.discover(Discovery.of(input()));
        assertThat(wizard.checklist())
                .extracting(OnboardingWizard.Check::subject, OnboardingWizard.Check::message)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "department:Building", "needs a human: confidence 0.84 is below 0.90"),
                        org.assertj.core.groups.Tuple.tuple(
                                "agent:building_agent", "needs a human: confidence is missing"),
                        org.assertj.core.groups.Tuple.tuple("agent:building_agent", "has no prompt"));

        DeploymentPackage built = wizard.build(Fixtures.NOW, "builder");

        assertThat(built.paths())
                .containsExactly(
                        "agents/building_agent.yaml",
                        "agents/hr_agent.yaml",
                        "context/knowledge_sources.json",
                        "policies/cost_optimization.yaml",
                        "policies/default_governance.yaml",
                        "policies/human_review.yaml",
                        "prompts/hr_agent/system.md");
        assertThat(built.text("prompts/hr_agent/system.md")).isEqualTo("You help. {{ not a template }} !!tag\n");
        assertThat(built.document("agents/hr_agent.yaml")).containsEntry("prompt", "hr_agent/system.md");
        assertThat(wizard.state()).isEqualTo(OnboardingWizard.State.PACKAGED);
    }

    @Test
    void stepsOutOfTurnAreRefused() {
        assertThatThrownBy(() -> wizard.checklist().size()).isInstanceOf(WizardException.class);
        assertThatThrownBy(() -> wizard.build(Fixtures.NOW, "b").hash())
                .hasMessageContaining("cannot build when STARTED");
        wizard.discover(Discovery.of(input()));
        assertThatThrownBy(() -> wizard.build(Fixtures.NOW, "b").hash())
                .hasMessage("cannot build when DISCOVERED; allowed when [CHECKED]");
        assertThat(wizard.checklist()).isNotEmpty();
        wizard.discover(Discovery.of(input()));
        assertThat(wizard.state()).isEqualTo(OnboardingWizard.State.DISCOVERED);
        assertThat(wizard.checklist()).isNotEmpty();
        assertThat(wizard.build(Fixtures.NOW, "b").hash()).isNotNull();
        assertThatThrownBy(() -> wizard.discover(Discovery.of(input()))).hasMessageContaining("PACKAGED");
        assertThatThrownBy(() -> wizard.build(Fixtures.NOW, "b").hash()).isInstanceOf(WizardException.class);
    }

    @Test
    void whatCannotWorkBlocks() {
        wizard.discover(Discovery.of(
                Map.of("tenant_name", "X", "departments", List.of(Map.of("name", "A"), Map.of("name", "A")))));
        assertThat(wizard.checklist())
                .filteredOn(OnboardingWizard.Check::blocks)
                .extracting(OnboardingWizard.Check::subject)
                .containsExactly("department:A", "agents");
        assertThatThrownBy(() -> wizard.build(Fixtures.NOW, "b").hash()).isInstanceOf(WizardException.class);
        wizard.discover(Discovery.of(
                Map.of("tenant_name", "X", "agents", List.of(Map.of("name", "a", "department", "nowhere")))));
        assertThat(wizard.checklist()).anyMatch(OnboardingWizard.Check::blocks);
    }

    /** Attack 49: names that lead elsewhere, are templates, or look like another. */
    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "hr\u0430gent", "a/b", "nul", "{{x}}", "!!tag", "a b", ".."})
    void anAgentsNameThatIsNoFileNameIsRefused(String name) {
        OnboardingWizard own = new OnboardingWizard(Fixtures.CLEVELAND, Fixtures.onePerson());
        own.discover(Discovery.of(Map.of("tenant_name", "X", "agents", List.of(Map.of("name", name)))));
        assertThat(own.checklist()).isNotEmpty();
        assertThatThrownBy(() -> own.build(Fixtures.NOW, "b").hash()).isInstanceOf(OnboardingException.class);
        assertThat(own.state()).isEqualTo(OnboardingWizard.State.CHECKED);
    }

    /** Attack 49: a hundred thousand departments, hidden characters, confidences that are text. */
    @Test
    void badDiscoveryIsRefusedByName() {
        assertThatThrownBy(() -> OrgId.of("../../etc")).isInstanceOf(InvalidOrgIdException.class);
        assertThatThrownBy(() -> Discovery.of(Map.of("tenant_name", "X", "extra", 1)))
                .hasMessage("discovery: unknown field \"extra\"");
        assertThatThrownBy(() -> Discovery.of(Map.of())).hasMessageContaining("tenant_name");
        assertThatThrownBy(() -> Discovery.of(
                        Map.of("tenant_name", "X", "departments", Collections.nCopies(100_000, Map.of("name", "A")))))
                .hasMessageContaining("at most 1000");
        assertThatThrownBy(() -> Discovery.of(Map.of("tenant_name", "X\u202e")))
                .isInstanceOf(OnboardingException.class);
        assertThat(Discovery.of(Map.of(
                                "tenant_name", "X", "departments", List.of(Map.of("name", "A", "confidence", "0.95"))))
                        .departments()
                        .get(0)
                        .confidence()
                        .score())
                .isNull();
    }

    @Test
    void theRuleEngineLoadsAndEvaluatesTheTemplatesFromThePackage() {
        wizard.discover(Discovery.of(input()));
        assertThat(wizard.checklist()).isNotEmpty();
        DeploymentPackage built = wizard.build(Fixtures.NOW, "builder");
        List<Policy> policies = PackagePolicies.of(built);
        assertThat(policies)
                .extracting(Policy::id)
                .containsExactly("cost_optimization", "default_governance", "human_review");
        assertThat(policies.get(1).digest())
                .isEqualTo(Digest.sha256(built.bytes("policies/default_governance.yaml"))
                        .hex());

        try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policies.toArray(new Policy[0]))) {
            assertThat(decide(point, "request.handle", Map.of("risk", Map.of("level", "low", "score", 0.1))))
                    .isEqualTo(Effect.PERMIT);
            assertThat(decide(point, "request.handle", Map.of("risk", Map.of("level", "high", "score", 0.7))))
                    .isEqualTo(Effect.REVIEW);
            assertThat(decide(point, "deployment.approve", Map.of("confidence", Map.of("score", 0.9))))
                    .isEqualTo(Effect.PERMIT);
            assertThat(decide(point, "deployment.approve", Map.of("confidence", Map.of("score", 0.84))))
                    .isEqualTo(Effect.REVIEW);
        }
    }

    private static Effect decide(PolicyDecisionPoint point, String action, Map<String, Object> context) {
        Decision decision = point.decide(PolicyRequest.of(
                        PolicyRequest.Subject.of("user", "u"),
                        PolicyRequest.Action.of(action),
                        PolicyRequest.Resource.of("thing", "t"))
                .withContext(context));
        return decision.effect();
    }
}
