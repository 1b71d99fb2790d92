package io.aios.example.cel;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.aios.policy.AttributePath;
import io.aios.policy.InputContract;
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
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A policy's {@code cel} is an expression that gives "permit", "review" or "deny". */
final class CelEngine implements PolicyEngine {
    /** A compiled policy, and the attributes it may read. */
    private record Compiled(CelRuntime.Program program, Map<AttributePath, InputContract.Type> reads) {}

    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    private volatile Map<String, Compiled> programs = Map.of();

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
        Map<String, Compiled> next = new HashMap<>();
        for (Policy policy : policies) {
            next.put(policy.digest() + policy.id(), compile(policy));
        }
        programs = Map.copyOf(next); // only now, when every policy compiled
        return ActivationReport.clean();
    }
    // end::activate[]

    // tag::compile[]
    /** Declares exactly what the policy's input contract requires, typed; an expression that reads more does not compile. */
    private static Compiled compile(Policy policy) {
        if (!(policy.body().get("cel") instanceof String expression)) {
            throw new InvalidPolicyException(policy.id(), "cel must be the text of a CEL expression");
        }
        Map<AttributePath, InputContract.Type> reads = policy.input().required();
        CelBuilder declarations =
                CelFactory.plannerCelBuilder().setOptions(OPTIONS).setResultType(SimpleType.STRING);
        reads.forEach((path, type) -> declarations.addVar(path.text(), type(type)));
        Cel cel = declarations.build();
        try {
            return new Compiled(cel.createProgram(cel.compile(expression).getAst()), reads);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new InvalidPolicyException(policy.id(), "its CEL does not compile: " + e.getMessage(), e);
        }
    }
    // end::compile[]

    private static CelType type(InputContract.Type type) {
        return switch (type) {
            case STRING -> SimpleType.STRING;
            case NUMBER -> SimpleType.DOUBLE;
            case INTEGER -> SimpleType.INT;
            case BOOLEAN -> SimpleType.BOOL;
            case ARRAY -> ListType.create(SimpleType.DYN);
            case OBJECT -> MapType.create(SimpleType.STRING, SimpleType.DYN);
        };
    }

    /** The value as its declared type: JSON tells 5 from 5.0, the contract does not. */
    private static Object typed(InputContract.Type type, @Nullable Object value) {
        if (value instanceof Number number && type == InputContract.Type.NUMBER) {
            return number.doubleValue();
        } else if (value instanceof Double real && type == InputContract.Type.INTEGER) {
            return BigDecimal.valueOf(real).longValueExact();
        }
        return Objects.requireNonNull(value, "the decision point checked that it is there");
    }

    // tag::evaluate[]
    @Override
    public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
        Compiled policy =
                programs.get(request.policy().digest() + request.policy().id());
        if (policy == null) {
            return CompletableFuture.completedFuture(
                    Verdict.undefined("policy " + request.policy().id()));
        }
        Map<String, Object> values = new HashMap<>();
        policy.reads().forEach((path, type) -> values.put(path.text(), typed(type, path.in(request.question()))));
        try {
            return CompletableFuture.completedFuture(verdict(policy.program().eval(values)));
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
