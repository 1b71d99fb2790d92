package io.aios.tenancy.request;

import org.jspecify.annotations.Nullable;

/** A path as every reader behind us will understand it, or none. */
final class RequestPath {
    private RequestPath() {}

    /**
     * The path without matrix parameters, dot segments and double slashes.
     *
     * @return null if the path is relative, leaves the root, or has an escape or character that servers read
     *     differently
     */
    static @Nullable String normalise(String path) {
        if (!path.startsWith("/")) {
            return null;
        }
        StringBuilder normal = new StringBuilder();
        for (String segment : path.substring(1).split("/", -1)) {
            for (int i = 0; i < segment.length(); i++) {
                char c = segment.charAt(i);
                if (c <= ' ' || c >= 0x7f || c == '%' || c == '\\' || c == ';' || c == '?' || c == '#') {
                    return plainEscapes(path, c) ? path : null;
                }
            }
            if (segment.equals("..")) {
                return null;
            }
            if (!segment.isEmpty() && !segment.equals(".")) {
                normal.append('/').append(segment);
            }
        }
        return normal.length() == 0 ? "/" : normal.toString();
    }

    /** A path whose only oddity is escapes of ordinary characters is kept as it is; it equals no excluded path. */
    private static boolean plainEscapes(String path, char odd) {
        if (odd != '%') {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\' || c == ';' || c == '?' || c == '#') {
                return false;
            }
            if (c == '%') {
                int code = i + 2 < path.length() ? hex(path.charAt(i + 1)) * 16 + hex(path.charAt(i + 2)) : -1;
                boolean separator = code == '/' || code == '\\' || code == '.' || code == '%' || code == ';';
                if (code < ' ' || separator) {
                    return false;
                }
            }
        }
        return !path.contains("/../") && !path.endsWith("/..");
    }

    private static int hex(char c) {
        int digit = Character.digit(c, 16);
        return digit < 0 || c > 'f' ? -1000 : digit;
    }
}
