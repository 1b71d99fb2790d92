package io.aios.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.ReasonCodes;
import io.aios.policy.opa.OpaLifecycle.Standing;
import io.aios.policy.opa.OpaLifecycle.State;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.pdp.PolicyEvent;
import io.aios.policy.rules.RulePolicies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draft, active, retired: what a host sees of it, moves, and may rely on. */
class OpaLifecycleTest {
    private static final OpaDouble.Answer PERMIT = OpaDouble.Answer.json("{\"result\":{\"allow\":true}}");

    private final OpaDouble opa = new OpaDouble();
    private final OpaLifecycle lifecycle = OpaLifecycle.of(Map.of("url", opa.url(), "tenant", "t1"));
    private final List<PolicyEvent> events = new ArrayList<>();
    private final PolicyDecisionPoint point = PolicyDecisionPoint.builder()
            .engine(lifecycle.provider())
            .listener(events::add)
            .build();

    @BeforeEach
    void permitWhateverIsAsked() {
        opa.answer(question -> PERMIT);
    }

    @AfterEach
    void close() {
        point.close();
        opa.close();
    }

    @Test
    void aDraftIsCheckedStaysInTheHouseAndNeverPermits() {
        Policy tools = OpaPolicies.tools();
        assertThat(lifecycle.draft(tools)).isEqualTo(standing(tools, State.DRAFT));
        assertThat(lifecycle.policies()).containsExactly(standing(tools, State.DRAFT));
        assertThat(opa.asked()).isEmpty();
        activate();
        assertThat(decided()).isEqualTo(ReasonCodes.NO_POLICY);
        assertThatThrownBy(() -> lifecycle.draft(OpaPolicies.tools("package tenants.t2.tools\ndecision := 1")))
                .isInstanceOf(InvalidPolicyException.class);
    }

    @Test
    void activationMakesADraftActiveAndLeavingItOutRetiresIt() {
        Policy first = OpaPolicies.tools();
        Policy second = version("2");
        Standing drafted = lifecycle.draft(first);
        assertThat(drafted.state()).isEqualTo(State.DRAFT);
        activate(first);
        assertThat(lifecycle.policies()).containsExactly(standing(first, State.ACTIVE));
        assertThat(decided()).isEqualTo("PERMIT");
        activate(second);
        assertThat(lifecycle.policies())
                .containsExactly(standing(second, State.ACTIVE), standing(first, State.RETIRED));
        activate();
        assertThat(lifecycle.policies())
                .extracting(Standing::version, Standing::state)
                .containsExactly(tuple("1", State.RETIRED), tuple("2", State.RETIRED));
        assertThat(opa.policies()).isEmpty();
        activate(first);
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @Test
    void whatTheHostRetiresLeavesTheServerDeniesAtOnceAndNeverComesBack() {
        Policy tools = OpaPolicies.tools();
        activate(tools);
        lifecycle.retire("tools");
        assertThat(opa.policies()).isEmpty();
        assertThat(lifecycle.policies()).containsExactly(standing(tools, State.RETIRED));
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_RETIRED);
        assertThat(point.activate(List.of(tools)).findings())
                .extracting(finding -> finding.message())
                .containsExactly("RETIRED for good, so it denies; give it another version");
        assertThat(opa.policies()).isEmpty();
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_RETIRED);
        assertThatThrownBy(() -> lifecycle.draft(tools)).hasMessageContaining("retired for good");
        lifecycle.retire("tools");
        activate(version("2"));
        assertThat(decided()).isEqualTo("PERMIT");
        assertThatThrownBy(() -> lifecycle.retire("nothing")).isInstanceOf(InvalidPolicyException.class);
    }

    @Test
    void aRetirementTheServerDidNotCarryOutDeniesAllTheSame() {
        activate(OpaPolicies.tools());
        opa.manage(question ->
                question.method().equals("DELETE") ? new OpaDouble.Answer(500, "application/json", "{}") : null);
        assertThatThrownBy(() -> lifecycle.retire("tools")).isInstanceOf(EngineUnavailableException.class);
        assertThat(opa.policies()).hasSize(1);
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_RETIRED);
        opa.manage(question -> null);
        lifecycle.retire("tools");
        assertThat(opa.policies()).isEmpty();
    }

    @Test
    void aServerThatIsGoneDoesNotKeepAHostFromLeavingIt() {
        activate(OpaPolicies.tools());
        opa.manage(question -> new OpaDouble.Answer(503, "application/json", "{}"));
        assertThat(point.activate(List.of()).findings())
                .extracting(finding -> finding.message())
                .contains("the server still holds it: activate again when it answers");
        assertThat(opa.policies()).hasSize(1);
        assertThat(decided()).isEqualTo(ReasonCodes.NO_POLICY);
        opa.manage(question -> null);
        assertThat(point.activate(List.of()).findings()).isEmpty();
        assertThat(opa.policies()).isEmpty();
    }

    @Test
    void aFailedActivationElsewhereDoesNotBringARetiredPolicyBack() {
        Policy tools = OpaPolicies.tools();
        Policy broken = Policy.of("rules", "1", Map.of("rules", List.of(Map.of("id", "x"))));
        activate(tools);
        lifecycle.retire("tools");
        assertThatThrownBy(() -> point.activate(List.of(broken))).isInstanceOf(InvalidPolicyException.class);
        assertThat(opa.policies()).isEmpty();
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_RETIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other bytes", "lost", "foreign module", "parent module", "unreachable", "golden"})
    void whatChangedBehindOurBackIsFoundDeniesAndHealsOnlyByProof(String drift) {
        Map<String, Object> body = new HashMap<>(OpaPolicies.body(OpaPolicies.REGO));
        body.put("golden", List.of(Map.of("request", Map.of("x", 1), "expect", "permit")));
        Policy tools = Policy.of("tools", "1", body);
        activate(tools);
        assertThat(lifecycle.recheck()).containsExactly(standing(tools, State.ACTIVE));
        switch (drift) {
            case "other bytes" -> opa.plant("aios/t1/tools", OpaPolicies.REGO + "# changed\n");
            case "lost" -> opa.forget();
            case "foreign module" -> opa.plant("aios/t2/evil", "package tenants.t1.tools\ndecision := {}");
            case "parent module" -> opa.plant("x", "package tenants.t1\ntools.decision := {}");
            case "unreachable" -> opa.manage(question -> new OpaDouble.Answer(503, "application/json", "{}"));
            default -> opa.answer(question -> OpaDouble.Answer.json("{\"result\":{\"allow\":false}}"));
        }
        assertThat(lifecycle.recheck())
                .singleElement()
                .satisfies(found -> assertThat(found.state()).isEqualTo(State.DRIFTED))
                .satisfies(found -> assertThat(found.problem()).isNotEmpty());
        permitWhateverIsAsked();
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_DRIFTED);
        opa.manage(question -> null);
        opa.forget();
        opa.plant("aios/t1/tools", OpaPolicies.REGO);
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_DRIFTED);
        assertThat(lifecycle.recheck()).containsExactly(standing(tools, State.ACTIVE));
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @Test
    void aServerThatForgotIsFilledAgainByTheNextActivation() {
        activate(OpaPolicies.tools());
        int before = opa.asked().size();
        activate(OpaPolicies.tools());
        assertThat(opa.asked().subList(before, opa.asked().size()))
                .as("what is there is not uploaded again")
                .noneMatch(asked -> asked.method().equals("PUT"));
        opa.forget();
        assertThat(lifecycle.recheck()).extracting(Standing::state).containsExactly(State.DRIFTED);
        activate(OpaPolicies.tools());
        assertThat(opa.policies()).hasSize(1);
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"package tenants.t1.tools", "package tenants.t1", "package tenants.t1.tools.deep"})
    void aModuleThatAlreadySpeaksForThePackageStopsTheActivation(String header) {
        opa.plant("somebody/else", header + "\ndecision := {}");
        assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools())))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("module somebody/else on the server speaks for package");
        assertThat(opa.policies()).containsOnlyKeys("somebody/else");
    }

    /** The first answer is held back until the policy has been replaced; what it says is by then about a draft. */
    @Test
    void anAnswerThatCrossesAReplacementDoesNotCount() throws Exception {
        activate(OpaPolicies.tools());
        CountDownLatch asked = new CountDownLatch(1);
        Semaphore answer = new Semaphore(0);
        opa.answer(question -> {
            asked.countDown();
            answer.acquireUninterruptibly();
            return PERMIT;
        });
        var decision = point.decideAsync(OpaPolicies.call("search_kb", 5)).toCompletableFuture();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        Policy next = OpaPolicies.tools(OpaPolicies.REGO + "\n# second\n");
        activate(next);
        answer.release(1000);
        assertThat(decision.get(20, TimeUnit.SECONDS).isPermit()).isFalse();
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @Test
    void whileADraftIsOnItsWayItsPredecessorIsNotAskedEither() {
        activate(OpaPolicies.tools());
        List<String> during = new ArrayList<>();
        opa.manage(question -> {
            if (question.method().equals("PUT")) {
                during.add(decided());
            }
            return null;
        });
        activate(OpaPolicies.tools(OpaPolicies.REGO + "\n# second\n"));
        assertThat(during).containsExactly(ReasonCodes.POLICY_DRAFT);
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @Test
    void anActivationThatCannotBeUndoneLeavesAPolicyThatDenies() {
        activate(OpaPolicies.tools());
        opa.manage(question -> {
            if (question.method().equals("PUT")) {
                opa.plant("aios/t1/tools", "package tenants.t1.tools\n# half written");
                return new OpaDouble.Answer(500, "application/json", "{}");
            }
            return null;
        });
        assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools(OpaPolicies.REGO + "\n# second\n"))))
                .isInstanceOf(EngineUnavailableException.class);
        assertThat(decided()).isEqualTo(ReasonCodes.POLICY_DRIFTED);
        opa.manage(question -> null);
        assertThat(lifecycle.recheck()).extracting(Standing::state).containsExactly(State.DRIFTED);
        activate(OpaPolicies.tools());
        assertThat(decided()).isEqualTo("PERMIT");
    }

    @Test
    void aFirstActivationThatFailsTakesAwayThatEngineAndNoOther() {
        Policy rules = RulePolicies.toolAllowList("allowed", "1", List.of("search_kb"));
        Policy remote = Policy.of("pay", "1", payments());
        opa.manage(question -> new OpaDouble.Answer(503, "application/json", "{}"));
        assertThat(point.activate(List.of(rules, remote)).unavailable()).containsOnlyKeys("opa");
        assertThat(decided()).as("the built-in rules decide").isEqualTo("PERMIT");
        assertThat(paid()).isEqualTo(ReasonCodes.ENGINE_UNAVAILABLE);
        opa.manage(question -> null);
        activate(rules, remote);
        assertThat(paid()).isEqualTo("PERMIT");
    }

    @Test
    void anAuthorsMistakeIsThrownAndTheOtherEnginesDecideWhenNothingWasInForce() {
        Policy rules = RulePolicies.toolAllowList("allowed", "1", List.of("search_kb"));
        Map<String, Object> body = payments();
        body.put("rego", "package tenants.t2.pay\ndecision := {}");
        Policy broken = Policy.of("pay", "1", body);
        assertThatThrownBy(() -> point.activate(List.of(broken, rules)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("policy pay");
        assertThat(decided()).isEqualTo("PERMIT");
        assertThat(paid()).isEqualTo(ReasonCodes.ENGINE_UNAVAILABLE);
        assertThat(events.get(0)).isInstanceOf(PolicyEvent.ActivationRefused.class);
        assertThat(events.get(1)).isInstanceOf(PolicyEvent.Activated.class);
    }

    @Test
    void whenPoliciesAreInForceAFailureLeavesExactlyThemInForce() {
        Policy rules = RulePolicies.toolAllowList("allowed", "1", List.of("search_kb"));
        Policy wider = RulePolicies.toolAllowList("allowed", "2", List.of("search_kb", "rm_rf"));
        activate(rules, OpaPolicies.tools());
        Policy broken = OpaPolicies.tools("package tenants.t2.tools\ndecision := {}");
        assertThatThrownBy(() -> point.activate(List.of(wider, broken))).isInstanceOf(InvalidPolicyException.class);
        assertThat(decided()).isEqualTo("PERMIT");
        assertThat(said("rm_rf")).isEqualTo(ReasonCodes.TOOL_NOT_ALLOWED);
    }

    @Test
    void oneLifecycleServesOneDecisionPointWithItsOwnSettings() {
        activate(OpaPolicies.tools());
        try (PolicyDecisionPoint second =
                PolicyDecisionPoint.builder().engine(lifecycle.provider()).build()) {
            assertThat(second.activate(List.of(OpaPolicies.tools()))
                            .unavailable()
                            .get("opa"))
                    .contains("already serves a decision point");
        }
        OpaLifecycle other = OpaLifecycle.of(Map.of("url", opa.url(), "tenant", "t1"));
        try (PolicyDecisionPoint third = PolicyDecisionPoint.builder()
                .engine(other.provider())
                .engineSettings("opa", Map.of("url", "http://127.0.0.1:1", "tenant", "t2"))
                .build()) {
            assertThat(third.activate(List.of(OpaPolicies.tools()))
                            .unavailable()
                            .get("opa"))
                    .contains("give the decision point none");
        }
    }

    private void activate(Policy... policies) {
        assertThat(point.activate(List.of(policies)).unavailable()).isEmpty();
    }

    private String decided() {
        return said("search_kb");
    }

    private String said(String tool) {
        return point.decide(OpaPolicies.call(tool, 5))
                .fold(
                        permit -> "PERMIT",
                        review -> "REVIEW",
                        deny -> deny.outcome().reasonCodes().get(0));
    }

    private String paid() {
        return point.decide(io.aios.policy.PolicyRequest.of(
                        io.aios.policy.PolicyRequest.Subject.of("user", "u"),
                        io.aios.policy.PolicyRequest.Action.of("pay"),
                        io.aios.policy.PolicyRequest.Resource.of("account", "a")))
                .fold(
                        permit -> "PERMIT",
                        review -> "REVIEW",
                        deny -> deny.outcome().reasonCodes().get(0));
    }

    private static Map<String, Object> payments() {
        return new HashMap<>(Map.of(
                "engine",
                "opa",
                "actions",
                List.of("pay"),
                "input",
                Map.of(),
                "rego",
                "package tenants.t1.pay\ndecision := {\"allow\": true}\n"));
    }

    private static Policy version(String version) {
        return Policy.of("tools", version, OpaPolicies.body(OpaPolicies.REGO + "\n# version " + version + "\n"));
    }

    private static Standing standing(Policy policy, State state) {
        return Standing.of(policy, state, "");
    }
}
