package io.aios.policy;

import java.util.Objects;

/**
 * The policy as a trace names it: {@code policy{id, version, digest, enforcement}}.
 *
 * @param id the policy's id
 * @param version the policy's version
 * @param digest SHA-256 of the policy's source bytes, 64 lower-case hex digits
 * @param enforcement {@code enforce}: the policy's word counted; no other mode exists yet
 */
public record PolicyRef(String id, String version, String digest, String enforcement) {
    /** Checks. */
    public PolicyRef {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(enforcement, "enforcement");
    }

    /** Names a policy that is enforced. */
    public static PolicyRef of(Policy policy) {
        return new PolicyRef(policy.id(), policy.version(), policy.digest(), "enforce");
    }
}
