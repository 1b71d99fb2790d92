package io.aios.policy.opa;

import io.aios.policy.Effect;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A policy as the server gets it: the Rego text, the package it declares and the rule to ask. */
record RegoModule(Policy policy, String rego, List<String> packagePath, String rule, List<Golden> golden) {
    /** Where a tenant's packages live: {@code <prefix>.<tenant>.…}. */
    record Home(String prefix, String tenant) {
        List<String> path() {
            return List.of(prefix, tenant);
        }
    }

    /** A question and the answer that activation must get. */
    record Golden(Map<String, @Nullable Object> input, Effect expected) {}

    private static final Pattern RULE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> KEYS = Set.of(
            "engine", "actions", "input", "controls", "rego", "rule", "golden", "id", "version", "name", "description");

    static RegoModule read(Policy policy, Home home) {
        for (String key : policy.body().keySet()) {
            if (!KEYS.contains(key)) {
                throw new InvalidPolicyException(policy.id(), "unknown key " + key);
            }
        }
        if (!(policy.body().get("rego") instanceof String rego)) {
            throw new InvalidPolicyException(policy.id(), "rego must be the text of a Rego module");
        }
        Object named = policy.body().containsKey("rule") ? policy.body().get("rule") : "decision";
        if (!(named instanceof String rule) || !RULE.matcher(rule).matches()) {
            throw new InvalidPolicyException(policy.id(), "rule must be the name of a Rego rule");
        }
        List<String> path = RegoScan.packagePath(policy.id(), rego);
        if (path.size() < 3 || !path.subList(0, 2).equals(home.path())) {
            throw new InvalidPolicyException(
                    policy.id(),
                    "package " + String.join(".", path) + " is outside the tenant's own " + home.prefix() + "."
                            + home.tenant() + ".*");
        }
        RegoScan.refuseForbidden(policy.id(), rego, home);
        return new RegoModule(policy, rego, path, rule, golden(policy));
    }

    /** Path of the rule under {@code /v1/data}. */
    List<String> query() {
        List<String> query = new ArrayList<>(packagePath);
        query.add(rule);
        return query;
    }

    /** Whether one of the packages lies in the other, so that their modules can define the same rules. */
    static boolean overlap(List<String> one, List<String> other) {
        int common = Math.min(one.size(), other.size());
        return one.subList(0, common).equals(other.subList(0, common));
    }

    private static List<Golden> golden(Policy policy) {
        List<Golden> cases = new ArrayList<>();
        if (!policy.body().containsKey("golden")) {
            return cases;
        }
        if (!(policy.body().get("golden") instanceof List<?> list)) {
            throw new InvalidPolicyException(policy.id(), "golden must be a list");
        }
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> one)
                    || !(one.get("request") instanceof Map<?, ?> request)
                    || !(one.get("expect") instanceof String expect)
                    || !Set.of("permit", "review", "deny").contains(expect)) {
                throw new InvalidPolicyException(
                        policy.id(), "a golden case has a request and expect: permit, review or deny");
            }
            cases.add(new Golden(
                    io.aios.policy.JsonValues.copyObject(request), Effect.valueOf(expect.toUpperCase(Locale.ROOT))));
        }
        return cases;
    }
}
