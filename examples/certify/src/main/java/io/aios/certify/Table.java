package io.aios.certify;

import io.aios.certify.Certification.GroupResult;
import io.aios.certify.Result.Status;
import java.io.PrintStream;
import java.util.Locale;

/** The summary on the terminal, at most 80 columns. */
final class Table {
    private static final String RULE = "+-------------+--------+--------+---------+----------+---------+--------+";

    private Table() {}

    /** What did not hold, as soon as its group has run. */
    static void failures(GroupResult result, PrintStream out) {
        for (Result each : result.results()) {
            if (each.status() != Status.PASSED) {
                out.println("  " + each.status() + " " + result.group().id() + " "
                        + each.check().name());
                out.println("         " + each.detail());
                out.println("         see " + each.check().test());
            }
        }
        for (String name : result.unmet()) {
            if (result.named(name).isEmpty()) {
                out.println("  MISSING " + result.group().id() + " " + name);
            }
        }
    }

    static void print(Certification certification, PrintStream out) {
        out.println(RULE);
        out.println("| Ticket      | Passed | Failed | Skipped | Required | Seconds | Status |");
        out.println(RULE);
        for (GroupResult result : certification.groups()) {
            int required = result.group().required().size();
            out.println(String.format(
                    Locale.ROOT,
                    "| %-11s | %6d | %6d | %7d | %8s | %7.2f | %-6s |",
                    result.group().id(),
                    result.count(Status.PASSED),
                    result.count(Status.FAILED),
                    result.count(Status.SKIPPED),
                    required - result.unmet().size() + "/" + required,
                    result.seconds(),
                    result.passed() ? "PASS" : "FAIL"));
        }
        out.println(RULE);
    }
}
