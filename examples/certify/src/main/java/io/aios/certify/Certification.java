package io.aios.certify;

import io.aios.certify.Result.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What became of all groups.
 *
 * @param groups in the order they ran
 * @param notRun ids of the groups that were left out
 */
record Certification(List<GroupResult> groups, List<String> notRun) {
    Certification {
        groups = List.copyOf(groups);
        notRun = List.copyOf(notRun);
    }

    /**
     * What became of one group.
     *
     * @param group the group
     * @param results one per check, in order
     */
    record GroupResult(Group group, List<Result> results) {
        GroupResult {
            results = List.copyOf(results);
        }

        long count(Status status) {
            return results.stream().filter(result -> result.status() == status).count();
        }

        double seconds() {
            return results.stream().mapToLong(Result::millis).sum() / 1000.0;
        }

        /** The required names that are missing, failed or were skipped. */
        List<String> unmet() {
            return group.required().stream()
                    .filter(name -> named(name)
                            .filter(result -> result.status() == Status.PASSED)
                            .isEmpty())
                    .toList();
        }

        Optional<Result> named(String name) {
            return results.stream()
                    .filter(result -> result.check().name().equals(name))
                    .findFirst();
        }

        boolean passed() {
            return unmet().isEmpty() && count(Status.FAILED) == 0;
        }
    }

    /** Runs the groups one check after the other. */
    static Certification run(List<Group> groups, List<String> notRun, Consumer<GroupResult> finished) {
        List<GroupResult> results = new ArrayList<>();
        for (Group group : groups) {
            GroupResult result = new GroupResult(
                    group, group.checks().stream().map(Result::of).toList());
            finished.accept(result);
            results.add(result);
        }
        return new Certification(results, notRun);
    }

    /** Whether the groups that ran passed. */
    boolean passed() {
        return groups.stream().allMatch(GroupResult::passed);
    }

    long required() {
        return groups.stream().mapToLong(each -> each.group().required().size()).sum();
    }

    long met() {
        return required()
                - groups.stream().mapToLong(each -> each.unmet().size()).sum();
    }

    long count(Status status) {
        return groups.stream().mapToLong(each -> each.count(status)).sum();
    }

    /** The last line: never more than was checked. */
    String verdict() {
        if (passed() && !notRun.isEmpty()) {
            return "IN PART: " + met() + " of " + required()
                    + " required checks of the groups that ran passed; not run: " + String.join(", ", notRun);
        }
        if (passed()) {
            return "ALL REQUIRED CHECKS PASSED (" + met() + "/" + required() + ")";
        }
        return "NOT PASSED: " + met() + " of " + required() + " required checks, " + count(Status.FAILED)
                + " checks failed";
    }
}
