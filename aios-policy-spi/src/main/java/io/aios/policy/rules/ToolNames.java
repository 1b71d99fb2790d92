package io.aios.policy.rules;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses tool names that can look like another name. */
final class ToolNames {
    private static final int MAX_LENGTH = 256;

    private ToolNames() {}

    /** What is unsafe about the name; null when nothing is. */
    static @Nullable String problem(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return "a tool name has 1 to " + MAX_LENGTH + " characters";
        }
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int point = name.codePointAt(i);
            if (!isVisible(point)) {
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
