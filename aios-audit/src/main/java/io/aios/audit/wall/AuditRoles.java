package io.aios.audit.wall;

import java.util.HashSet;
import java.util.List;

/**
 * Names of the five roles of a wall; {@code [a-z_][a-z0-9_]{0,62}}, all different.
 *
 * @param owner owns schema and functions; cannot log in
 * @param writer may call append and flush, nothing else
 * @param reader may read one tenant at a time through views
 * @param signer sees all heads and no leaf; publishes checkpoints
 * @param eraser may call the one function that erases a payload
 */
public record AuditRoles(String owner, String writer, String reader, String signer, String eraser) {
    /** Checks. */
    public AuditRoles {
        List<String> all = List.of(owner, writer, reader, signer, eraser);
        for (String name : all) {
            if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
                throw new IllegalArgumentException("role name '" + name + "' must match [a-z_][a-z0-9_]{0,62}");
            }
        }
        if (new HashSet<>(all).size() != all.size()) {
            throw new IllegalArgumentException("the five roles of a wall must be different");
        }
    }

    /** {@code aios_audit_owner}, {@code aios_audit_writer} and so on. */
    public static AuditRoles standard() {
        return prefixed("aios_audit");
    }

    /** The standard names with another prefix, for several walls on one server. */
    public static AuditRoles prefixed(String prefix) {
        return new AuditRoles(
                prefix + "_owner", prefix + "_writer", prefix + "_reader", prefix + "_signer", prefix + "_eraser");
    }
}
