package io.aios.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes personal data out of text before it is recorded; what is hashed is what it leaves. */
@FunctionalInterface
public interface Redactor {
    /** Leaves everything as it is. */
    Redactor NONE = text -> text;

    /** The text without what this redactor finds; applying it twice changes nothing more. */
    String redact(String text);

    /** E-mail addresses become {@code <email>}, phone numbers {@code <phone>}. */
    static Redactor angleMarkers() {
        return new ContactRedactor("<email>", "<phone>", null);
    }

    /**
     * E-mail addresses become {@code [EMAIL_REDACTED]}, phone numbers {@code [PHONE_REDACTED]}, US social security numbers
     * {@code [SSN_REDACTED]}.
     */
    static Redactor bracketMarkers() {
        return new ContactRedactor("[EMAIL_REDACTED]", "[PHONE_REDACTED]", "[SSN_REDACTED]");
    }

    /** This redactor, then another. */
    default Redactor then(Redactor next) {
        return text -> next.redact(redact(text));
    }

    /** Redacts every string value of a JSON-shaped object; keys stay. */
    default Map<String, @Nullable Object> redactObject(Map<String, ? extends @Nullable Object> object) {
        Map<String, @Nullable Object> redacted = new LinkedHashMap<>();
        object.forEach((key, value) -> redacted.put(key, redactValue(value)));
        return redacted;
    }

    /** Redacts every string in a JSON-shaped value; keys stay. */
    default @Nullable Object redactValue(@Nullable Object value) {
        if (value instanceof String text) {
            return redact(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> redacted = new LinkedHashMap<>();
            map.forEach((key, element) -> redacted.put((String) key, redactValue(element)));
            return redacted;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> redacted = new ArrayList<>();
            list.forEach(element -> redacted.add(redactValue(element)));
            return redacted;
        }
        return value;
    }
}
