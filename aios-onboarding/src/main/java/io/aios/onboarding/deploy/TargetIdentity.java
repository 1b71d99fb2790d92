package io.aios.onboarding.deploy;

import java.util.regex.Pattern;

/**
 * Which target it is.
 *
 * @param id its name for people, {@code [a-z0-9][a-z0-9_-]{0,62}}
 * @param lineage 32 lower-case hex digits, random at creation; two targets never share it
 */
public record TargetIdentity(String id, String lineage) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern LINEAGE = Pattern.compile("[0-9a-f]{32}");

    /** Checks both. */
    public TargetIdentity {
        if (!ID.matcher(id).matches()) {
            throw new DeploymentException(
                    DeploymentException.Reason.REFUSED, "a target id is [a-z0-9][a-z0-9_-]{0,62}");
        }
        if (!LINEAGE.matcher(lineage).matches()) {
            throw new DeploymentException(
                    DeploymentException.Reason.REFUSED, "a target lineage is 32 lower-case hex digits");
        }
    }
}
