package io.aios.onboarding.deploy;

import io.aios.trace.json.Digest;

/**
 * What a run did.
 *
 * @param run the run
 * @param packageHash the package that runs now
 * @param stateDigest the state read back from the target, equal to the plan's
 * @param steps how many steps the plan has
 * @param effects how many resources this call changed; fewer than steps when it resumed
 * @param logCount how many lines the target's log has
 * @param logHead the digest of its last line
 */
public record Receipt(
        String run, Digest packageHash, Digest stateDigest, int steps, int effects, long logCount, Digest logHead) {}
