package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final Redactor ANGLE = Redactor.angleMarkers();
    private static final Redactor BRACKET = Redactor.bracketMarkers();

    @ParameterizedTest
    @CsvSource({
        "mail john@email.com now, mail <email> now",
        "a.b+c@x-y.example.org., <email>.",
        "call 555-123-4567!, call <phone>!",
        "+1 (216) 555-0100 is mine, <phone> is mine",
        "no @ address, no @ address",
        "x@y, x@y",
        "a@b.c, a@b.c",
        "12345678, 12345678",
        "plain text, plain text"
    })
    void contactsBecomeTheMarkersOfDocument001(String text, String expected) {
        assertThat(ANGLE.redact(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "john@email.com or 555-123-4567, [EMAIL_REDACTED] or [PHONE_REDACTED]",
        "ssn 123-45-6789., ssn [SSN_REDACTED].",
        "1123-45-6789, [PHONE_REDACTED]"
    })
    void contactsBecomeTheMarkersOfDocument003(String text, String expected) {
        assertThat(BRACKET.redact(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "john@email.com",
                "a@b.com@c.org",
                "x 555 123 4567 y",
                "+49 (0)30 1234-5678",
                "1@2.33",
                "a@b.cc1",
                "a@-.zz",
                "@a.bc",
                "..@..ab",
                "a@b..cd",
                "a@b.c.dd-",
                "+++1234567890",
                "1-2-3-4-5-6",
                "1 ( ) . - 2",
                "tel:12345678x 987654321",
                "a@b.com 123456789 c@d.org"
            })
    void theScannerFindsWhatTheDocumentsPatternsFind(String text) {
        String expected = Pattern.compile("\\+?\\d[\\d\\s().-]{7,}\\d")
                .matcher(Pattern.compile("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}")
                        .matcher(text)
                        .replaceAll("<email>"))
                .replaceAll("<phone>");
        assertThat(ANGLE.redact(text)).isEqualTo(expected);
        assertThat(ANGLE.redact(expected)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a@", "a.", "1", "1-", "+1 ", "@", "a@a.", "1-1-", "a@a.a", "123-45-678"})
    void aMegabyteOfHostileInputIsRedactedInOnePass(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());
        for (Redactor redactor : List.of(ANGLE, BRACKET)) {
            String once = redactor.redact(text);
            assertThat(redactor.redact(once)).isEqualTo(once);
        }
    }

    @Test
    void everyStringInAnObjectIsRedactedAndKeysStay() {
        assertThat(ANGLE.redactObject(Map.of("a@b.com", List.of("a@b.com", Map.of("k", "555-123-4567"), 5L))))
                .isEqualTo(Map.of("a@b.com", List.of("<email>", Map.of("k", "<phone>"), 5L)));
    }

    @Test
    void redactorsCompose() {
        assertThat(ANGLE.then(text -> text.replace("Ann", "[NAME_REDACTED]")).redact("Ann a@b.com"))
                .isEqualTo("[NAME_REDACTED] <email>");
    }
}
