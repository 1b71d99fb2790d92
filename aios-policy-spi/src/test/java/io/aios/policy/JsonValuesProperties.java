package io.aios.policy;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JsonValuesProperties {
    @Property(tries = 2000)
    void aNumberReadsBackFromItsText(@ForAll double number) {
        assertThat(Double.parseDouble(JsonValues.canonical(number))).isEqualTo(number + 0.0);
    }

    @Property(tries = 2000)
    void aNumberOfAnyBitsReadsBackFromItsText(@ForAll long bits) {
        double number = Double.longBitsToDouble(bits);
        if (Double.isFinite(number)) {
            assertThat(Double.parseDouble(JsonValues.canonical(number))).isEqualTo(number + 0.0);
        }
    }

    @Property
    void aCopyOfACopyIsEqual(@ForAll String text, @ForAll int number) {
        if (text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000)) {
            Object once = JsonValues.copy(java.util.List.of(text, number));
            assertThat(JsonValues.copy(once)).isEqualTo(once);
        }
    }
}
