package io.aios.trace.golden;

import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON for people: the order of the source, two spaces of indentation, canonical leaves. */
final class PrettyJson {
    private PrettyJson() {}

    static byte[] write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, "\n", out);
        return out.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(@Nullable Object value, String indent, StringBuilder out) {
        String separator = indent + "  ";
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            String next = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(next)
                        .append(separator)
                        .append(CanonicalJson.text(entry.getKey()))
                        .append(": ");
                write(entry.getValue(), separator, out);
                next = ",";
            }
            out.append(indent).append('}');
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            String next = "[";
            for (Object element : list) {
                out.append(next).append(separator);
                write(element, separator, out);
                next = ",";
            }
            out.append(indent).append(']');
        } else {
            out.append(CanonicalJson.text(value));
        }
    }
}
