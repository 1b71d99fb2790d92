package io.aios.onboarding.pack;

import io.aios.trace.json.CanonicalJson;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a plain scalar means to every reader, or why readers disagree. */
final class YamlScalars {
    private static final long MAX_INTEGER = (1L << 53) - 1;
    private static final Set<String> WORDS =
            Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<");
    private static final Map<String, @Nullable Object> CONSTANTS = constants();
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,15}");
    private static final Pattern DECIMAL = Pattern.compile("-?(?:0|[1-9][0-9]*)\\.[0-9]+");
    /** Everything that YAML 1.1's type repository or YAML 1.2's core schema takes for a number or a time. */
    private static final Pattern NUMBER_SOMEWHERE =
            Pattern.compile("[-+]?0b[01_]+|[-+]?0o?[0-9_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*"
                    + "|[-+]?(?:[0-9][0-9_]*)?\\.[0-9._]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
                    + "|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?"
                    + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)"
                    + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*|\\s+.*)?");

    private YamlScalars() {}

    private static Map<String, @Nullable Object> constants() {
        Map<String, @Nullable Object> constants = new HashMap<>();
        constants.put("true", true);
        constants.put("false", false);
        constants.put("null", null);
        return constants;
    }

    record Resolved(@Nullable Object value, @Nullable String problem) {
        static Resolved as(@Nullable Object value) {
            return new Resolved(value, null);
        }

        static Resolved refused(String problem) {
            return new Resolved(null, problem);
        }
    }

    static Resolved resolve(String plain) {
        if (CONSTANTS.containsKey(plain)) {
            return Resolved.as(CONSTANTS.get(plain));
        }
        if (plain.isEmpty()) {
            return Resolved.refused("an empty value is refused; write null or \"\"");
        }
        if (WORDS.contains(plain.toLowerCase(Locale.ROOT))) {
            return Resolved.refused(ambiguous(plain) + " or write true, false or null in lower case");
        }
        if (INTEGER.matcher(plain).matches()) {
            long value = Long.parseLong(plain);
            return Math.abs(value) <= MAX_INTEGER
                    ? Resolved.as(value)
                    : Resolved.refused("the integer " + plain + " is beyond 2^53-1; quote it: \"" + plain + "\"");
        }
        if (plain.length() <= 400 && DECIMAL.matcher(plain).matches()) {
            double value = Double.parseDouble(plain);
            return Double.isFinite(value) && plain.equals(decimalText(value))
                    ? Resolved.as(value)
                    : Resolved.refused("the number " + plain + " does not keep its text (readers give "
                            + CanonicalJson.text(value) + "); quote it or drop the digits that vanish");
        }
        if (plain.length() <= 400 && NUMBER_SOMEWHERE.matcher(plain).matches()) {
            return Resolved.refused(ambiguous(plain));
        }
        return Resolved.as(plain);
    }

    /** Plain decimal text of a double with a fraction, which all readers parse to the same double. */
    static String decimalText(double value) {
        return new BigDecimal(CanonicalJson.text(value)).toPlainString();
    }

    private static String ambiguous(String plain) {
        return "YAML 1.1 and 1.2 read " + PortablePath.quoted(plain) + " differently; quote it: \"" + plain + "\"";
    }
}
