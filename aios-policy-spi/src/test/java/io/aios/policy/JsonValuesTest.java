package io.aios.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonValuesTest {
    @Test
    void integersBecomeLongAndRealsBecomeDouble() {
        assertThat(JsonValues.copy(Arrays.asList(
                        (byte) 1,
                        (short) 2,
                        3,
                        4L,
                        BigInteger.valueOf(5),
                        1.5f,
                        2.5d,
                        new BigDecimal("0.90"),
                        null,
                        true)))
                .isEqualTo(Arrays.asList(1L, 2L, 3L, 4L, 5L, 1.5d, 2.5d, 0.9d, null, true));
    }

    @Test
    void aCopyDoesNotFollowItsSource() {
        Map<String, Object> source = new HashMap<>();
        List<Object> inner = new ArrayList<>(List.of("a"));
        source.put("list", inner);
        Map<String, @org.jspecify.annotations.Nullable Object> copy = JsonValues.copyObject(source);
        inner.add("b");
        source.put("more", 1);
        assertThat(copy).isEqualTo(Map.of("list", List.of("a")));
        assertThatThrownBy(() -> copy.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        List<?> copied = (List<?>) Objects.requireNonNull(copy.get("list"));
        assertThatThrownBy(copied::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatIsNotJsonIsRefusedWithItsPath() {
        refused(Map.of("a", Arrays.asList(1, Double.NaN)), "$.a[1]", "finite");
        refused(List.of(Float.POSITIVE_INFINITY), "$[0]", "finite");
        refused(new BigDecimal("1e400"), "$", "finite");
        refused(Map.of("n", 9007199254740992L), "$.n", "2^53-1");
        refused(BigInteger.TWO.pow(64), "$", "2^53-1");
        refused(Map.of("s", "x\ud800"), "$.s", "surrogate");
        refused(Map.of("s", "\udc00x"), "$.s", "surrogate");
        refused(Collections.singletonMap("k\ud800", 1), "$[\"k\ud800\"]", "surrogate");
        refused(Map.of(1, 2), "$", "key");
        refused(Collections.singletonMap(null, 2), "$", "key");
        refused(List.of('c'), "$[0]", "java.lang.Character");
        refused(Map.of("n", new AtomicInteger(1)), "$.n", "AtomicInteger");
        refused(Map.of("odd key", new Object()), "$[\"odd key\"]", "java.lang.Object");
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        // A map by identity holds two keys that are equal, as a careless reader of JSON might.
        java.util.IdentityHashMap<String, Object> twice = new java.util.IdentityHashMap<>();
        twice.put("amount", 5);
        twice.put(String.valueOf("amount".toCharArray()), 5000);
        assertThatThrownBy(() -> JsonValues.copyObject(twice))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("$.amount");
    }

    @Test
    void aCycleIsRefused() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        self.add(self);
        refused(self, "$[0]", "contains itself");
    }

    @Test
    void nestingIsAcceptedTo128AndRefusedBeyond() {
        assertThat(JsonValues.copy(nested(128))).isEqualTo(nested(128));
        assertThatThrownBy(() -> JsonValues.copy(nested(129)))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("deeper than 128");
    }

    @Test
    void sharedReferencesCannotExpandWithoutEnd() {
        List<Object> bomb = List.of();
        for (int i = 0; i < 100; i++) {
            bomb = Arrays.asList(bomb, bomb);
        }
        List<Object> full = bomb;
        assertThatThrownBy(() -> JsonValues.copy(full))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("more than 1000000 values");
    }

    @Test
    void keysAreWrittenInUtf16OrderWithMinimalEscapes() {
        Map<String, Object> object = new HashMap<>();
        object.put("\u20ac", "\u0007\b\t\n\f\r\"\\/\u007f");
        object.put("\ufb33", 1);
        object.put("\ud83d\ude00", List.of());
        object.put("1", Map.of());
        assertThat(JsonValues.canonical(object))
                .isEqualTo("{\"1\":{},\"\u20ac\":\"\\u0007\\b\\t\\n\\f\\r\\\"\\\\/\u007f\",\"\ud83d\ude00\":[],"
                        + "\"\ufb33\":1}");
    }

    @ParameterizedTest
    @CsvSource({
        "0.9, 0.9",
        "-0.0, 0",
        "1.0, 1",
        "1e21, 1e+21",
        "123456789012345680000, 123456789012345680000",
        "1e-7, 1e-7",
        "0.000001, 0.000001",
        "5e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "333333333.33333329, 333333333.3333333",
        "2e-323, 2e-323",
        "2.2250738585072014E-308, 2.2250738585072014e-308",
        "9007199254740994.0, 9007199254740994",
        "1.2E23, 1.2e+23",
        "-1.5, -1.5",
        "9.5367431640625e-7, 9.5367431640625e-7"
    })
    void numbersAreWrittenAsEcmaScriptDoes(double number, String text) {
        assertThat(JsonValues.canonical(number)).isEqualTo(text);
    }

    @Test
    void theDigestIsThatOfTheCanonicalForm() {
        assertThat(JsonValues.digest(Map.of()))
                .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    private static Object nested(int depth) {
        Object value = List.of();
        for (int i = 1; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
        }
        return value;
    }

    private static void refused(Object value, String path, String problem) {
        assertThatThrownBy(() -> JsonValues.copy(value))
                .isInstanceOfSatisfying(
                        InvalidJsonException.class,
                        refusal -> assertThat(refusal.path()).isEqualTo(path))
                .hasMessageContaining(problem);
    }
}
