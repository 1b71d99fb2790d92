package io.aios.onboarding.deploy;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.Optional;

/** Remembers, outside the target, how long each target's log was, so that cutting log and lease together is found. */
public interface DeploymentWitness {
    /**
     * The end of a log as it was seen.
     *
     * @param count how many lines
     * @param head the digest of the last
     */
    record Seen(long count, Digest head) {}

    /**
     * Remembers that a run began, ended or was abandoned; durable on return.
     *
     * @param event {@code begin}, {@code end} or {@code abandon}
     */
    void see(OrgId org, TargetIdentity target, String event, String holder, Digest packageHash, Seen seen);

    /** What was seen last of a target. */
    Optional<Seen> last(OrgId org, TargetIdentity target);
}
