package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.Vectors;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
    void officialFileComesOutAsPublished(String name) {
        byte[] canonical = CanonicalJson.canonicalize(Vectors.bytes("jcs/testdata/input/" + name + ".json"));
        assertThat(canonical).isEqualTo(Vectors.bytes("jcs/testdata/output/" + name + ".json"));
        String hex = new String(Vectors.bytes("jcs/testdata/outhex/" + name + ".txt"), StandardCharsets.US_ASCII);
        assertThat(canonical).isEqualTo(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"\\ud800\"]", "[\"\\udead\"]", "[\"a\\udc00\\ud800\"]"})
    void loneSurrogateIsRefusedOnReading(String json) {
        refused(json, "$[0]", "lone surrogate");
    }

    @Test
    void loneSurrogateInKeyIsRefusedOnReadingAndWriting() {
        refused("{\"a\":{\"\\udead\":1}}", "$.a['\\udead']", "lone surrogate");
        refused("{\"a\":[{\"b\":0,\"x\\ud83d\":1}]}", "$.a[0]['x\\ud83d']", "lone surrogate");
        assertThatThrownBy(() -> CanonicalJson.bytes(Map.of("\udead", 1)))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class, e -> assertThat(e.path()).isEqualTo("$['\\udead']"));
        assertThatThrownBy(() -> CanonicalJson.bytes(List.of("?", "\ud83d")))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class, e -> assertThat(e.path()).isEqualTo("$[1]"));
    }

    @Test
    void loneSurrogateInALongTextIsNotTakenForAQuestionMark() {
        for (String text : List.of("x".repeat(40) + "\ud800", "\udead" + "?".repeat(40), "a".repeat(16) + "\udc00?")) {
            assertThatThrownBy(() -> CanonicalJson.bytes(Map.of("t", text)))
                    .isInstanceOfSatisfying(
                            InvalidJsonException.class,
                            e -> assertThat(e.path()).isEqualTo("$.t"));
        }
        assertThat(CanonicalJson.text("is this a long question? \u00e9"))
                .isEqualTo("\"is this a long question? \u00e9\"");
        assertThat(CanonicalJson.text("a \"quoted\" \\ long \n text"))
                .isEqualTo("\"a \\\"quoted\\\" \\\\ long \\n text\"");
    }

    @Test
    void keysThatAMapHoldsTwiceAreRefused() {
        Map<String, Object> twice = new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                return Set.of(Map.entry("a", 1), Map.entry("a", 2));
            }
        };
        assertThatThrownBy(() -> CanonicalJson.bytes(List.of(twice)))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class, e -> assertThat(e.path()).isEqualTo("$[0].a"));
        assertThatThrownBy(() -> CanonicalJson.freeze(twice))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class, e -> assertThat(e.path()).isEqualTo("$.a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":null,\"a\":1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":1}"})
    void duplicateKeyIsRefused(String json) {
        refused(json, "$.a", "duplicate key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740992",
                "9007199254740993",
                "-9007199254740992",
                "18446744073709551616",
                "9007199254740993.0",
                "1e20"
            })
    void integerBeyondTheSafeRangeIsRefused(String number) {
        refused("{\"n\":[" + number + "]}", "$.n[0]", "integer beyond 2^53-1");
    }

    @Test
    void largestSafeIntegersPass() {
        assertThat(canonical("[9007199254740991,-9007199254740991,1E30,1e21]"))
                .isEqualTo("[9007199254740991,-9007199254740991,1e+30,1e+21]");
        assertThatThrownBy(() -> CanonicalJson.bytes(List.of(1L << 53))).isInstanceOf(InvalidJsonException.class);
        assertThatThrownBy(() -> CanonicalJson.bytes(BigInteger.ONE.shiftLeft(64)))
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        refused("[1e400]", "$[0]", "beyond the range of a double");
        refused("[-1e400]", "$[0]", "beyond the range of a double");
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> CanonicalJson.bytes(Map.of("x", List.of(value))))
                    .isInstanceOf(InvalidJsonException.class)
                    .hasMessageContaining("$.x[0]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[NaN]",
                "[Infinity]",
                "{'a':1}",
                "{a:1}",
                "[1,]",
                "[01]",
                "[+1]",
                "[.5]",
                "[1.]",
                "[1] [2]",
                "[1]x",
                "// c\n1",
                "/* c */1",
                "\"\n\"",
                "\"\\x\"",
                "nul",
                "[",
                "{\"a\"",
                "{\"a\":}",
                "[\"\t\"]",
                "]"
            })
    void textThatIsNotJsonIsRefused(String json) {
        assertThatThrownBy(() -> canonical(json)).isInstanceOf(InvalidJsonException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "22c0af22, overlong form",
        "22eda08022, surrogate in UTF-8",
        "22eda0bdedb88022, surrogate pair in UTF-8",
        "22f490808022, beyond U+10FFFF",
        "22ff22, no lead byte",
        "22e282, cut short",
        "efbbbf31, byte order mark",
        "5b0031005d00, UTF-16",
        "feff0031, UTF-16 with byte order mark"
    })
    void bytesThatAreNotPlainUtf8AreRefused(String hex, String what) {
        assertThatThrownBy(() -> CanonicalJson.canonicalize(HexFormat.of().parseHex(hex)))
                .as(what)
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void depthOf128PassesAndOneMoreIsRefused() {
        String fits = "[".repeat(128) + "]".repeat(128);
        assertThat(canonical(fits)).isEqualTo(fits);
        assertThatThrownBy(() -> canonical("[" + fits + "]"))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("deeper than 128");
    }

    @Test
    void twoHundredThousandLevelsDoNotOverflowTheStack() {
        assertThatThrownBy(() -> canonical("[".repeat(200_000) + "]".repeat(200_000)))
                .isInstanceOf(InvalidJsonException.class);
        assertThatThrownBy(() -> canonical("{\"a\":".repeat(200_000) + "1" + "}".repeat(200_000)))
                .isInstanceOf(InvalidJsonException.class);
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            List<Object> outer = new ArrayList<>();
            outer.add(deep);
            deep = outer;
        }
        List<Object> tooDeep = deep;
        assertThatThrownBy(() -> CanonicalJson.bytes(tooDeep)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void cyclicMapIsRefused() {
        Map<String, Object> map = new HashMap<>();
        map.put("self", map);
        assertThatThrownBy(() -> CanonicalJson.bytes(map))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("cyclic");
    }

    @Test
    void whatIsNotJsonShapedIsRefused() {
        for (Object odd : new Object[] {Instant.EPOCH, new byte[1], 'c', new Object(), Optional.of(1)}) {
            assertThatThrownBy(() -> CanonicalJson.bytes(List.of(odd))).isInstanceOf(InvalidJsonException.class);
        }
        Map<Object, Object> keyed = new HashMap<>();
        keyed.put(1, 2);
        assertThatThrownBy(() -> CanonicalJson.bytes(keyed)).isInstanceOf(InvalidJsonException.class);
        keyed.clear();
        keyed.put(null, 2);
        assertThatThrownBy(() -> CanonicalJson.bytes(keyed)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void keysAreOrderedByUtf16Units() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("\ufffd", 1);
        map.put("\ud83d\ude00", 2);
        map.put("b", 3);
        map.put("", 4);
        assertThat(CanonicalJson.text(map)).isEqualTo("{\"\":4,\"b\":3,\"\ud83d\ude00\":2,\"\ufffd\":1}");
    }

    @Test
    void manyKeysAreOrderedToo() {
        Map<String, Object> map = new LinkedHashMap<>();
        StringBuilder expected = new StringBuilder("{");
        for (int i = 99; i >= 10; i--) {
            map.put("k" + i, i);
        }
        for (int i = 10; i <= 99; i++) {
            expected.append(i == 10 ? "" : ",")
                    .append("\"k")
                    .append(i)
                    .append("\":")
                    .append(i);
        }
        assertThat(CanonicalJson.text(map)).isEqualTo(expected + "}");
    }

    @Test
    void textIsNeverNormalised() {
        assertThat(CanonicalJson.digest("\u00e9")).isNotEqualTo(CanonicalJson.digest("e\u0301"));
    }

    @Test
    void integersAndDecimalsStayApartWhenRead() {
        assertThat(CanonicalJson.parse("[1,1.0,-0,-0.0]".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(List.of(1L, 1.0, 0L, -0.0));
    }

    @Test
    void whatIsReadCannotBeChanged() {
        Object read = CanonicalJson.parse("{\"a\":[1]}".getBytes(StandardCharsets.UTF_8));
        Map<?, ?> map = (Map<?, ?>) Objects.requireNonNull(read);
        assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
        for (Object list : map.values()) {
            assertThatThrownBy(((List<?>) list)::clear).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    private static String canonical(String json) {
        return new String(CanonicalJson.canonicalize(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static void refused(String json, String path, String reason) {
        assertThatThrownBy(() -> canonical(json)).isInstanceOfSatisfying(InvalidJsonException.class, e -> {
            assertThat(e.path()).isEqualTo(path);
            assertThat(e).hasMessageContaining(reason);
        });
    }
}
