package io.aios.example.cel;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A policy's {@code cel} is an expression that gives "permit", "review" or "deny". */
final class CelEngine implements PolicyEngine {
    private final Cel cel = CelFactory.plannerCelBuilder()
            .setOptions(CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .build())
            .addVar("subject", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .addVar("action", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .addVar("resource", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .addVar("context", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .setResultType(SimpleType.STRING)
            .build();
    private volatile Map<String, CelRuntime.Program> programs = Map.of();

    // tag::capabilities[]
    @Override
    public Capabilities capabilities() {
        // Not bounded: a comprehension over a long list takes its time. Opaque: a policy must declare what it reads.
        return new Capabilities("cel-java 0.14.0", false, true);
    }
    // end::capabilities[]

    // tag::activate[]
    @Override
    public ActivationReport activate(List<Policy> policies) {
        Map<String, CelRuntime.Program> next = new HashMap<>();
        for (Policy policy : policies) {
            next.put(policy.digest() + policy.id(), compile(policy));
        }
        programs = Map.copyOf(next); // only now, when every policy compiled
        return ActivationReport.clean();
    }
    // end::activate[]

    private CelRuntime.Program compile(Policy policy) {
        if (!(policy.body().get("cel") instanceof String expression)) {
            throw new InvalidPolicyException(policy.id(), "cel must be the text of a CEL expression");
        }
        try {
            CelAbstractSyntaxTree checked = cel.compile(expression).getAst();
            return cel.createProgram(checked);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new InvalidPolicyException(policy.id(), "its CEL does not compile: " + e.getMessage(), e);
        }
    }

    // tag::evaluate[]
    @Override
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        CelRuntime.Program program =
                programs.get(request.policy().digest() + request.policy().id());
        if (program == null) {
            return CompletableFuture.completedFuture(
                    Verdict.undefined("policy " + request.policy().id()));
        }
        try {
            return CompletableFuture.completedFuture(
                    verdict(program.eval(request.question().toMap())));
        } catch (CelEvaluationException e) {
            return CompletableFuture.failedFuture(e); // the decision point denies
        }
    }

    private static Verdict verdict(Object answer) {
        if ("permit".equals(answer)) {
            return Verdict.permit();
        } else if ("review".equals(answer)) {
            return Verdict.review(Reason.of(ReasonCodes.REVIEW_REQUIRED, "the expression gave review"));
        } else if ("deny".equals(answer)) {
            return Verdict.deny(Reason.of("cel_deny", "the expression gave deny"));
        }
        return Verdict.unreadable(ReasonCodes.VERDICT_MALFORMED, "the expression gave neither permit, review nor deny");
    }
    // end::evaluate[]

    @Override
    public void close() {
        programs = Map.of();
    }
}
