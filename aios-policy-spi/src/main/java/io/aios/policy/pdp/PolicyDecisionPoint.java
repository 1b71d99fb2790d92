package io.aios.policy.pdp;

import io.aios.policy.Decision;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a request is permitted, held for a human or denied, by every loaded policy that is about it. One per
 * tenant; safe for use by many threads; threads of idle engines end by themselves.
 *
 * <p>It fails closed: no policy, nothing that permits, a missing attribute, an engine that is missing, late, full, broken
 * or unclear, an obligation nobody understands, a listener that throws - each denies with its own reason out of
 * {@link ReasonCodes}. No method that decides throws.
 */
public final class PolicyDecisionPoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyDecisionPoint.class);

    private final Settings settings;
    private final Engines engines;
    private final ApprovalGate approvals;
    private volatile ActiveSet active = ActiveSet.empty();
    private volatile boolean closed;

    PolicyDecisionPoint(Settings settings, Engines engines) {
        this.settings = settings;
        this.engines = engines;
        this.approvals = new ApprovalGate(settings.approvals(), settings.clock());
    }

    /** Starts a decision point with the defaults: engines by ServiceLoader, warning at 200 ms, deadline 1 s. */
    public static PolicyDecisionPointBuilder builder() {
        return new PolicyDecisionPointBuilder();
    }

    /** A decision point with the defaults and these policies. */
    public static PolicyDecisionPoint of(Policy... policies) {
        PolicyDecisionPoint point = builder().build();
        Activation activation = point.activate(List.of(policies));
        LOG.debug("policies {} are active", activation.policyDigest());
        return point;
    }

    /**
     * Replaces the loaded policies by these. Policies of an engine that cannot be opened are loaded and deny.
     *
     * <p>If policies are in force already, it is all or, when it throws, none: those before stay. If none are, a failing
     * engine takes only itself away: its policies are loaded and deny, and those of the other engines count, even when an
     * author's mistake is then thrown.
     *
     * @throws io.aios.policy.InvalidPolicyException when two policies have one id, an engine refuses one, or one of an
     *     opaque engine declares no input contract
     * @throws io.aios.policy.EngineUnavailableException when an open engine failed to activate while other policies were in
     *     force
     */
    public synchronized Activation activate(List<Policy> policies) {
        if (closed) {
            throw new IllegalStateException("the decision point is closed");
        }
        List<Policy> copy = List.copyOf(policies);
        Engines.Prepared prepared;
        try {
            prepared = engines.activate(copy, active);
        } catch (RuntimeException e) {
            tell(refused(copy, e));
            throw e;
        }
        try {
            prepared.refused().ifPresent(e -> tell(refused(copy, e)));
            tell(new PolicyEvent.Activated(now(), prepared.set().digest(), Engines.names(copy)));
        } catch (RuntimeException e) {
            engines.rollBack(active);
            throw e;
        }
        active = prepared.set();
        prepared.findings()
                .forEach(finding ->
                        LOG.info("policy {}: {}: {}", finding.policyId(), finding.code(), finding.message()));
        prepared.unavailable()
                .forEach((engine, problem) -> LOG.error("engine {}: {}; its policies deny", engine, problem));
        if (prepared.refused().isPresent()) {
            throw prepared.refused().get();
        }
        return new Activation(prepared.set().digest(), prepared.findings(), prepared.unavailable());
    }

    private PolicyEvent refused(List<Policy> policies, RuntimeException problem) {
        return new PolicyEvent.ActivationRefused(now(), Engines.names(policies), Providers.message(problem));
    }

    /** Decides; waits at most until the deadline. */
    public Decision decide(PolicyRequest request) {
        return decideWith(request, null);
    }

    /**
     * Decides again, with an approval: a review becomes a permit when the approval is for this very request under these
     * very policies, current, by an approver the policies accept and who is not the subject, and was never used. Otherwise
     * the approval changes nothing.
     */
    public Decision decide(PolicyRequest request, String approvalId) {
        return decideWith(request, Objects.requireNonNull(approvalId, "approvalId"));
    }

    private Decision decideWith(PolicyRequest request, @Nullable String approvalId) {
        Pass pass = new Pass(Objects.requireNonNull(request, "request"), approvalId);
        try {
            pass.run.start();
            return pass.finish(pass.run.await());
        } catch (Throwable failure) {
            return pass.fail(failure);
        }
    }

    /** Decides without waiting; the stage never completes exceptionally and is never later than the deadline. */
    public CompletionStage<Decision> decideAsync(PolicyRequest request) {
        Pass pass = new Pass(Objects.requireNonNull(request, "request"), null);
        try {
            pass.run.start();
            return pass.run.whenDone().thenApply(pass::finish).exceptionally(pass::fail);
        } catch (Throwable failure) {
            return CompletableFuture.completedFuture(pass.fail(failure));
        }
    }

    /** Decides each request by itself, all under one deadline; the decisions stand in the order of the requests. */
    public List<Decision> decideAll(List<PolicyRequest> requests) {
        List<Pass> passes = new ArrayList<>();
        Deadline deadline = Deadline.after(settings.deadline(), settings.ticker());
        ActiveSet set = active;
        List.copyOf(requests).forEach(request -> passes.add(new Pass(request, null, set, deadline)));
        List<@Nullable Throwable> failures = new ArrayList<>();
        for (Pass pass : passes) {
            failures.add(pass.startQuietly());
        }
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < passes.size(); i++) {
            Pass pass = passes.get(i);
            Throwable failure = failures.get(i);
            decisions.add(failure == null ? pass.finishQuietly() : pass.fail(failure));
        }
        return List.copyOf(decisions);
    }

    /** Closes the engines; from then on everything is denied. */
    @Override
    public synchronized void close() {
        closed = true;
        active = ActiveSet.empty();
        engines.close();
    }

    private Instant now() {
        return settings.clock().instant();
    }

    private void tell(PolicyEvent event) {
        for (PolicyListener listener : settings.listeners()) {
            listener.on(event);
        }
    }

    /** One request from question to answer. */
    private final class Pass {
        private final PolicyRequest request;
        private final @Nullable String approvalId;
        private final long start;
        private final Run run;
        private final Combiner combiner;

        Pass(PolicyRequest request, @Nullable String approvalId) {
            this(request, approvalId, active, Deadline.after(settings.deadline(), settings.ticker()));
        }

        Pass(PolicyRequest request, @Nullable String approvalId, ActiveSet set, Deadline deadline) {
            this.request = request;
            this.approvalId = approvalId;
            this.start = settings.ticker().getAsLong();
            this.run = new Run(request, set, deadline, settings.ticker());
            this.combiner = new Combiner(request, set, settings.ids().get(), settings.obligationTypes());
        }

        @Nullable Throwable startQuietly() {
            try {
                run.start();
                return null;
            } catch (Throwable failure) {
                return failure;
            }
        }

        Decision finishQuietly() {
            try {
                return finish(run.await());
            } catch (Throwable failure) {
                return fail(failure);
            }
        }

        Decision finish(List<Combiner.Answer> answers) {
            Duration elapsed = elapsed();
            boolean slow = elapsed.compareTo(settings.warnAfter()) > 0;
            Decision decision = closed
                    ? combiner.deny(
                            answers, Reason.of(ReasonCodes.CLOSED, "the decision point is closed"), elapsed, slow)
                    : combiner.combine(answers, elapsed, slow);
            if (slow) {
                LOG.warn(
                        "decision {} took {} ms, more than {} ms, by policies {}",
                        decision.outcome().evaluationId(),
                        elapsed.toMillis(),
                        settings.warnAfter().toMillis(),
                        answers.stream()
                                .map(answer -> answer.entry().policy().id())
                                .toList());
            }
            if (approvalId != null && decision instanceof Decision.Review review) {
                decision = approvals.pass(review, approvalId);
            }
            return publish(decision, answers, elapsed, slow);
        }

        private Decision publish(Decision decision, List<Combiner.Answer> answers, Duration elapsed, boolean slow) {
            try {
                tell(
                        decision instanceof Decision.Deny deny
                                ? new PolicyEvent.Denied(now(), request, deny)
                                : new PolicyEvent.Evaluated(now(), request, decision));
                return decision;
            } catch (Throwable failure) {
                LOG.error(
                        "decision {}: a listener failed with {}",
                        decision.outcome().evaluationId(),
                        failure.getClass().getName());
                return decision instanceof Decision.Deny
                        ? decision
                        : combiner.deny(
                                answers,
                                Reason.of(
                                        ReasonCodes.LISTENER_FAILED,
                                        "a listener threw " + failure.getClass().getName()),
                                elapsed,
                                slow);
            }
        }

        Decision fail(Throwable failure) {
            LOG.error("the decision point failed with {}", failure.getClass().getName());
            Reason reason = Reason.of(
                    ReasonCodes.INTERNAL_ERROR,
                    "the decision point threw " + failure.getClass().getName());
            return publish(combiner.deny(List.of(), reason, elapsed(), false), List.of(), elapsed(), false);
        }

        private Duration elapsed() {
            return Duration.ofNanos(settings.ticker().getAsLong() - start);
        }
    }
}
