package io.aios.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class OrgIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "cleveland-gov",
                "acme_2",
                "42",
                "a---",
                "0f8fad5b-d9cb-469f-a165-70867728950e",
                "nulls"
            })
    void keepsTheTextByteForByte(String text) {
        assertThat(OrgId.of(text).value()).isEqualTo(text);
        assertThat(OrgId.of(text)).hasToString(text).isEqualTo(OrgId.of(new String(text.toCharArray())));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                " ",
                "a ",
                " a",
                "a\t",
                "a\n",
                "a\0",
                "A",
                "Acme",
                "_a",
                "-a",
                "__system__",
                "a.b",
                "a/b",
                "../a",
                "a%",
                "a'",
                "a\"b",
                "a;b",
                "a,b",
                "acme\u0131",
                "\u0430cme",
                "caf\u00e9",
                "cafe\u0301",
                "\uff41cme",
                "a\u200b",
                "\ud83d\ude00",
                "\u0663"
            })
    void refusesWhatDoesNotMatchAsItStands(String text) {
        assertThatThrownBy(() -> OrgId.of(text)).isInstanceOf(InvalidOrgIdException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aios",
                "aios-canary-a",
                "aios_x",
                "null",
                "undefined",
                "public",
                "system",
                "00000000-0000-0000-0000-00000000000a"
            })
    void refusesReservedNames(String text) {
        assertThatThrownBy(() -> OrgId.of(text))
                .isInstanceOf(InvalidOrgIdException.class)
                .hasMessageContaining("reserved");
    }

    @Test
    void refusesTheSixtyFourthCharacter() {
        assertThat(OrgId.of("a".repeat(63)).value()).hasSize(63);
        assertThatThrownBy(() -> OrgId.of("a".repeat(64))).hasMessageContaining("64 characters");
    }

    @Test
    void namesThePlaceAndTheCodePointButNotTheText() {
        assertThatThrownBy(() -> OrgId.of("secret.text"))
                .hasMessageContaining("U+002e at index 6")
                .hasMessageNotContaining("secret");
    }

    @Test
    void ordersByText() {
        assertThat(OrgId.of("a")).isLessThan(OrgId.of("b"));
    }
}
