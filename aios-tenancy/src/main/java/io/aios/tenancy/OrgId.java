package io.aios.tenancy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a tenant: {@code [a-z0-9][a-z0-9_-]{0,62}}, compared byte for byte.
 *
 * <p>A text that does not match is refused, never trimmed, folded or normalised, so two ids that look alike cannot
 * become one. Canonical UUIDs and non-negative decimal numbers are valid ids, for schemas whose tenant column is
 * {@code uuid} or {@code bigint}.
 */
public final class OrgId implements Comparable<OrgId> {
    /** The longest id, in characters (all of them ASCII). */
    public static final int MAX_LENGTH = 63;

    /** Words that a broken client sends when it has no tenant, and names the database or this library uses itself. */
    private static final Set<String> RESERVED =
            Set.of("aios", "all", "any", "false", "none", "null", "public", "system", "true", "undefined", "unknown");

    private static final String NIL_UUID_PREFIX = "00000000-0000-0000-0000-";

    private final String value;

    private OrgId(String value) {
        this.value = value;
    }

    /**
     * The id with exactly this text.
     *
     * @throws InvalidOrgIdException if the text does not match the pattern or is reserved ({@code aios}, {@code aios-*},
     *     {@code aios_*}, {@code null}, {@code undefined}, {@code public}, {@code system}, ..., UUIDs that begin with 20
     *     zero digits)
     */
    public static OrgId of(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new InvalidOrgIdException("org id is missing; a tenant must be named");
        }
        checkPattern(value);
        if (RESERVED.contains(value) || isReservedPrefix(value)) {
            throw new InvalidOrgIdException("org id '" + value + "' is reserved; choose another");
        }
        return new OrgId(value);
    }

    private static void checkPattern(String value) {
        if (value.length() > MAX_LENGTH) {
            throw new InvalidOrgIdException(
                    "org id has " + value.length() + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!alphanumeric && (i == 0 || (c != '_' && c != '-'))) {
                throw new InvalidOrgIdException("org id has U+" + hex(c) + " at index " + i
                        + "; it must match [a-z0-9][a-z0-9_-]{0,62} as it stands");
            }
        }
    }

    private static String hex(char c) {
        String digits = Integer.toHexString(c);
        return "0000".substring(digits.length()) + digits;
    }

    private static boolean isReservedPrefix(String value) {
        return value.startsWith("aios-") || value.startsWith("aios_") || value.startsWith(NIL_UUID_PREFIX);
    }

    /** The id as it stands in the tenant column and in the session setting. */
    public String value() {
        return value;
    }

    @Override
    public int compareTo(OrgId other) {
        return value.compareTo(other.value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OrgId id && id.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Same as {@link #value()}. */
    @Override
    public String toString() {
        return value;
    }
}
