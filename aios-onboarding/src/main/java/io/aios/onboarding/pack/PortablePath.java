package io.aios.onboarding.pack;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** File names that mean the same file on every system: ASCII, relative, no two equal when case is ignored. */
final class PortablePath {
    private static final int MAX_LENGTH = 100;
    private static final int MAX_DEPTH = 8;
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?");
    private static final Pattern DEVICE = Pattern.compile("(?:con|prn|aux|nul|clock\\$|com[0-9]|lpt[0-9])(?:\\..*)?");

    private PortablePath() {}

    @CanIgnoreReturnValue
    static String require(String path) {
        String problem = problem(path);
        if (problem != null) {
            throw new PackageException("file name " + quoted(path) + " " + problem);
        }
        return path;
    }

    static @Nullable String problem(String path) {
        if (path.isEmpty()) {
            return "is empty";
        }
        if (path.length() > MAX_LENGTH) {
            return "has more than " + MAX_LENGTH + " characters";
        }
        String[] segments = path.split("/", -1);
        if (segments.length > MAX_DEPTH) {
            return "is more than " + MAX_DEPTH + " folders deep";
        }
        for (String segment : segments) {
            if (!SEGMENT.matcher(segment).matches()) {
                return "is not portable: each part between slashes is made of A-Z a-z 0-9 . _ - and neither starts"
                        + " with . or - nor ends with .";
            }
            if (DEVICE.matcher(segment.toLowerCase(Locale.ROOT)).matches()) {
                return "is a device name on Windows";
            }
        }
        return null;
    }

    /** The first name that collides with an earlier one when case is ignored, as file or as folder, with that one. */
    static Map<String, String> collisions(Collection<String> paths) {
        Map<String, String> seen = new HashMap<>();
        Set<String> files = new HashSet<>();
        Map<String, String> found = new HashMap<>();
        for (String path : paths) {
            files.add(path.toLowerCase(Locale.ROOT));
        }
        for (String path : paths) {
            for (int slash = path.indexOf('/'); ; slash = path.indexOf('/', slash + 1)) {
                String prefix = slash < 0 ? path : path.substring(0, slash);
                String folded = prefix.toLowerCase(Locale.ROOT);
                String earlier = seen.putIfAbsent(folded, prefix);
                if ((earlier != null && (slash < 0 || !earlier.equals(prefix)))
                        || (slash >= 0 && files.contains(folded))) {
                    found.put(path, earlier == null ? prefix : earlier);
                }
                if (slash < 0) {
                    break;
                }
            }
        }
        return found;
    }

    /** The name for a message: anything but printable ASCII is escaped. */
    static String quoted(String path) {
        StringBuilder text = new StringBuilder("\"");
        path.codePoints().limit(200).forEach(point -> {
            if (point < 0x20 || point > 0x7e || point == '"' || point == '\\') {
                text.append("\\u{").append(HexText.upper(point)).append('}');
            } else {
                text.append((char) point);
            }
        });
        return text.append('"').toString();
    }
}
