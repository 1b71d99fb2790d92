package io.aios.policy.opa;

import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.pdp.PolicyDecisionPointBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The policy and the requests of the OPA tests. */
final class OpaPolicies {
    static final String REGO = """
            package tenants.t1.tools

            default decision := {"allow": false, "reasons": ["default_deny"], "policy_ids": ["aios.tools"]}

            decision := {"allow": true, "reasons": [], "policy_ids": ["aios.tools"]} if {
            	input.action.name == "tool.call"
            }
            """;

    private OpaPolicies() {}

    static Policy tools() {
        return tools(REGO);
    }

    static Policy tools(String rego) {
        return Policy.of("tools", "1", body(rego));
    }

    static Map<String, Object> body(String rego) {
        Map<String, Object> body = new HashMap<>();
        body.put("engine", "opa");
        body.put("actions", List.of("tool.call"));
        body.put(
                "input",
                Map.of(
                        "action.properties.amount", "number",
                        "subject.properties.org_id", "string",
                        "context.org_id", "string"));
        body.put("rego", rego);
        return body;
    }

    static PolicyRequest call(String tool, Object amount) {
        return new PolicyRequest(
                new Subject("user", "u", Map.of("org_id", "t1")),
                new Action("tool.call", Map.of("amount", amount)),
                Resource.of("tool", tool),
                Map.of("org_id", "t1"));
    }

    static PolicyDecisionPointBuilder point(OpaDouble opa) {
        return point(opa, Map.of());
    }

    static PolicyDecisionPointBuilder point(OpaDouble opa, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("url", opa.url(), "tenant", "t1"));
        settings.putAll(more);
        return PolicyDecisionPoint.builder().engineSettings("opa", settings);
    }
}
