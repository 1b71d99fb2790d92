package io.aios.tenancy.rls;

import java.util.Objects;

/**
 * One way in which a schema fails to isolate its tenants.
 *
 * @param id the check that found it, for example {@code T02}
 * @param severity how much it weighs
 * @param object the role, table, function or setting concerned
 * @param why how it leaks
 * @param fix the SQL that mends it, or what to do where no SQL can
 */
public record Finding(String id, Severity severity, String object, String why, String fix) {
    public Finding {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(why, "why");
        Objects.requireNonNull(fix, "fix");
    }

    @Override
    public String toString() {
        return id + " " + severity + " " + object + ": " + why + " | " + fix;
    }
}
