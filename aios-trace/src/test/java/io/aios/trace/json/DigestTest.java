package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void sha256OfPartsIsThatOfTheirConcatenation() {
        Digest digest = Digest.sha256(ascii("a"), ascii(""), ascii("bc"));
        assertThat(digest.hex()).isEqualTo(ABC);
        assertThat(digest).isEqualTo(Digest.parse(ABC)).hasSameHashCodeAs(Digest.of(digest.bytes()));
        assertThat(digest).isNotEqualTo(Digest.sha256());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                " a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
                "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f"
            })
    void onlySixtyFourLowerCaseHexDigitsAreADigest(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDigestCannotBeChangedThroughItsBytes() {
        Digest digest = Digest.parse(ABC);
        digest.bytes()[0] = 0;
        assertThat(digest.hex()).isEqualTo(ABC);
        assertThatThrownBy(() -> Digest.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
