package io.aios.policy.spi;

import io.aios.policy.Policy;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Evaluates policies. Called from several threads at once after {@link #activate}.
 *
 * <p>A failure is told by throwing or by a stage that completes exceptionally; an engine never guesses an answer. One
 * that blocks must answer to interruption of its thread, because that is how a late evaluation is stopped.
 */
public interface PolicyEngine extends AutoCloseable {
    /** What the engine is and can do; constant. */
    Capabilities capabilities();

    /**
     * Replaces the active policies by these: all of them or, when it throws, none.
     *
     * @return what the author of the policies should know
     * @throws io.aios.policy.InvalidPolicyException naming the policy that is wrong
     */
    ActivationReport activate(List<Policy> policies);

    /**
     * Asks one active policy. A stage that completes with null, exceptionally or after the deadline denies.
     *
     * @param request policy and question; the policy's input contract holds for it
     * @param deadline when the answer stops counting
     */
    CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline);

    /** Frees what the engine holds; evaluations still running may fail. */
    @Override
    void close();
}
