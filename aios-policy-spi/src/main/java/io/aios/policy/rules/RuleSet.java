package io.aios.policy.rules;

import io.aios.policy.Effect;
import io.aios.policy.Obligation;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of one policy. All rules whose condition holds count, and the strongest effect among them wins; when none
 * holds the policy has nothing to say.
 *
 * @param tools names of allowed tools; empty optional when the policy is not about tools
 */
record RuleSet(List<Rule> rules, Optional<Set<String>> tools) {
    private static final String TOOL_CHECK = "tool_allow_list";

    Verdict evaluate(PolicyRequest question, long steps) {
        Evaluation evaluation = new Evaluation(question, steps);
        try {
            List<Rule> matched = new ArrayList<>();
            boolean toolCall = tools.isPresent() && question.resource().type().equals("tool");
            if (toolCall) {
                Optional<Reason> refused = refusedTool(question.resource().id());
                if (refused.isPresent()) {
                    return Verdict.deny(refused.get()).withChecks(List.of(), List.of(TOOL_CHECK));
                }
            }
            for (Rule rule : rules) {
                evaluation.step();
                if (rule.when().holds(evaluation)) {
                    matched.add(rule);
                }
            }
            return combine(matched, toolCall);
        } catch (Evaluation.Undecidable undecidable) {
            return Verdict.deny(undecidable.reason())
                    .withChecks(List.of(), List.of(undecidable.reason().code()));
        }
    }

    private Optional<Reason> refusedTool(String name) {
        String problem = ToolNames.problem(name);
        if (problem != null) {
            return Optional.of(Reason.of(ReasonCodes.TOOL_NAME_UNSAFE, problem));
        }
        return tools.orElseThrow().contains(name)
                ? Optional.empty()
                : Optional.of(Reason.of(ReasonCodes.TOOL_NOT_ALLOWED, "the tool is not on the allow-list"));
    }

    private static Verdict combine(List<Rule> matched, boolean toolAllowed) {
        Optional<Effect> strongest = matched.stream().map(Rule::effect).max(Effect::compareTo);
        if (strongest.isEmpty() && !toolAllowed) {
            return Verdict.notApplicable();
        }
        Effect effect = strongest.orElse(Effect.PERMIT);
        List<Reason> reasons = new ArrayList<>();
        List<Obligation> obligations = new ArrayList<>();
        Set<String> passed = new LinkedHashSet<>();
        Set<String> failed = new LinkedHashSet<>();
        List<String> approvers = List.of();
        Duration validFor = Verdict.DEFAULT_VALIDITY;
        if (toolAllowed) {
            passed.add(TOOL_CHECK);
        }
        boolean first = true;
        boolean possible = true;
        for (Rule rule : matched) {
            rule.check().ifPresent(check -> (rule.effect() == Effect.PERMIT ? passed : failed).add(check));
            obligations.addAll(rule.obligations());
            if (rule.effect() == effect) {
                reasons.add(rule.reason());
            }
            if (rule.effect() == Effect.REVIEW) {
                Optional<List<String>> both = first ? Optional.of(rule.approvers()) : both(approvers, rule.approvers());
                possible &= both.isPresent();
                approvers = both.orElse(List.of());
                validFor = first || rule.timeout().compareTo(validFor) < 0 ? rule.timeout() : validFor;
                first = false;
            }
        }
        if (effect == Effect.REVIEW && !possible) {
            return Verdict.deny(Reason.of(ReasonCodes.REVIEW_IMPOSSIBLE, "nobody may approve for both rules that ask"))
                    .withChecks(List.copyOf(passed), List.copyOf(failed));
        }
        return new Verdict(
                Optional.of(effect),
                reasons,
                effect == Effect.DENY ? List.of() : obligations,
                List.copyOf(passed),
                List.copyOf(failed),
                approvers,
                validFor);
    }

    /** Who may approve for two rules at once: an empty list stands for anybody, nothing for nobody. */
    private static Optional<List<String>> both(List<String> left, List<String> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.of(left.isEmpty() ? right : left);
        }
        List<String> common = left.stream().filter(right::contains).toList();
        return common.isEmpty() ? Optional.empty() : Optional.of(common);
    }
}
