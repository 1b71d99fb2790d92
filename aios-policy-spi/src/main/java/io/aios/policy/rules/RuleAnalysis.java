package io.aios.policy.rules;

import io.aios.policy.spi.ActivationReport.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds rules that can never count. Looks at conjunctions of comparisons; what is under {@code any} or {@code not} is
 * only compared for equality, so that it says nothing rather than something wrong.
 */
final class RuleAnalysis {
    private RuleAnalysis() {}

    static List<Finding> findings(String policy, List<Rule> rules) {
        List<Finding> findings = new ArrayList<>();
        List<Constraints> constraints =
                rules.stream().map(rule -> Constraints.of(rule.when())).toList();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (constraints.get(i).areUnsatisfiable()) {
                findings.add(new Finding(
                        policy,
                        "unreachable_rule",
                        "rule " + rule.id() + " can never hold: its condition contradicts itself"));
                continue;
            }
            for (int j = 0; j < rules.size(); j++) {
                Rule other = rules.get(j);
                if (i == j || constraints.get(j).areUnsatisfiable() || other.effect() == rule.effect()) {
                    continue;
                }
                boolean same = rule.when().equals(other.when());
                if (same && i < j) {
                    findings.add(new Finding(
                            policy,
                            "conflicting_rules",
                            "rules " + rule.id() + " and " + other.id() + " hold together and disagree: "
                                    + rule.effect() + " and " + other.effect()));
                }
                if (other.effect().compareTo(rule.effect()) > 0
                        && (same || constraints.get(i).imply(constraints.get(j)))) {
                    findings.add(new Finding(
                            policy,
                            "unreachable_rule",
                            "rule " + rule.id() + " never counts: whenever it holds, " + other.id() + " holds and "
                                    + other.effect() + " is stronger"));
                    break;
                }
            }
        }
        return findings;
    }
}
