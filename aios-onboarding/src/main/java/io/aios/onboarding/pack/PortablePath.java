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
    private static final Pattern DEVICE = Pattern.compile("(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\\..*)?");
    private static final String NOT_PORTABLE = "is not portable: each part between slashes is made of A-Z a-z 0-9 . _ -"
            + " and neither starts with . or - nor ends with .";

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
        int depth = 1;
        int start = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                String problem = problem(path, start, i);
                if (problem != null) {
                    return problem;
                }
                start = i + 1;
                depth += i == path.length() ? 0 : 1;
            }
        }
        return depth > MAX_DEPTH ? "is more than " + MAX_DEPTH + " folders deep" : null;
    }

    private static @Nullable String problem(String path, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            boolean inner = (c == '.' && i > start && i < end - 1) || (c == '-' && i > start);
            if (!plain && !inner) {
                return NOT_PORTABLE;
            }
        }
        if (start == end) {
            return NOT_PORTABLE;
        }
        int dot = path.indexOf('.', start);
        int stem = (dot < 0 || dot > end ? end : dot) - start;
        boolean device = (stem == 3 || stem == 4)
                && "acnplACNPL".indexOf(path.charAt(start)) >= 0
                && DEVICE.matcher(path.substring(start, end).toLowerCase(Locale.ROOT))
                        .matches();
        return device ? "is a device name on Windows" : null;
    }

    /** Each name that collides with an earlier one when case is ignored, as file or as folder, with that one. */
    static Map<String, String> collisions(Collection<String> paths) {
        Map<String, String> seen = new HashMap<>();
        Map<String, String> found = new HashMap<>();
        Map<String, String> files = new HashMap<>();
        for (String path : paths) {
            String twin = files.putIfAbsent(path.toLowerCase(Locale.ROOT), path);
            if (twin != null) {
                found.put(path, twin);
            }
        }
        Set<String> folders = new HashSet<>();
        for (String path : paths) {
            int slash = path.lastIndexOf('/');
            while (slash > 0 && folders.add(path.substring(0, slash))) {
                String folder = path.substring(0, slash);
                String folded = folder.toLowerCase(Locale.ROOT);
                String twin = seen.putIfAbsent(folded, folder);
                String file = files.get(folded);
                if (twin != null || file != null) {
                    found.put(path, twin != null ? twin : file);
                }
                slash = path.lastIndexOf('/', slash - 1);
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
