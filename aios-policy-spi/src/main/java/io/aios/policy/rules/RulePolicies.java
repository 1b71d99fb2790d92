package io.aios.policy.rules;

import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Ready-made policies of the built-in engine: the defaults a new tenant starts with, and builders for the usual kinds. */
public final class RulePolicies {
    /** Action under which an agent's handling of a request is decided. */
    public static final String REQUEST_HANDLE = "request.handle";

    /** Action under which the choice of a model is decided. */
    public static final String MODEL_SELECT = "model.select";

    /** Action under which a deployment item is approved. */
    public static final String DEPLOYMENT_APPROVE = "deployment.approve";

    /** Action under which a tool call is decided; the resource has type {@code tool} and the tool's name as id. */
    public static final String TOOL_CALL = "tool.call";

    /** Confidence from which a deployment item needs no human. */
    public static final double AUTO_APPROVE_THRESHOLD = 0.90;

    private static final double COST_REVIEW_USD = 0.05;
    private static final String RISK_LEVEL = "context.risk.level";
    private static final String CONFIDENCE = "context.confidence.score";

    private RulePolicies() {}

    /**
     * {@code default_governance}: a request of low risk is handled, one of medium, high or critical risk waits for a human.
     * About {@value #REQUEST_HANDLE}; reads {@code context.risk.level} and {@code context.risk.score}.
     */
    public static Policy defaultGovernance() {
        List<Map<String, Object>> rules = new ArrayList<>();
        rules.add(rule("low_risk", "permit", "syntax_valid", "", equal(RISK_LEVEL, "low")));
        for (String level : List.of("medium", "high", "critical")) {
            rules.add(rule(
                    level + "_risk",
                    "review",
                    "risk_threshold",
                    "Risk level " + level + " requires human review",
                    equal(RISK_LEVEL, level)));
        }
        return policy(
                "default_governance",
                REQUEST_HANDLE,
                Map.of(RISK_LEVEL, "string", "context.risk.score", "number"),
                rules);
    }

    /**
     * {@code cost_optimization}: an economy model is always in order, a dearer one when the risk is not low; a call that is
     * estimated to cost more than 0.05 USD waits for a human. About {@value #MODEL_SELECT}; reads
     * {@code context.model.tier}, {@code context.model.estimated_cost_usd} and {@code context.risk.level}.
     */
    public static Policy costOptimization() {
        String tier = "context.model.tier";
        String cost = "context.model.estimated_cost_usd";
        Map<String, Object> notNegative = compare(cost, "at_least", 0);
        Map<String, Object> affordable = compare(cost, "at_most", COST_REVIEW_USD);
        Map<String, Object> dear = Map.of("attribute", tier, "in", List.of("standard", "premium"));
        Map<String, Object> risky = Map.of("attribute", RISK_LEVEL, "in", List.of("medium", "high", "critical"));
        return policy(
                "cost_optimization",
                MODEL_SELECT,
                Map.of(tier, "string", cost, "number", RISK_LEVEL, "string"),
                List.of(
                        rule(
                                "economy_model",
                                "permit",
                                "model_tier",
                                "",
                                all(notNegative, affordable, equal(tier, "economy"))),
                        rule("risk_needs_model", "permit", "model_tier", "", all(notNegative, affordable, dear, risky)),
                        rule(
                                "model_beyond_need",
                                "review",
                                "model_tier",
                                "A low-risk request does not need this model",
                                all(notNegative, affordable, dear, equal(RISK_LEVEL, "low"))),
                        rule(
                                "cost_above_limit",
                                "review",
                                "cost_threshold",
                                "The estimated cost is above the limit for one request",
                                compare(cost, "greater_than", COST_REVIEW_USD))));
    }

    /**
     * {@code human_review}: a deployment item of confidence 0.90 or more is approved, one below waits for a human. About
     * {@value #DEPLOYMENT_APPROVE}; reads {@code context.confidence.score}.
     */
    public static Policy humanReview() {
        return confidenceThreshold("human_review", "1", DEPLOYMENT_APPROVE, AUTO_APPROVE_THRESHOLD);
    }

    /**
     * Tools that may be called, by exact name; every other tool is denied, and null denies all. About
     * {@value #TOOL_CALL}.
     *
     * @throws io.aios.policy.InvalidPolicyException when id or version is wrong; a name that mixes scripts is refused at
     *     activation
     */
    public static Policy toolAllowList(String id, String version, @Nullable Collection<String> names) {
        Map<String, @Nullable Object> allow = new LinkedHashMap<>();
        allow.put("allow", names == null ? null : new ArrayList<>(new TreeSet<>(names)));
        return Policy.of(
                id,
                version,
                Map.of("engine", "rules", "actions", List.of(TOOL_CALL), "input", Map.of(), "tools", allow));
    }

    /** Permits from a confidence in {@code context.confidence.score} on, and asks a human below; outside 0 to 1 it denies. */
    public static Policy confidenceThreshold(String id, String version, String action, double threshold) {
        return Policy.of(
                id,
                version,
                body(
                        action,
                        Map.of(CONFIDENCE, "number"),
                        List.of(
                                rule(
                                        "confident",
                                        "permit",
                                        "confidence_threshold",
                                        "",
                                        all(
                                                compare(CONFIDENCE, "at_least", threshold),
                                                compare(CONFIDENCE, "at_most", 1))),
                                rule(
                                        "not_confident",
                                        "review",
                                        "confidence_threshold",
                                        "Confidence below " + JsonValues.canonical(threshold),
                                        all(
                                                compare(CONFIDENCE, "less_than", threshold),
                                                compare(CONFIDENCE, "at_least", 0))))));
    }

    /** Permits below a risk in {@code context.risk.score}, and asks a human from there on; outside 0 to 1 it denies. */
    public static Policy riskThreshold(String id, String version, String action, double threshold) {
        String risk = "context.risk.score";
        return Policy.of(
                id,
                version,
                body(
                        action,
                        Map.of(risk, "number"),
                        List.of(
                                rule(
                                        "tolerable",
                                        "permit",
                                        "risk_threshold",
                                        "",
                                        all(compare(risk, "less_than", threshold), compare(risk, "at_least", 0))),
                                rule(
                                        "risky",
                                        "review",
                                        "risk_threshold",
                                        "Risk of " + JsonValues.canonical(threshold) + " or more requires human review",
                                        all(compare(risk, "at_least", threshold), compare(risk, "at_most", 1))))));
    }

    private static Policy policy(String id, String action, Map<String, String> input, List<Map<String, Object>> rules) {
        return Policy.of(id, "1", body(action, input, rules));
    }

    private static Map<String, Object> body(String action, Map<String, String> input, List<Map<String, Object>> rules) {
        return Map.of("engine", "rules", "actions", List.of(action), "input", input, "rules", rules);
    }

    private static Map<String, Object> rule(
            String id, String effect, String check, String userText, Map<String, Object> when) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("id", id);
        rule.put("effect", effect);
        rule.put("check", check);
        if (!userText.isEmpty()) {
            rule.put("reason_user", userText);
        }
        rule.put("when", when);
        return rule;
    }

    private static Map<String, Object> equal(String attribute, String value) {
        return Map.of("attribute", attribute, "equals", value);
    }

    private static Map<String, Object> compare(String attribute, String operator, Number bound) {
        return Map.of("attribute", attribute, operator, bound);
    }

    private static Map<String, Object> all(Object... conditions) {
        return Map.of("all", Arrays.asList(conditions));
    }
}
