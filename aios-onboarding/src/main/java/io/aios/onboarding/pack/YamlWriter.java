package io.aios.onboarding.pack;

import io.aios.policy.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Block style, two spaces, sorted keys; a string is always in double quotes and ASCII. */
final class YamlWriter {
    /** Readers look at most 1,024 characters ahead for the colon of a key. */
    private static final int MAX_KEY = 1000;

    private static final String FILE = "yaml";
    private final StringBuilder out = new StringBuilder();

    byte[] document(@Nullable Object jsonShaped) {
        Object value = JsonValues.copy(jsonShaped);
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            mapping(JsonShape.object(map), 0, 1);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            sequence(list, 0, 1);
        } else {
            scalar(value);
            out.append('\n');
        }
        byte[] bytes = out.toString().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > StrictYaml.MAX_BYTES) {
            throw new YamlException(FILE, 0, 0, "has " + bytes.length + " bytes; at most " + StrictYaml.MAX_BYTES);
        }
        return bytes;
    }

    private void mapping(Map<String, @Nullable Object> map, int indent, int depth) {
        boolean first = true;
        for (Map.Entry<String, @Nullable Object> entry : new TreeMap<>(map).entrySet()) {
            if (!first) {
                indent(indent);
            }
            first = false;
            int start = out.length();
            string(entry.getKey());
            if (out.length() - start > MAX_KEY) {
                throw new YamlException(FILE, 0, 0, "a key has more than " + MAX_KEY + " characters once escaped");
            }
            out.append(':');
            child(entry.getValue(), indent, depth);
        }
    }

    private void sequence(List<?> list, int indent, int depth) {
        boolean first = true;
        for (Object element : list) {
            if (!first) {
                indent(indent);
            }
            first = false;
            out.append('-');
            child(element, indent, depth);
        }
    }

    private void child(@Nullable Object value, int indent, int depth) {
        if (depth >= StrictYaml.MAX_DEPTH && (value instanceof Map || value instanceof List)) {
            throw new YamlException(FILE, 0, 0, "is nested deeper than " + StrictYaml.MAX_DEPTH + " levels");
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.append('\n');
            indent(indent + 2);
            mapping(JsonShape.object(map), indent + 2, depth + 1);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.append('\n');
            indent(indent + 2);
            sequence(list, indent + 2, depth + 1);
        } else {
            out.append(' ');
            scalar(value);
            out.append('\n');
        }
    }

    private void indent(int spaces) {
        out.append(" ".repeat(spaces));
    }

    private void scalar(@Nullable Object value) {
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Double number) {
            number(number);
        } else if (value instanceof Map) {
            out.append("{}");
        } else if (value instanceof List) {
            out.append("[]");
        } else {
            out.append(value);
        }
    }

    private void number(double value) {
        boolean whole = value == Math.rint(value);
        if (whole && Math.abs(value) >= 1L << 53) {
            throw new YamlException(FILE, 0, 0, "the number " + value + " is beyond 2^53-1; write it as a string");
        }
        if (whole) {
            out.append((long) value);
        } else {
            out.append(YamlScalars.decimalText(value));
        }
    }

    private void string(String text) {
        out.append('"');
        text.codePoints().forEach(this::character);
        out.append('"');
    }

    private void character(int point) {
        switch (point) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            case '\r' -> out.append("\\r");
            default -> {
                if (point >= 0x20 && point < 0x7f) {
                    out.append((char) point);
                } else if (point <= 0xff) {
                    hex("\\x", point, 2);
                } else if (point <= 0xffff) {
                    hex("\\u", point, 4);
                } else {
                    hex("\\U", point, 8);
                }
            }
        }
    }

    private void hex(String escape, int point, int digits) {
        String text = HexText.upper(point);
        out.append(escape)
                .append("0".repeat(Math.max(0, digits - text.length())))
                .append(text, Math.max(0, text.length() - digits), text.length());
    }
}
