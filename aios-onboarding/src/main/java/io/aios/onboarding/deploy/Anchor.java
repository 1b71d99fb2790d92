package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.LOG;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a target keeps beside its log: who holds the lease, and how long the log is.
 *
 * @param token the fencing token of the last lease
 * @param holder who holds it; empty when nobody does
 * @param expiresAt when the lease ends
 * @param count how many lines the log has
 * @param head the digest of its last line
 * @param pending the digest of a line that is being written, or null
 */
record Anchor(
        long token,
        String holder,
        Instant expiresAt,
        long count,
        Digest head,
        @Nullable Digest pending) {

    byte[] bytes() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("token", token);
        json.put("holder", holder);
        json.put("expires_at", expiresAt.toString());
        json.put("log_count", count);
        json.put("log_head", head.hex());
        json.put("log_pending", pending == null ? null : pending.hex());
        return CanonicalJson.bytes(json);
    }

    static Anchor parse(byte[] bytes) {
        try {
            JsonFields json = JsonFields.of("lease", CanonicalJson.parse(bytes));
            return new Anchor(
                    json.integer("token"),
                    json.string("holder"),
                    Instant.parse(json.string("expires_at")),
                    json.integer("log_count"),
                    json.digest("log_head"),
                    json.optionalDigest("log_pending"));
        } catch (DateTimeException | InvalidJsonException e) {
            throw new DeploymentException(LOG, "the target's lease record cannot be read", e);
        }
    }

    boolean heldAt(Instant now) {
        return !holder.isEmpty() && now.isBefore(expiresAt);
    }

    Anchor renewed(Instant until) {
        return new Anchor(token, holder, until, count, head, pending);
    }

    Anchor announcing(Digest line, Instant until) {
        return new Anchor(token, holder, until, count, head, line);
    }

    Anchor at(DeploymentLog log) {
        return new Anchor(token, holder, expiresAt, log.count(), log.head(), null);
    }

    Anchor advanced(Digest line) {
        return new Anchor(token, holder, expiresAt, count + 1, line, null);
    }

    /** Whether a log is what was anchored, or that plus the one line that was being written. */
    void require(DeploymentLog log, boolean torn) {
        boolean same = log.count() == count && log.head().equals(head) && (!torn || pending != null);
        boolean onePlus = !torn
                && pending != null
                && log.count() == count + 1
                && log.head().equals(pending);
        if (!same && !onePlus) {
            throw new DeploymentException(
                    LOG,
                    "deployment.log has " + log.count() + " line(s) with head "
                            + log.head().hex() + (torn ? " and a torn end" : "") + "; anchored are " + count
                            + " with head " + head.hex() + ": it was truncated, edited or replaced");
        }
    }
}
