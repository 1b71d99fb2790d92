package io.aios.policy.spi;

import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import java.util.Objects;

/**
 * One question to one policy.
 *
 * @param policy an active policy of the engine that is asked
 * @param question who wants to do what to which
 */
public record EvaluationRequest(Policy policy, PolicyRequest question) {
    /** Checks. */
    public EvaluationRequest {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(question, "question");
    }
}
