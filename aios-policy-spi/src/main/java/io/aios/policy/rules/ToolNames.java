package io.aios.policy.rules;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses tool names that can look like another name. */
final class ToolNames {
    private static final int MAX_LENGTH = 256;

    /**
     * What Unicode 14 to 16 added to the first plane, as first and last of each range: a Java platform of 17 does not know
     * it, a later one does, and both must judge a name alike.
     */
    private static final int[] LATER = {
        0x61d, 0x61d, 0x870, 0x88e, 0x890, 0x891, 0x897, 0x89f, 0x8b5, 0x8b5, 0x8c8, 0x8d2,
        0xc3c, 0xc3c, 0xc5d, 0xc5d, 0xcdd, 0xcdd, 0xcf3, 0xcf3, 0xece, 0xece, 0x170d, 0x170d,
        0x1715, 0x1715, 0x171f, 0x171f, 0x180f, 0x180f, 0x1ac1, 0x1ace, 0x1b4c, 0x1b4c, 0x1b4e, 0x1b4f,
        0x1b7d, 0x1b7f, 0x1c89, 0x1c8a, 0x1dfa, 0x1dfa, 0x20c0, 0x20c0, 0x2427, 0x2429, 0x2c2f, 0x2c2f,
        0x2c5f, 0x2c5f, 0x2e53, 0x2e5d, 0x2ffc, 0x2fff, 0x31e4, 0x31e5, 0x31ef, 0x31ef, 0x9ffd, 0x9fff,
        0xa7c0, 0xa7c1, 0xa7cb, 0xa7cd, 0xa7d0, 0xa7d1, 0xa7d3, 0xa7d3, 0xa7d5, 0xa7dc, 0xa7f2, 0xa7f4,
        0xfbc2, 0xfbc2, 0xfd40, 0xfd4f, 0xfdcf, 0xfdcf, 0xfdfe, 0xfdff
    };

    private ToolNames() {}

    /** What is unsafe about the name; null when nothing is. */
    static @Nullable String problem(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return "a tool name has 1 to " + MAX_LENGTH + " characters";
        }
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int point = name.codePointAt(i);
            if (!isKnownEverywhere(point)) {
                return "the tool name holds a character outside the first plane of Unicode 13 at " + i;
            } else if (!isVisible(point)) {
                return "the tool name holds a space, control, invisible or unassigned character at " + i;
            }
            scripts.add(UnicodeScript.of(point));
        }
        scripts.remove(UnicodeScript.COMMON);
        scripts.remove(UnicodeScript.INHERITED);
        if (scripts.size() > 1) {
            return "the tool name mixes the scripts " + scripts;
        }
        return Normalizer.isNormalized(name, Normalizer.Form.NFC) ? null : "the tool name is not in Unicode form NFC";
    }

    private static boolean isKnownEverywhere(int point) {
        int place = Arrays.binarySearch(LATER, point);
        // Between the first and the last of a range, the insertion point is odd.
        return point <= Character.MAX_VALUE && place < 0 && (-place - 1) % 2 == 0;
    }

    private static boolean isVisible(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
