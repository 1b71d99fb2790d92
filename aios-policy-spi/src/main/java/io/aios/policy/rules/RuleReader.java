package io.aios.policy.rules;

import io.aios.policy.AttributePath;
import io.aios.policy.Effect;
import io.aios.policy.InvalidJsonException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Obligation;
import io.aios.policy.Policy;
import io.aios.policy.Reason;
import io.aios.policy.spi.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a policy's body strictly: an unknown key, a wrong type or an operand that cannot match is refused with its place. */
final class RuleReader {
    private static final int MAX_RULES = 1000;
    private static final int MAX_DEPTH = 32;
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(366);
    private static final Set<String> BODY =
            Set.of("engine", "actions", "input", "controls", "tools", "rules", "id", "version", "name", "description");
    private static final Set<String> RULE = Set.of(
            "id",
            "effect",
            "when",
            "check",
            "reason_code",
            "reason_admin",
            "reason_user",
            "obligations",
            "approvers",
            "timeout",
            "description");

    private final String policy;

    private RuleReader(String policy) {
        this.policy = policy;
    }

    static RuleSet read(Policy policy) {
        return new RuleReader(policy.id()).body(policy);
    }

    private RuleSet body(Policy source) {
        Map<?, ?> body = object("$", source.body(), BODY);
        same(body, "id", source.id());
        same(body, "version", source.version());
        Optional<Set<String>> tools =
                body.containsKey("tools") ? Optional.of(tools(body.get("tools"))) : Optional.empty();
        List<Rule> rules = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        List<?> list = body.containsKey("rules") ? list("$.rules", body.get("rules")) : List.of();
        if (list.size() > MAX_RULES) {
            throw refused("$.rules", "more than " + MAX_RULES + " rules; split the policy");
        }
        for (int i = 0; i < list.size(); i++) {
            Rule rule = rule("$.rules[" + i + "]", list.get(i));
            if (!ids.add(rule.id())) {
                throw refused("$.rules[" + i + "].id", "two rules are called " + rule.id());
            }
            rules.add(rule);
        }
        if (rules.isEmpty() && tools.isEmpty()) {
            throw refused("$", "a policy of this engine needs rules or tools");
        }
        return new RuleSet(List.copyOf(rules), tools);
    }

    private void same(Map<?, ?> body, String key, String expected) {
        if (body.containsKey(key) && !expected.equals(body.get(key))) {
            throw refused("$." + key, "the body says another " + key + " than " + expected);
        }
    }

    private Set<String> tools(@Nullable Object value) {
        Map<?, ?> tools = object("$.tools", value, Set.of("allow"));
        if (!tools.containsKey("allow")) {
            throw refused("$.tools", "needs allow: a list of tool names, or null to deny all");
        }
        Set<String> allowed = new HashSet<>();
        if (tools.get("allow") == null) {
            return Set.of();
        }
        for (Object name : list("$.tools.allow", tools.get("allow"))) {
            String text = text("$.tools.allow", name);
            String problem = ToolNames.problem(text);
            if (problem != null) {
                throw refused("$.tools.allow", problem);
            }
            allowed.add(text);
        }
        return Set.copyOf(allowed);
    }

    private Rule rule(String at, @Nullable Object value) {
        Map<?, ?> rule = object(at, value, RULE);
        String id = text(at + ".id", rule.get("id"));
        Effect effect = effect(at + ".effect", rule.get("effect"));
        Condition when =
                rule.containsKey("when") ? condition(at + ".when", rule.get("when"), 0) : new Condition.All(List.of());
        if (effect != Effect.REVIEW && (rule.containsKey("approvers") || rule.containsKey("timeout"))) {
            throw refused(at, "only a review has approvers and a timeout");
        }
        if (effect == Effect.DENY && rule.containsKey("obligations")) {
            throw refused(at, "a denial obliges to nothing");
        }
        try {
            Reason reason = new Reason(
                    optional(at, rule, "reason_code").orElse(id),
                    optional(at, rule, "reason_admin").orElse("rule " + id + " of policy " + policy),
                    optional(at, rule, "reason_user").orElse(""));
            return new Rule(
                    id,
                    effect,
                    when,
                    optional(at, rule, "check"),
                    reason,
                    obligations(at, rule),
                    approvers(at, rule),
                    timeout(at, rule));
        } catch (InvalidJsonException e) {
            throw refused(at, e.getMessage());
        }
    }

    private Effect effect(String at, @Nullable Object value) {
        for (Effect effect : Effect.values()) {
            if (effect.name().toLowerCase(Locale.ROOT).equals(value)) {
                return effect;
            }
        }
        throw refused(at, "must be permit, review or deny");
    }

    private List<Obligation> obligations(String at, Map<?, ?> rule) {
        List<Obligation> obligations = new ArrayList<>();
        if (rule.containsKey("obligations")) {
            for (Object element : list(at + ".obligations", rule.get("obligations"))) {
                String here = at + ".obligations[" + obligations.size() + "]";
                Map<?, ?> map = object(here, element, Set.of("id", "type", "properties"));
                Object properties = map.containsKey("properties") ? map.get("properties") : Map.of();
                if (!(properties instanceof Map<?, ?> known)) {
                    throw refused(here + ".properties", "must be an object");
                }
                obligations.add(new Obligation(
                        text(here + ".id", map.get("id")),
                        text(here + ".type", map.get("type")),
                        io.aios.policy.JsonValues.copyObject(known)));
            }
        }
        return obligations;
    }

    private List<String> approvers(String at, Map<?, ?> rule) {
        List<String> approvers = new ArrayList<>();
        if (rule.containsKey("approvers")) {
            for (Object name : list(at + ".approvers", rule.get("approvers"))) {
                approvers.add(text(at + ".approvers", name));
            }
            if (approvers.isEmpty()) {
                throw refused(at + ".approvers", "nobody could approve; leave it out to let anybody but the subject");
            }
        }
        return approvers;
    }

    private Duration timeout(String at, Map<?, ?> rule) {
        Optional<String> text = optional(at, rule, "timeout");
        if (text.isEmpty()) {
            return Verdict.DEFAULT_VALIDITY;
        }
        try {
            Duration timeout = Duration.parse(text.get());
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                throw refused(at + ".timeout", "must be longer than nothing and at most " + LONGEST_TIMEOUT);
            }
            return timeout;
        } catch (DateTimeException e) {
            throw new InvalidPolicyException(policy, at + ".timeout must be an ISO 8601 duration such as PT24H", e);
        }
    }

    private Condition condition(String at, @Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused(at, "nested deeper than " + MAX_DEPTH);
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw refused(at, "must be an object");
        }
        if (map.containsKey("attribute")) {
            return comparison(at, map);
        }
        if (map.size() != 1) {
            throw refused(at, "must have exactly one of all, any, not, or an attribute with one operator");
        }
        String key = String.valueOf(map.keySet().iterator().next());
        return switch (key) {
            case "all" -> new Condition.All(conditions(at + ".all", map.get(key), depth));
            case "any" -> new Condition.Any(conditions(at + ".any", map.get(key), depth));
            case "not" -> new Condition.Not(condition(at + ".not", map.get(key), depth + 1));
            default -> throw refused(at, "unknown key " + key + "; use all, any, not or attribute");
        };
    }

    private List<Condition> conditions(String at, @Nullable Object value, int depth) {
        List<Condition> conditions = new ArrayList<>();
        for (Object element : list(at, value)) {
            conditions.add(condition(at + "[" + conditions.size() + "]", element, depth + 1));
        }
        if (conditions.isEmpty()) {
            throw refused(at, "is empty; an empty list would hold always or never");
        }
        return List.copyOf(conditions);
    }

    private Condition comparison(String at, Map<?, ?> map) {
        AttributePath path = AttributePath.parse(policy, text(at + ".attribute", map.get("attribute")));
        List<String> operators = new ArrayList<>();
        map.keySet().forEach(key -> operators.add(String.valueOf(key)));
        operators.remove("attribute");
        if (operators.size() != 1) {
            throw refused(at, "an attribute needs exactly one operator");
        }
        String operator = operators.get(0);
        Object operand = map.get(operator);
        String here = at + "." + operator;
        return switch (operator) {
            case "equals" -> new Condition.In(path, Set.of(scalar(here, operand)));
            case "in" -> new Condition.In(path, scalars(here, operand));
            case "exists" -> {
                if (!(operand instanceof Boolean wanted)) {
                    throw refused(here, "must be true or false");
                }
                yield new Condition.Exists(path, wanted);
            }
            case "less_than", "at_most", "greater_than", "at_least" -> {
                if (!(operand instanceof Number bound)) {
                    throw refused(here, "must be a number");
                }
                yield new Condition.Compare(
                        path, Condition.Order.valueOf(operator.toUpperCase(Locale.ROOT)), bound.doubleValue());
            }
            default ->
                throw refused(
                        at,
                        "unknown operator " + operator
                                + "; use equals, in, exists, less_than, at_most, greater_than or at_least");
        };
    }

    private Set<Object> scalars(String at, @Nullable Object value) {
        Set<Object> scalars = new HashSet<>();
        for (Object element : list(at, value)) {
            scalars.add(scalar(at, element));
        }
        if (scalars.isEmpty()) {
            throw refused(at, "is empty and would never hold");
        }
        if (scalars.stream().map(Object::getClass).distinct().count() > 1) {
            throw refused(at, "mixes types");
        }
        return Set.copyOf(scalars);
    }

    private Object scalar(String at, @Nullable Object value) {
        if (value instanceof Number number) {
            return Condition.In.plain(number.doubleValue());
        } else if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        throw refused(at, "must be a string, a number or a boolean");
    }

    private Map<?, ?> object(String at, @Nullable Object value, Set<String> known) {
        if (!(value instanceof Map<?, ?> map)) {
            throw refused(at, "must be an object");
        }
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                throw refused(at, "unknown key " + key);
            }
        }
        return map;
    }

    private List<?> list(String at, @Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw refused(at, "must be a list");
        }
        return list;
    }

    private String text(String at, @Nullable Object value) {
        if (!(value instanceof String text) || text.isEmpty()) {
            throw refused(at, "must be a text that is not empty");
        }
        return text;
    }

    private Optional<String> optional(String at, Map<?, ?> map, String key) {
        return map.containsKey(key) ? Optional.of(text(at + "." + key, map.get(key))) : Optional.empty();
    }

    private InvalidPolicyException refused(String at, @Nullable String problem) {
        return new InvalidPolicyException(policy, at + ": " + problem);
    }
}
