package io.aios.certify;

import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.policy.Decision;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import io.aios.policy.contract.ContractCheck;
import io.aios.policy.contract.EngineContract;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** POLICY-001: nothing is permitted because something is missing. */
final class PolicyChecks {
    private static final List<String> REQUIRED = List.of(
            "without_policy_everything_is_denied",
            "an_unlisted_tool_is_denied",
            "a_missing_attribute_is_denied",
            "a_null_attribute_is_denied");
    private static final Subject AGENT = Subject.of("agent", "certify");

    private final Host host;
    private final Checks checks = new Checks("FoundationTest");

    private PolicyChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        PolicyChecks group = new PolicyChecks(host);
        group.failClosed();
        group.engines();
        return new Group("POLICY-001", "Policy decisions", REQUIRED, group.checks.list());
    }

    private void failClosed() {
        checks.add("without_policy_everything_is_denied", "FoundationTest.withoutAnyPolicyEverythingIsDenied", () -> {
            try (PolicyDecisionPoint empty = PolicyDecisionPoint.of()) {
                denied(empty.decide(tool("kb_search")), ReasonCodes.NO_POLICY);
            }
        });
        checks.add("an_unlisted_tool_is_denied", "FoundationTest.aToolOnTheListIsAllowedAndAnyOtherDenied", () -> {
            try (PolicyDecisionPoint point =
                    PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("kb_search")))) {
                require(point.decide(tool("kb_search")) instanceof Decision.Permit, "a listed tool is denied");
                denied(point.decide(tool("drop_table")), ReasonCodes.TOOL_NOT_ALLOWED);
                denied(point.decide(tool("kb_se\u0430rch")), ReasonCodes.TOOL_NAME_UNSAFE);
            }
        });
        checks.add(
                "an_empty_tool_list_denies_every_tool", "FoundationTest.aNullListAndAnEmptyListDenyEveryTool", () -> {
                    try (PolicyDecisionPoint point =
                            PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of()))) {
                        require(
                                point.decide(tool("kb_search")) instanceof Decision.Deny,
                                "an empty list permits a tool");
                    }
                });
        attribute("a_missing_attribute_is_denied", ReasonCodes.ATTRIBUTE_MISSING, Map.of());
        Map<String, @Nullable Object> none = new HashMap<>();
        none.put("amount", null);
        attribute("a_null_attribute_is_denied", ReasonCodes.ATTRIBUTE_NULL, none);
        attribute("an_attribute_of_another_type_is_denied", ReasonCodes.ATTRIBUTE_TYPE, Map.of("amount", "10"));
        checks.add(
                "the_host_denies_a_tool_nobody_knows",
                "FoundationTest",
                () -> require(
                        host.decisions().decide(tool("no_policy_permits_this")) instanceof Decision.Deny,
                        "the host's decision point permits a tool that nobody knows"));
    }

    private void attribute(String name, String reason, Map<String, ? extends @Nullable Object> context) {
        checks.add(
                name,
                "RequiredAttributesProperties.removingOrNullingAnyRequiredAttributeNeverPermitsAndNeverAsksTheEngine",
                () -> {
                    Policy policy = new RulesFixture().permitsUpToThousand("amount");
                    try (PolicyDecisionPoint point = PolicyDecisionPoint.of(policy)) {
                        PolicyRequest request = PolicyRequest.of(AGENT, Action.of("pay"), Resource.of("bill", "1"));
                        require(
                                point.decide(request.withContext(Map.of("amount", 10))) instanceof Decision.Permit,
                                "a good request is denied");
                        denied(point.decide(request.withContext(context)), reason);
                    }
                });
    }

    private void engines() {
        for (EngineFixture fixture : host.engines()) {
            for (ContractCheck check : EngineContract.checks(fixture)) {
                checks.add(
                        "engine " + fixture.provider().id() + ": " + check.name(),
                        "RuleEngineContractTest",
                        check::run);
            }
        }
    }

    private static PolicyRequest tool(String name) {
        return PolicyRequest.toolCall(AGENT, name, Map.of());
    }

    private static void denied(Decision decision, String reason) {
        require(decision instanceof Decision.Deny, "it is not denied: " + decision);
        same(List.of(reason), decision.outcome().reasonCodes(), "reason");
    }
}
