package io.aios.trace;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text of Python's {@code json.dumps(value, sort_keys=True, separators=(",", ":"))}. */
final class PythonJson {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder(1024);

    private PythonJson() {}

    static String dumps(@Nullable Object value) {
        PythonJson json = new PythonJson();
        json.value(value);
        return json.out.toString();
    }

    private void value(@Nullable Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Double number) {
            out.append(repr(number));
        } else if (value instanceof Map<?, ?> map) {
            object(map);
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                out.append(separator);
                value(element);
                separator = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else {
            throw new IllegalArgumentException(
                    "not JSON-shaped: " + value.getClass().getName());
        }
    }

    private void object(Map<?, ?> map) {
        String[] keys = map.keySet().toArray(new String[0]);
        Arrays.sort(keys, PythonJson::compareCodePoints);
        String separator = "{";
        for (String key : keys) {
            out.append(separator);
            string(key);
            out.append(':');
            value(map.get(key));
            separator = ",";
        }
        out.append(keys.length == 0 ? "{}" : "}");
    }

    /** UTF-16 order differs only where a surrogate meets a unit above the surrogates. */
    static int compareCodePoints(String a, String b) {
        int end = Math.min(a.length(), b.length());
        for (int i = 0; i < end; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean sx = Character.isSurrogate(x);
                return sx == Character.isSurrogate(y) ? Character.compare(x, y) : above(x, sx) - above(y, !sx);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int above(char c, boolean surrogate) {
        return surrogate ? 0x10000 : c;
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.append(c);
                    } else {
                        out.append("\\u")
                                .append(HEX.charAt(c >> 12))
                                .append(HEX.charAt((c >> 8) & 0xF))
                                .append(HEX.charAt((c >> 4) & 0xF))
                                .append(HEX.charAt(c & 0xF));
                    }
                }
            }
        }
        out.append('"');
    }

    /** Python's {@code repr(float)}: shortest digits, exponent below 1e-4 and from 1e16. */
    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal decimal = shortest(Math.abs(value));
        String digits = decimal.unscaledValue().toString();
        int point = digits.length() - decimal.scale();
        if (point > 16 || point < -3) {
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            int exponent = point - 1;
            int magnitude = Math.abs(exponent);
            return sign + mantissa + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + magnitude;
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        if (point >= digits.length()) {
            return sign + digits + "0".repeat(point - digits.length()) + ".0";
        }
        return sign + digits.substring(0, point) + "." + digits.substring(point);
    }

    private static BigDecimal shortest(double magnitude) {
        BigDecimal decimal = new BigDecimal(NumberOutput.toString(magnitude, true)).stripTrailingZeros();
        if (decimal.precision() == 2) {
            // Java's two-digit minimum hides the one-digit form of the smallest doubles.
            BigDecimal oneDigit = decimal.round(new MathContext(1)).stripTrailingZeros();
            if (oneDigit.doubleValue() == magnitude) {
                return oneDigit;
            }
        }
        return decimal;
    }
}
