package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.testing.Fixtures;
import io.aios.policy.InvalidJsonException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attack 9: locales with other digits and letters, three zones, two orders; the value is pinned for every Java. */
class PackageBuilderTest {
    @Test
    void theHashIsTheSameOnEveryJavaZoneLocaleAndOrderOfInputs() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            for (String language : List.of("tr-TR", "ar-EG-u-nu-arab", "hi-IN", "en-US")) {
                for (String id : List.of("Asia/Tokyo", "UTC", "America/New_York")) {
                    Locale.setDefault(Locale.forLanguageTag(language));
                    TimeZone.setDefault(TimeZone.getTimeZone(id));
                    assertThat(build(false))
                            .isEqualTo(build(true))
                            .isEqualTo("10a3c7d563c3a7014dfa22cd0f54b2fd51b269ee694e9d8b121164561db840d1");
                }
            }
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    private static String build(boolean reversed) {
        List<String> names = Arrays.asList("hr_agent", "building_agent", "Info.1");
        if (reversed) {
            Collections.reverse(names);
        }
        PackageBuilder builder = DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(Fixtures.NOW)
                .createdBy("builder");
        for (String name : names) {
            builder = builder.agent(name, Confidence.of(0.1 + 0.2), Map.of("settings", Map.of("ratio", 1e-7)))
                    .prompt(name + "/system.md", Confidence.of(0.9), "Gr\u00fc\u00df Gott \ud83d\ude00")
                    .department("D " + name, Confidence.missing());
        }
        return builder.build().hash().hex();
    }

    /** Attacks 2, 5 and 8, at building. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../../x",
                "/abs",
                "C:\\x",
                "\\\\host\\x",
                "a//b",
                "./a",
                "a/",
                "..",
                ".",
                "",
                "trailing.",
                "space ",
                "CON",
                "nul",
                "nul.txt",
                "COM1.md",
                "a:b",
                "new\nline",
                "Gr\u00f6\u00dfe",
                "\u017f",
                "\u212a",
                "\ufb01",
                "{{name}}",
                "!!tag",
                "-rf"
            })
    void namesThatLeadElsewhereOrAreNotPortableAreRefused(String name) {
        PackageBuilder builder = Fixtures.cleveland();
        assertThatThrownBy(() -> builder.prompt(name, Confidence.of(1), "x"))
                .isInstanceOf(PackageException.class)
                .hasMessageStartingWith("file name \"prompts/");
    }

    @Test
    void whatIsIncompleteTwiceOrEmptyIsRefused(@TempDir Path dir) throws Exception {
        assertThatThrownBy(() -> DeploymentPackage.builder(Fixtures.CLEVELAND).build())
                .hasMessage("createdAt and createdBy must be given");
        assertThatThrownBy(() -> DeploymentPackage.builder(Fixtures.CLEVELAND)
                        .createdAt(Fixtures.NOW)
                        .createdBy("b")
                        .build())
                .hasMessageContaining("lists no file");
        assertThatThrownBy(() -> Fixtures.cleveland().agent("hr_agent", Confidence.of(1), Map.of()))
                .hasMessageContaining("there twice");
        assertThatThrownBy(() -> Fixtures.cleveland()
                        .agent("HR_agent", Confidence.of(1), Map.of())
                        .build())
                .hasMessageContaining("one where case is ignored");
        assertThatThrownBy(() -> Fixtures.cleveland()
                        .department("Building", Confidence.of(1))
                        .build())
                .hasMessageContaining("\"department:Building\" is there twice");
        assertThatThrownBy(() -> Fixtures.cleveland().version(0).build()).hasMessageContaining("below 1");
        Files.writeString(dir.resolve("there"), "x");
        assertThatThrownBy(() -> Fixtures.cleveland().build().writeTo(dir)).hasMessageContaining("not empty");
    }

    @Test
    void agentsAreChecked() {
        PackageBuilder builder = Fixtures.cleveland();
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("tool", List.of())))
                .hasMessage("agents/a.yaml: unknown field \"tool\"");
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("tools", "x")))
                .hasMessage("agents/a.yaml: \"tools\" is not a list");
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("tools", List.of("x", "x"))))
                .hasMessage("agents/a.yaml: tools names \"x\" twice");
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("name", "b")))
                .hasMessageContaining("another name");
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("title", "x\u202ey")))
                .hasMessageContaining("U+202E");
        assertThatThrownBy(() -> builder.agent("a", Confidence.of(1), Map.of("settings", Map.of("x", Double.NaN))))
                .isInstanceOf(InvalidJsonException.class);
    }

    /** Attack 34: what is no number from 0 to 1 is unknown, and unknown passes nothing. */
    @Test
    void onlyANumberFromZeroToOneIsAConfidence() {
        BigDecimal threshold = new BigDecimal("0.90");
        assertThat(Confidence.of(0.90).atLeast(threshold)).isTrue();
        assertThat(Confidence.of(1L).atLeast(threshold)).isTrue();
        for (Object low : List.of(0.8999999, 0.8999999999999999, 0, new BigDecimal("0.89999999999999999999"))) {
            assertThat(Confidence.of(low).atLeast(threshold)).isFalse();
            assertThat(Confidence.of(low).toString()).isNotEqualTo("0.90").isNotEqualTo("0.9");
        }
        for (Object wrong : Arrays.asList(
                null,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                "0.95",
                95,
                -0.5,
                true,
                List.of())) {
            assertThat(Confidence.of(wrong).score()).isNull();
            assertThat(Confidence.of(wrong).atLeast(BigDecimal.ZERO)).isFalse();
        }
    }
}
