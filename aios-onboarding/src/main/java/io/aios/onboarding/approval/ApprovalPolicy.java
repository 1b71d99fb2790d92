package io.aios.onboarding.approval;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.ItemKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which items need a human and whose; held by the host, never by a package. Immutable.
 *
 * <p>An item passes on confidence alone only when it is known, at least the threshold, and the plan changes no policy,
 * tool grant or prompt under it.
 */
public final class ApprovalPolicy {
    /** The confidence at which an item needs no human: 0.90. */
    public static final BigDecimal STANDARD_THRESHOLD = new BigDecimal("0.90");

    private final BigDecimal threshold;
    private final ApprovalRule rule;
    private final Map<ItemKind, ApprovalRule> byKind;

    private ApprovalPolicy(BigDecimal threshold, ApprovalRule rule, Map<ItemKind, ApprovalRule> byKind) {
        this.threshold = threshold;
        this.rule = rule;
        this.byKind = byKind;
    }

    /** A policy with the threshold 0.90 and one rule for everything. */
    public static ApprovalPolicy of(ApprovalRule rule) {
        return new ApprovalPolicy(STANDARD_THRESHOLD, rule, Map.of());
    }

    /**
     * The same with another threshold.
     *
     * @throws ApprovalException when it is not above 0 and at most 1
     */
    public ApprovalPolicy withThreshold(BigDecimal confidence) {
        if (confidence.signum() <= 0 || confidence.compareTo(BigDecimal.ONE) > 0) {
            throw new ApprovalException("threshold " + confidence + " is not above 0 and at most 1");
        }
        return new ApprovalPolicy(confidence, rule, byKind);
    }

    /** The same with a rule of its own for one kind of item. */
    public ApprovalPolicy withRule(ItemKind kind, ApprovalRule own) {
        Map<ItemKind, ApprovalRule> rules = new EnumMap<>(ItemKind.class);
        rules.putAll(byKind);
        rules.put(kind, own);
        return new ApprovalPolicy(threshold, rule, Map.copyOf(rules));
    }

    /** The items that need a human, with the reasons; a list without candidates needs one too. */
    public List<ApprovalNeed> needs(List<Candidate> candidates) {
        List<ApprovalNeed> needs = new ArrayList<>();
        if (candidates.isEmpty()) {
            return List.of(new ApprovalNeed("package", Confidence.missing(), List.of("the package lists no item")));
        }
        for (Candidate candidate : candidates) {
            List<String> reasons = new ArrayList<>();
            if (candidate.confidence().score() == null) {
                reasons.add("confidence is " + candidate.confidence());
            } else if (!candidate.confidence().atLeast(threshold)) {
                reasons.add("confidence " + candidate.confidence() + " is below " + threshold.toPlainString());
            }
            if (candidate.change() != null) {
                reasons.add(candidate.change());
            }
            if (!reasons.isEmpty()) {
                needs.add(new ApprovalNeed(candidate.item(), candidate.confidence(), reasons));
            }
        }
        return needs;
    }

    ApprovalRule ruleFor(String item) {
        for (Map.Entry<ItemKind, ApprovalRule> entry : byKind.entrySet()) {
            if (item.startsWith(entry.getKey().wireName() + ":")) {
                return entry.getValue();
            }
        }
        return rule;
    }

    /** Rules that nobody could ever meet with these people; empty when all can be met. */
    public List<String> unsatisfiable(Collection<Approver> approvers) {
        List<String> problems = new ArrayList<>();
        check("every item", rule, approvers, problems);
        byKind.forEach((kind, own) -> check(kind.wireName() + " items", own, approvers, problems));
        return problems;
    }

    private static void check(String what, ApprovalRule rule, Collection<Approver> approvers, List<String> problems) {
        int eligible = eligible(rule, approvers, Set.of());
        if (eligible < rule.quorum()) {
            problems.add("the rule for " + what + " needs " + rule.quorum() + " person(s) of " + sorted(rule.roles())
                    + " and there are " + eligible);
        }
    }

    static int eligible(ApprovalRule rule, Collection<Approver> approvers, Set<String> authors) {
        return (int) approvers.stream()
                .filter(rule::eligible)
                .map(Approver::person)
                .filter(person -> !authors.contains(person))
                .distinct()
                .count();
    }

    private static List<String> sorted(Set<String> roles) {
        return roles.stream().sorted().toList();
    }
}
