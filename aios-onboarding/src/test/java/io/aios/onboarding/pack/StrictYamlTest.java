package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictYamlTest {
    @Test
    void whatAllReadersAgreeOnIsRead() {
        assertThat(read("""
                # a comment
                name: hr_agent
                title: "Human \\u0394 Resources"
                quoted: 'NO'
                tools: [kb_search, "send mail"]
                nested:
                  - a: 1
                    b: -2
                  - []
                ratio: 0.25
                on_call: true
                nothing: null
                version: "1.10"
                address: "10.0.0.1"
                text: |
                  two
                  lines
                """))
                .isEqualTo(map(
                        "name", "hr_agent",
                        "title", "Human \u0394 Resources",
                        "quoted", "NO",
                        "tools", List.of("kb_search", "send mail"),
                        "nested", List.of(map("a", 1L, "b", -2L), List.of()),
                        "ratio", 0.25,
                        "on_call", true,
                        "nothing", null,
                        "version", "1.10",
                        "address", "10.0.0.1",
                        "text", "two\nlines\n"));
    }

    /** Attack 26: scalars that YAML 1.1 and 1.2 read differently. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "NO",
                "no",
                "Yes",
                "y",
                "N",
                "on",
                "OFF",
                "True",
                "FALSE",
                "NULL",
                "Null",
                "~",
                "=",
                "010",
                "0o17",
                "0x1F",
                "0b11",
                "+1",
                "1_000",
                "12:30:45",
                "190:20:30",
                "1:30",
                "2026-01-28",
                "2026-1-2",
                "2026-01-28T07:01:52Z",
                "2026-01-28 07:01:52",
                "1.10",
                "1.0",
                "0.90",
                ".5",
                "5.",
                "1e3",
                "1.5e3",
                "1.5e+3",
                "-0",
                "-.inf",
                ".NaN",
                ".inf",
                "9007199254740993",
                "12345678901234567890",
                "0.12345678901234567890",
                "10.0.0.1",
                "1_0.5",
                "685.230_15"
            })
    void scalarsThatReadersTakeDifferentlyOrShortenAreRefusedWithTheirPosition(String scalar) {
        assertThatThrownBy(() -> read("a: 1\nb: " + scalar + "\n")).isInstanceOfSatisfying(YamlException.class, e -> {
            assertThat(e.line()).isEqualTo(2);
            assertThat(e.column()).isEqualTo(4);
            assertThat(e).hasMessageStartingWith("test.yaml:2:4: ").hasMessageContaining(scalar);
        });
        assertThat(read("\"" + scalar + "\"")).isEqualTo(scalar);
    }

    /** Attack 27: constructs outside the subset. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "a: &x 1#1#4#anchors",
                "a: *x#1#4#aliases",
                "a: !!str 1#1#4#tags",
                "a: ! 1#1#4#tags",
                "a: !java.net.URL [x]#1#4#tags",
                "&x a: 1#1#1#anchors",
                "<<: {a: 1}#1#1#<<",
                "a: 1\\na: 2#2#1#duplicate key",
                "a: 1\\n\"a\": 2#2#1#duplicate key",
                "1: a#1#1#key must be a string",
                "true: a#1#1#key must be a string",
                "null: a#1#1#key must be a string",
                "? [a]\\n: b#1#3#key must be a string",
                "? {a: 1}\\n: b#1#3#key must be a string",
                "a: 1\\n---\\nb: 2#2#1#second document",
                "%YAML 1.2\\n---\\na: 1#1#1#directives",
                "%TAG ! tag:x,2000:\\n---\\na: 1#1#1#directives",
                "a:#1#3#empty value",
                "\\ta: 1#1#1#a tab",
                "a: \\t1#1#4#a tab",
                "\\ufeffa: 1#1#1#U+FEFF",
                "a: \\u0085b#1#4#U+0085",
                "a: \\u2028b#1#4#U+2028",
                "a: \\u007fb#1#4#U+007F",
                "a: \\u0000b#1#4#U+0000",
                "a: \"\\\\ud83d\\\\ude00\"#1#4#surrogate",
                "a: \"\\\\uD800\"#1#4#surrogate",
                "a: [1, 2#1#9#expected",
                "a: b: c#1#5#mapping",
                "a: [b,\\n  c]#1#4#several lines",
                "a: \"b\\nc\"#1#4#several lines",
                "a: 'b\\n  c'#1#4#several lines"
            })
    void refusedConstructsAreNamedWithTheirPosition(String yaml, int line, int column, String why) {
        assertThatThrownBy(() -> read(unescape(yaml))).isInstanceOfSatisfying(YamlException.class, e -> {
            assertThat(e.getMessage()).contains(why);
            assertThat(e.line()).isEqualTo(line);
            assertThat(e.column()).isEqualTo(column);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a]#x", "k: \"v\"#x", "k: 'v'#x", "[a, #x\n]", "{a: b}#x"})
    void aCommentWithoutASpaceIsRefused(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(YamlException.class);
    }

    @Test
    void aBlockOfTextWithoutItsLastNewlineIsRefused() {
        assertThatThrownBy(() -> read("- |+\n   ")).hasMessageContaining("does not end with a newline");
        assertThatThrownBy(() -> read("a: |\n  b")).isInstanceOf(YamlException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "---\n", "---\n...\n"})
    void anEmptyDocumentIsRefused(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(YamlException.class);
    }

    /** Attack 28: depth, size and alias bombs. */
    @Test
    void depthSizeAndEncodingHaveLimits() {
        assertThat(read("[".repeat(64) + "]".repeat(64))).isInstanceOf(List.class);
        assertThatThrownBy(() -> read("[".repeat(65) + "]".repeat(65))).hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> read("[".repeat(10_000))).isInstanceOf(YamlException.class);
        assertThatThrownBy(() -> read("a: " + "x".repeat(1 << 20))).hasMessageContaining("at most 1048576");
        assertThatThrownBy(() -> StrictYaml.read("latin.yaml", new byte[] {'a', ':', ' ', (byte) 0xe9}))
                .hasMessage("latin.yaml: is not UTF-8");
        String bomb = "a: &a [x,x]\nb: &b [*a,*a]\n";
        assertThatThrownBy(() -> read(bomb)).hasMessageContaining("anchors");
    }

    @Test
    void aTopThatIsNoMappingIsRefusedWhereOneIsNeeded() {
        assertThatThrownBy(() -> StrictYaml.readMapping("x.yaml", "- a\n".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("x.yaml:1:1: the document is not a mapping of names to values");
    }

    /** Attack 29, by example; {@link StrictYamlProperties} has the rest. */
    @Test
    void stringsAreWrittenInDoubleQuotesAndAscii() {
        Map<String, @Nullable Object> value = map(
                "z",
                "NO",
                "a",
                "line\nbreak \"q\" \\ \u00e9 \u2028 \ud83d\ude00 \u0000 \u007f",
                "list",
                List.of(1L, 2.5, true, map("k", List.of()), List.of("x")),
                "none",
                null,
                "empty",
                Map.of());

        assertThat(new String(StrictYaml.write(value), StandardCharsets.US_ASCII))
                .isEqualTo("""
                "a": "line\\nbreak \\"q\\" \\\\ \\xE9 \\u2028 \\U0001F600 \\x00 \\x7F"
                "empty": {}
                "list":
                  - 1
                  - 2.5
                  - true
                  -
                    "k": []
                  -
                    - "x"
                "none": null
                "z": "NO"
                """);
        assertThat(StrictYaml.read("out", StrictYaml.write(value))).isEqualTo(value);
    }

    @Test
    void numbersThatReadersDisagreeOnAreNotWritten() {
        assertThat(new String(StrictYaml.write(List.of(1.0, 1e-7, -0.0, 9007199254740991L)), StandardCharsets.US_ASCII))
                .isEqualTo("- 1\n- 0.0000001\n- 0\n- 9007199254740991\n");
        assertThatThrownBy(() -> StrictYaml.write(1e300)).isInstanceOf(YamlException.class);
        assertThatThrownBy(() -> StrictYaml.write(Map.of("k".repeat(1001), 1))).hasMessageContaining("1000 characters");
        Object deep = 1L;
        for (int i = 0; i < 65; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        assertThatThrownBy(() -> StrictYaml.write(tooDeep)).hasMessageContaining("deeper than 64");
    }

    static @Nullable Object read(String yaml) {
        return StrictYaml.read("test.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, @Nullable Object> map(@Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new java.util.TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    private static String unescape(String text) {
        return text.replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\ufeff", "\ufeff")
                .replace("\\u0085", "\u0085")
                .replace("\\u2028", "\u2028")
                .replace("\\u007f", "\u007f")
                .replace("\\u0000", "\u0000")
                .replace("\\\\", "\\");
    }
}
