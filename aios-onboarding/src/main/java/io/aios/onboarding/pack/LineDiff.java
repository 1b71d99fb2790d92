package io.aios.onboarding.pack;

import java.util.ArrayList;
import java.util.List;

/** Lines that went and came, in order, by the longest common subsequence. */
final class LineDiff {
    /** Beyond this many comparisons the text counts as replaced as a whole. */
    private static final long MAX_CELLS = 4_000_000;

    private LineDiff() {}

    static List<String> between(String before, String after) {
        List<String> old = before.isEmpty() ? List.of() : before.lines().toList();
        List<String> now = after.isEmpty() ? List.of() : after.lines().toList();
        if ((long) (old.size() + 1) * (now.size() + 1) > MAX_CELLS) {
            return replaced(old, now);
        }
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            if (i < old.size() && j < now.size() && old.get(i).equals(now.get(j))) {
                i++;
                j++;
            } else if (i < old.size() && (j == now.size() || common[i + 1][j] >= common[i][j + 1])) {
                lines.add("-" + old.get(i++));
            } else {
                lines.add("+" + now.get(j++));
            }
        }
        return lines;
    }

    private static List<String> replaced(List<String> old, List<String> now) {
        List<String> lines = new ArrayList<>();
        old.forEach(line -> lines.add("-" + line));
        now.forEach(line -> lines.add("+" + line));
        return lines;
    }
}
