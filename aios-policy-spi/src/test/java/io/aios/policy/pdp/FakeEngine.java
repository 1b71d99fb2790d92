package io.aios.policy.pdp;

import io.aios.policy.Policy;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import io.aios.policy.spi.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An engine of the tests' own making, handed over by instance, that does what it is told. */
class FakeEngine implements PolicyEngineProvider, PolicyEngine {
    /** How it evaluates. */
    interface Evaluation {
        @Nullable CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) throws Exception;
    }

    private final String id;
    private final boolean bounded;
    private final Evaluation evaluation;

    FakeEngine(String id, boolean bounded, Evaluation evaluation) {
        this.id = id;
        this.bounded = bounded;
        this.evaluation = evaluation;
    }

    static Policy policy(String id, String engine) {
        return Policy.of(id, "1", Map.of("engine", engine, "input", Map.of()));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int spiMajor() {
        return 1;
    }

    @Override
    public PolicyEngine open(EngineSettings settings) {
        return this;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities("test", bounded, true);
    }

    @Override
    public ActivationReport activate(List<Policy> policies) {
        return ActivationReport.clean();
    }

    @Override
    @SuppressWarnings("NullAway") // An engine may break its contract; that is what it is here for.
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        try {
            return evaluation.evaluate(request, deadline);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {}
}
