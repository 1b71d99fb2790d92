package io.aios.policy.opa;

import io.aios.policy.InvalidJsonException;
import io.aios.policy.JsonValues;
import io.aios.policy.Obligation;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns an answer of OPA's data API into a verdict; whatever is not exactly a decision denies. */
final class OpaAnswer {
    private static final Set<String> KEYS =
            Set.of("allow", "requires_hitl", "reasons", "reason_user", "policy_ids", "approvers", "obligations");

    private OpaAnswer() {}

    static Verdict read(OpaClient.Response response) {
        if (response.status() != 200) {
            return Verdict.unreadable(ReasonCodes.ENGINE_STATUS, "OPA answered with status " + response.status());
        } else if (!response.isJson()) {
            return Verdict.unreadable(ReasonCodes.VERDICT_MALFORMED, "OPA's answer is not application/json");
        }
        try {
            if (!(OpaJson.read(response.body()) instanceof Map<?, ?> body)) {
                return Verdict.unreadable(ReasonCodes.VERDICT_TYPE, "OPA's answer is no object");
            } else if (body.containsKey("warning")) {
                return Verdict.unreadable(ReasonCodes.VERDICT_MALFORMED, "OPA did not read the input it was given");
            } else if (!body.containsKey("result")) {
                return Verdict.undefined("the rule");
            }
            return decision(body.get("result"));
        } catch (InvalidJsonException e) {
            return Verdict.unreadable(ReasonCodes.VERDICT_MALFORMED, "OPA's answer cannot be read: " + e.getMessage());
        }
    }

    private static Verdict decision(@Nullable Object result) {
        if (result == null) {
            return Verdict.unreadable(ReasonCodes.VERDICT_NULL, "the rule is null");
        }
        if (!(result instanceof Map<?, ?> map)) {
            return Verdict.unreadable(ReasonCodes.VERDICT_TYPE, "the rule is no object");
        }
        for (Object key : map.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw new InvalidJsonException("$.result", "unknown key; a decision has " + KEYS);
            }
        }
        if (!(map.get("allow") instanceof Boolean allow)) {
            return Verdict.unreadable(ReasonCodes.VERDICT_TYPE, "allow is no boolean");
        }
        boolean review = flag(map, "requires_hitl");
        if (allow && review) {
            throw new InvalidJsonException("$.result", "allow and requires_hitl contradict each other");
        }
        List<String> policyIds = texts(map, "policy_ids");
        List<Reason> reasons = reasons(map, policyIds);
        Verdict verdict = allow
                ? Verdict.permit()
                : review
                        ? Verdict.review(reasons.get(0)).withApproval(texts(map, "approvers"), Verdict.DEFAULT_VALIDITY)
                        : Verdict.deny(reasons.get(0));
        List<String> failed =
                allow ? List.of() : reasons.stream().map(Reason::code).toList();
        return verdict.withReasons(reasons)
                .withChecks(allow ? policyIds : List.of(), failed)
                .withObligations(obligations(map));
    }

    private static List<Reason> reasons(Map<?, ?> map, List<String> policyIds) {
        Object user = map.containsKey("reason_user") ? map.get("reason_user") : "";
        if (!(user instanceof String userText)) {
            throw new InvalidJsonException("$.result.reason_user", "no text");
        }
        List<Reason> reasons = new ArrayList<>();
        for (String code : texts(map, "reasons")) {
            reasons.add(new Reason(code, "OPA gave this reason, policies " + policyIds, userText));
        }
        if (reasons.isEmpty()) {
            reasons.add(new Reason("opa_decision", "OPA gave no reason, policies " + policyIds, userText));
        }
        return reasons;
    }

    private static boolean flag(Map<?, ?> map, String key) {
        Object value = map.containsKey(key) ? map.get(key) : false;
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new InvalidJsonException("$.result." + key, "no boolean");
    }

    private static List<String> texts(Map<?, ?> map, String key) {
        Object value = map.containsKey(key) ? map.get(key) : List.of();
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (!(element instanceof String text) || text.isEmpty()) {
                    throw new InvalidJsonException("$.result." + key, "holds something else than texts");
                }
                texts.add(text);
            }
            return texts;
        }
        throw new InvalidJsonException("$.result." + key, "no list");
    }

    private static List<Obligation> obligations(Map<?, ?> map) {
        Object value = map.containsKey("obligations") ? map.get("obligations") : List.of();
        List<Obligation> obligations = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (!(element instanceof Map<?, ?> one)
                        || !(one.get("id") instanceof String id)
                        || !(one.get("type") instanceof String type)
                        || !((one.containsKey("properties") ? one.get("properties") : Map.of())
                                instanceof Map<?, ?> properties)) {
                    throw new InvalidJsonException("$.result.obligations", "an obligation has id, type and properties");
                }
                obligations.add(new Obligation(id, type, JsonValues.copyObject(properties)));
            }
            return obligations;
        }
        throw new InvalidJsonException("$.result.obligations", "no list");
    }
}
