package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aios.trace.json.Digest;

/**
 * The policy that decided.
 *
 * @param id its id
 * @param version its version
 * @param digest SHA-256 of its source bytes
 * @param enforcement how its word counted, such as {@code enforce}
 */
public record TracePolicy(
        @JsonProperty("id") String id,
        @JsonProperty("version") String version,
        @JsonProperty("digest") Digest digest,
        @JsonProperty("enforcement") String enforcement) {
    /** Checks. */
    public TracePolicy {
        id = Checks.text(id, "$.policy.id");
        version = Checks.text(version, "$.policy.version");
        digest = Checks.present(digest, "$.policy.digest");
        enforcement = Checks.text(enforcement, "$.policy.enforcement");
    }
}
