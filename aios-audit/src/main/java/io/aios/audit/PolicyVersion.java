package io.aios.audit;

import io.aios.trace.json.Digest;

/**
 * The policy an event was decided under.
 *
 * @param id {@code [A-Za-z0-9._:-]{1,128}}
 * @param version {@code [A-Za-z0-9._:-]{1,128}}
 * @param digest SHA-256 of the policy's source bytes
 */
public record PolicyVersion(String id, String version, Digest digest) {
    /** Checks. */
    public PolicyVersion {
        Tokens.name("policy id", id);
        Tokens.name("policy version", version);
    }
}
