package io.aios.policy;

import java.util.Objects;

/**
 * Why a decision fell: a stable code, a text for administrators, a text for the person who asked. The two are kept apart
 * because the first may name policies and attributes, and the second must not.
 *
 * @param code stable and short, for programs: one of {@link ReasonCodes} or a name the policy chose
 * @param admin for administrators and the audit log
 * @param user for the person who asked; empty when there is nothing to tell them
 */
public record Reason(String code, String admin, String user) {
    /** Checks. */
    public Reason {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(admin, "admin");
        Objects.requireNonNull(user, "user");
        if (code.isEmpty()) {
            throw new InvalidJsonException("$.reason.code", "empty");
        }
        JsonValues.requireString(code, "$.reason.code");
        JsonValues.requireString(admin, "$.reason.admin");
        JsonValues.requireString(user, "$.reason.user");
    }

    /** A reason that tells the person who asked nothing. */
    public static Reason of(String code, String admin) {
        return new Reason(code, admin, "");
    }
}
