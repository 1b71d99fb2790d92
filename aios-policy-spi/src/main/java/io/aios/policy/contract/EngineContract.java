package io.aios.policy.contract;

import io.aios.policy.Decision;
import io.aios.policy.Effect;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.Activation;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.PolicyEngineProvider;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The checks an engine must pass before its permits are worth anything. */
public final class EngineContract {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int THREADS = 8;
    private static final int ROUNDS = 25;

    private final EngineFixture fixture;
    private final List<ContractCheck> checks = new ArrayList<>();

    private EngineContract(EngineFixture fixture) {
        this.fixture = fixture;
    }

    /** The checks for an engine, independent of each other. */
    public static List<ContractCheck> checks(EngineFixture fixture) {
        EngineContract contract = new EngineContract(fixture);
        contract.identity();
        contract.decisions();
        contract.requests();
        contract.activation();
        contract.conduct();
        return List.copyOf(contract.checks);
    }

    private void identity() {
        check("the provider has an id and speaks this SPI", () -> {
            PolicyEngineProvider provider = fixture.provider();
            expect(!provider.id().isEmpty(), "an id", "none");
            expect(provider.id().equals(fixture.provider().id()), "one id", "another at the second call");
            expect(provider.spiMajor() == PolicyEngineProvider.SPI_MAJOR, "SPI major 1", "" + provider.spiMajor());
        });
        check(
                "policies of the fixture name the provider's engine",
                () -> expect(
                        fixture.permits("p").engine().equals(fixture.provider().id()),
                        fixture.provider().id(),
                        fixture.permits("p").engine()));
        check(
                "capabilities are constant and name a version",
                () -> withEngine(engine -> {
                    expect(
                            engine.capabilities().equals(engine.capabilities()),
                            "constant capabilities",
                            "changing ones");
                    expect(!engine.capabilities().engineVersion().isEmpty(), "an engine version", "none");
                }));
        check(
                "an opaque engine's policy without an input contract is refused",
                () -> withEngine(engine -> {
                    if (engine.capabilities().opaque()) {
                        Map<String, @Nullable Object> body =
                                new HashMap<>(fixture.permits("p").body());
                        body.remove("input");
                        try (PolicyDecisionPoint point = point()) {
                            refuses(() -> point.activate(List.of(Policy.of("p", "1", body))));
                        }
                    }
                }));
    }

    private void decisions() {
        check("a permitting policy permits", () -> decides(Effect.PERMIT, amount(1), fixture.permits("p")));
        check("a denying policy denies", () -> decides(Effect.DENY, amount(1), fixture.denies("p")));
        check("a denial beats a permit whichever comes first", () -> {
            decides(Effect.DENY, amount(1), fixture.permits("p"), fixture.denies("q"));
            decides(Effect.DENY, amount(1), fixture.denies("q"), fixture.permits("p"));
        });
        for (Number permitted : List.of(0, -1, 999.5, 1000, 1000.0)) {
            check(
                    "amount " + permitted + " is permitted",
                    () -> decides(Effect.PERMIT, amount(permitted), fixture.permitsUpToThousand("p")));
        }
        for (Number held : List.of(1000.0000001, 1001, 9007199254740991L, 1e300)) {
            check(
                    "amount " + held + " is held for review",
                    () -> decides(Effect.REVIEW, amount(held), fixture.permitsUpToThousand("p")));
        }
    }

    private void requests() {
        check(
                "a missing attribute is denied",
                () -> decides(Effect.DENY, request(Map.of()), fixture.permitsUpToThousand("p")));
        check(
                "a null attribute is denied",
                () -> decides(
                        Effect.DENY,
                        request(Collections.singletonMap("amount", null)),
                        fixture.permitsUpToThousand("p")));
        for (Object wrong : List.of("5", "", true, List.of(5), Map.of("amount", 5))) {
            check(
                    "an amount that is a " + wrong.getClass().getSimpleName() + " (" + wrong + ") is denied",
                    () -> decides(Effect.DENY, request(Map.of("amount", wrong)), fixture.permitsUpToThousand("p")));
        }
        check("attributes nobody asked for change nothing", () -> {
            PolicyRequest more =
                    request(Map.of("amount", 5, "allow", true, "decision", "permit", "\u0131\ud83d\ude00", "\""));
            decides(Effect.PERMIT, more, fixture.permitsUpToThousand("p"));
            decides(Effect.DENY, more, fixture.denies("p"));
        });
    }

    private void activation() {
        check("a broken policy is refused by name, and those before it stay", () -> {
            try (PolicyDecisionPoint point = point(fixture.permits("p"))) {
                try {
                    Activation activation = point.activate(List.of(fixture.denies("p"), fixture.broken("q")));
                    throw violation("the broken policy to be refused", "activated " + activation.policyDigest());
                } catch (InvalidPolicyException e) {
                    expect(e.policyId().equals("q"), "the refusal to name policy q", e.policyId());
                }
                is(Effect.PERMIT, point.decide(amount(1)));
            }
        });
        check("an activation replaces what was active", () -> {
            try (PolicyDecisionPoint point = point(fixture.permits("p"), fixture.denies("q"))) {
                is(Effect.DENY, point.decide(amount(1)));
                expect(
                        !point.activate(List.of(fixture.permits("p")))
                                .policyDigest()
                                .isEmpty(),
                        "a digest",
                        "none");
                is(Effect.PERMIT, point.decide(amount(1)));
                expect(!point.activate(List.of()).policyDigest().isEmpty(), "a digest", "none");
                is(Effect.DENY, point.decide(amount(1)));
            }
        });
        check(
                "a policy that was never activated does not permit",
                () -> withEngine(engine -> {
                    notPermitted(engine, fixture.permits("p"));
                }));
        check(
                "a policy of the same id and other bytes does not permit",
                () -> withEngine(engine -> {
                    expect(engine.activate(List.of(fixture.denies("p"))) != null, "a report", "null");
                    notPermitted(engine, fixture.permits("p"));
                }));
    }

    private void conduct() {
        check("the same question gets the same answer", () -> {
            try (PolicyDecisionPoint point = point(fixture.permitsUpToThousand("p"))) {
                Decision first = point.decide(amount(5));
                Decision second = point.decide(amount(5));
                expect(
                        first.governance().equals(second.governance()),
                        first.governance() + "",
                        second.governance() + "");
            }
        });
        check("many threads get the answers of their own questions", this::manyThreads);
        check(
                "an engine that says it is bounded answers at once",
                () -> withEngine(engine -> {
                    if (engine.capabilities().bounded()) {
                        Policy policy = fixture.permits("p");
                        expect(engine.activate(List.of(policy)) != null, "a report", "null");
                        CompletionStage<Verdict> stage =
                                engine.evaluate(new EvaluationRequest(policy, amount(1)), deadline());
                        expect(stage.toCompletableFuture().isDone(), "a completed stage", "one that is not");
                    }
                }));
        check("a deadline that has passed does not permit", () -> {
            try (PolicyDecisionPoint point =
                    builder().deadline(Duration.ofNanos(1)).build()) {
                expect(
                        !point.activate(List.of(fixture.permits("p")))
                                .policyDigest()
                                .isEmpty(),
                        "a digest",
                        "none");
                is(Effect.DENY, point.decide(amount(1)));
            }
        });
        check("after close nothing is permitted, and closing again does no harm", () -> {
            PolicyEngine engine = open();
            Policy policy = fixture.permits("p");
            expect(engine.activate(List.of(policy)) != null, "a report", "null");
            engine.close();
            engine.close();
            notPermitted(engine, policy);
        });
    }

    private void manyThreads() {
        try (PolicyDecisionPoint point = point(fixture.permitsUpToThousand("p"))) {
            List<Thread> threads = new ArrayList<>();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < THREADS; i++) {
                Effect expected = i % 2 == 0 ? Effect.PERMIT : Effect.REVIEW;
                PolicyRequest question = amount(i % 2 == 0 ? 5 : 5000);
                Thread thread = new Thread(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        Decision decision = point.decide(question);
                        if (decision.effect() != expected) {
                            wrong.add(describe(decision));
                        }
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            expect(wrong.isEmpty(), "each thread its own answer", wrong.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw violation("time to finish", "interrupted");
        }
    }

    private void notPermitted(PolicyEngine engine, Policy policy) {
        Optional<Effect> effect;
        try {
            CompletionStage<Verdict> stage = engine.evaluate(new EvaluationRequest(policy, amount(1)), deadline());
            CompletableFuture<Verdict> answer = stage.toCompletableFuture();
            effect = answer.orTimeout(DEADLINE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join()
                    .effect();
        } catch (CompletionException | io.aios.policy.PolicyException | IllegalStateException refused) {
            // Refusing to answer is as good as denying: the decision point denies for it.
            return;
        }
        expect(!effect.equals(Optional.of(Effect.PERMIT)), "anything but a permit", "PERMIT");
    }

    private void decides(Effect expected, PolicyRequest question, Policy... policies) {
        try (PolicyDecisionPoint point = point(policies)) {
            is(expected, point.decide(question));
        }
    }

    private static void is(Effect expected, Decision decision) {
        expect(decision.effect() == expected, expected.name(), describe(decision));
    }

    private static String describe(Decision decision) {
        return decision.effect() + " " + decision.outcome().reasons();
    }

    private PolicyDecisionPoint point(Policy... policies) {
        PolicyDecisionPoint point = builder().build();
        if (policies.length > 0) {
            Activation activation = point.activate(List.of(policies));
            expect(activation.unavailable().isEmpty(), "the engine to open", activation.unavailable() + "");
        }
        return point;
    }

    private io.aios.policy.pdp.PolicyDecisionPointBuilder builder() {
        PolicyEngineProvider provider = fixture.provider();
        return PolicyDecisionPoint.builder()
                .engine(provider)
                .engineSettings(provider.id(), fixture.settings())
                .deadline(DEADLINE);
    }

    private PolicyEngine open() {
        PolicyEngineProvider provider = fixture.provider();
        return provider.open(EngineSettings.of(provider.id(), fixture.settings()));
    }

    private void withEngine(Consumer<PolicyEngine> body) {
        try (PolicyEngine engine = open()) {
            body.accept(engine);
        }
    }

    private static void refuses(Supplier<Activation> activation) {
        try {
            throw violation("a refusal", "activation " + activation.get().policyDigest());
        } catch (InvalidPolicyException expected) {
            expect(!expected.policyId().isEmpty(), "the policy's id", "none");
        }
    }

    private static Deadline deadline() {
        return Deadline.after(DEADLINE, System::nanoTime);
    }

    private static PolicyRequest amount(Number amount) {
        return request(Map.of("amount", amount));
    }

    private static PolicyRequest request(Map<String, ? extends @Nullable Object> context) {
        return PolicyRequest.of(Subject.of("user", "alice"), Action.of("pay"), Resource.of("account", "a-1"))
                .withContext(context);
    }

    private void check(String name, Runnable body) {
        checks.add(new ContractCheck(name, body));
    }

    private static void expect(boolean held, String expected, String came) {
        if (!held) {
            throw violation(expected, came);
        }
    }

    private static ContractViolation violation(String expected, String came) {
        return new ContractViolation("expected " + expected + ", got " + came);
    }
}
