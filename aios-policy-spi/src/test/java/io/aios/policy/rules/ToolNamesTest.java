package io.aios.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.JsonValues;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolNamesTest {
    /** Java platforms carry different versions of Unicode; the digest is that of Java 17's answers. */
    @Test
    void everyCharacterIsJudgedAlikeOnEveryJavaPlatform() {
        List<Object> judgements = new ArrayList<>();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point > Character.MAX_VALUE && point % 4096 != 0) {
                continue;
            }
            String character = Character.toString(point);
            judgements.add((ToolNames.problem(character) == null ? 1 : 0)
                    + (ToolNames.problem("a" + character) == null ? 2 : 0)
                    + (ToolNames.problem("\u0430" + character) == null ? 4 : 0));
        }
        List<Object> folded = new ArrayList<>();
        for (int i = 0; i < judgements.size(); i += 4096) {
            folded.add(JsonValues.digest(judgements.subList(i, Math.min(i + 4096, judgements.size()))));
        }
        assertThat(JsonValues.digest(folded))
                .isEqualTo("c3c96a8da14b7efd5ef93f749036b9aeadc50a59cb44cd656070a80f53944673");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"search_kb", "caf\u00e9", "\u0438\u0441\u043a\u0430\u0442\u044c", "\u6771\u4eac", "a-b.c:1"})
    void aNameInOneScriptIsSafe(String name) {
        assertThat(ToolNames.problem(name)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\u061d", "\u0870", "\u088e", "\ua7dc", "\ufdff", "\ud83d\ude00", "\ud840\udc00", "a\ud800"})
    void whatSomePlatformsDoNotKnowIsUnsafeOnAll(String name) {
        assertThat(ToolNames.problem(name)).isNotNull();
    }
}
