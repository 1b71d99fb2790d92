package io.aios.tenancy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Keys and paths that begin with a tenant and cannot leave it, for caches, object stores and directories. */
public final class TenantKeys {
    private TenantKeys() {}

    /**
     * {@code org/part/part...}, each part percent-encoded byte by byte, so that no two lists of parts give one key.
     *
     * @throws IllegalArgumentException if there is no part, or a part is empty, {@code .} or {@code ..}
     */
    public static String key(OrgId org, String... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("a key needs a part after the tenant");
        }
        StringBuilder key = new StringBuilder(org.value());
        for (String part : List.of(parts)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("a part of a key must not be empty, '.' or '..'");
            }
            key.append('/');
            encode(key, part);
        }
        return key.toString();
    }

    /** The file under {@code root} that {@link #key} names; always inside {@code root/org}. */
    public static Path path(Path root, OrgId org, String... parts) {
        Path base = root.toAbsolutePath().normalize().resolve(org.value());
        Path path = root.toAbsolutePath().normalize().resolve(key(org, parts)).normalize();
        if (!path.startsWith(base) || path.equals(base)) {
            throw new IllegalArgumentException("path leaves the directory of tenant '" + org + "'");
        }
        return path;
    }

    private static void encode(StringBuilder key, String part) {
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '.';
            if (plain) {
                key.append(c);
            } else {
                key.append('%').append("0123456789ABCDEF".charAt(c >> 4)).append("0123456789ABCDEF".charAt(c & 15));
            }
        }
    }
}
