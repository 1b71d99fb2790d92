package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.Policy;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one tenant on an OPA server, and the host's hand on them: draft, active, retired.
 *
 * <p>Give {@link #provider()} to the decision point instead of settings. Activating policies there makes them active, or
 * retires those it leaves out; {@link #recheck()}, called as often as the host likes, finds what somebody changed on the
 * server behind the decision point's back. Only an active policy can permit. Safe for use by many threads.
 */
public final class OpaLifecycle {
    /** Where a policy is on its way. */
    public enum State {
        /** Written and checked; not on the server, or not proven there. Denies {@code policy_draft}. */
        DRAFT,
        /** Uploaded, read back with an equal digest, alone in its package, golden cases answered as expected. */
        ACTIVE,
        /** Active, but the last look could not prove it any more. Denies {@code policy_drifted}. */
        DRIFTED,
        /** Removed from the server. Denies {@code policy_retired}. */
        RETIRED
    }

    /**
     * One version of a policy and how it stands.
     *
     * @param id the policy's id
     * @param version the policy's version
     * @param digest SHA-256 of the policy's source bytes, 64 lower-case hex digits
     * @param state how it stands
     * @param problem why it drifted; empty in every other state
     */
    public record Standing(String id, String version, String digest, State state, String problem) {
        /** Checks. */
        public Standing {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(digest, "digest");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(problem, "problem");
        }

        static Standing of(Policy policy, State state, String problem) {
            return new Standing(policy.id(), policy.version(), policy.digest(), state, problem);
        }
    }

    private final EngineSettings settings;
    private @Nullable OpaEngine engine;
    private boolean opened;

    private OpaLifecycle(EngineSettings settings) {
        this.settings = settings;
    }

    /**
     * A lifecycle with the settings of {@link OpaEngineProvider}. Calls no server yet.
     *
     * @throws io.aios.policy.InvalidJsonException when the settings are not JSON-shaped
     */
    public static OpaLifecycle of(Map<String, ? extends @Nullable Object> settings) {
        return new OpaLifecycle(EngineSettings.of(OpaEngineProvider.ID, settings));
    }

    /** What the decision point opens; one decision point at most. */
    public PolicyEngineProvider provider() {
        return new OpaEngineProvider(this);
    }

    /**
     * Takes in a draft: checks everything that can be checked without the server, which does not hear of it.
     *
     * @throws io.aios.policy.InvalidPolicyException naming what is wrong with it
     * @throws EngineUnavailableException when a setting is wrong or Jackson is missing
     */
    public Standing draft(Policy policy) {
        return engine().draft(policy);
    }

    /** Every version that is known and how it stands: those in force, then drafts, then the last 1000 retired. */
    public List<Standing> policies() {
        return engine().standings();
    }

    /**
     * Reads every active policy back, compares digests, looks for foreign modules in its package and asks its golden cases
     * again. What cannot be proven, an unreachable server included, denies until a later look proves it.
     *
     * @return the policies in force and how they stand now
     */
    public List<Standing> recheck() {
        return engine().recheck();
    }

    /**
     * Retires a policy at once and for good: it denies from here on, its Rego leaves the server, and no activation brings
     * this version back.
     *
     * @throws io.aios.policy.InvalidPolicyException when no active policy and no draft has the id
     * @throws EngineUnavailableException when the server did not remove it; it denies all the same: call again
     */
    public void retire(String policyId) {
        engine().retire(policyId);
    }

    synchronized PolicyEngine open(EngineSettings given) {
        if (opened || !given.values().isEmpty()) {
            throw new EngineUnavailableException(
                    OpaEngineProvider.ID,
                    opened
                            ? "its lifecycle already serves a decision point; make another one"
                            : "its lifecycle has the settings; give the decision point none");
        }
        OpaEngine made = engine();
        opened = true;
        return made;
    }

    private synchronized OpaEngine engine() {
        if (engine == null) {
            engine = OpaEngineProvider.engine(settings);
        }
        return engine;
    }
}
