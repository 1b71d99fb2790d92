package io.aios.policy.pdp;

import io.aios.policy.Effect;
import io.aios.policy.PolicyRequest;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** One request on its way through the policies: bounded engines at once, the others at the same time. */
final class Run {
    private record Waiting(ActiveSet.Entry entry, EngineSlot slot, EngineSlot.Pending pending, long start) {}

    private final PolicyRequest request;
    private final ActiveSet set;
    private final Deadline deadline;
    private final LongSupplier ticker;
    private final List<Combiner.Answer> answers = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();

    Run(PolicyRequest request, ActiveSet set, Deadline deadline, LongSupplier ticker) {
        this.request = request;
        this.set = set;
        this.deadline = deadline;
        this.ticker = ticker;
    }

    void start() {
        boolean denied = false;
        List<ActiveSet.Entry> remote = new ArrayList<>();
        for (ActiveSet.Entry entry : set.entries()) {
            if (!entry.policy().isAbout(request.action().name())) {
                continue;
            }
            long start = ticker.getAsLong();
            Optional<Verdict> refused = refuse(entry);
            EngineSlot slot = entry.engine().slot();
            if (refused.isEmpty() && slot != null && !slot.capabilities().bounded()) {
                remote.add(entry);
                continue;
            }
            Verdict verdict = refused.isPresent() || slot == null
                    ? refused.orElseThrow()
                    : slot.askHere(new EvaluationRequest(entry.policy(), request), deadline);
            denied |= verdict.effect().equals(Optional.of(Effect.DENY));
            answers.add(new Combiner.Answer(entry, verdict, since(start)));
        }
        if (!denied) {
            // A denial stands whatever the others say, so nobody else is asked.
            remote.forEach(this::ask);
        }
    }

    private void ask(ActiveSet.Entry entry) {
        EngineSlot slot = entry.engine().slot();
        if (slot != null) {
            EngineSlot.Pending pending = slot.askElsewhere(new EvaluationRequest(entry.policy(), request), deadline);
            waiting.add(new Waiting(entry, slot, pending, ticker.getAsLong()));
        }
    }

    /** What denies before any engine is asked. */
    private Optional<Verdict> refuse(ActiveSet.Entry entry) {
        Optional<Reason> violation = entry.policy().input().violation(request);
        if (violation.isEmpty() && entry.engine().slot() == null) {
            violation = Optional.of(
                    Reason.of(ReasonCodes.ENGINE_UNAVAILABLE, entry.engine().problem()));
        }
        return violation.map(reason -> Verdict.deny(reason).withChecks(List.of(), List.of(reason.code())));
    }

    /** Waits for the others, at most until the deadline. */
    List<Combiner.Answer> await() {
        boolean interrupted = false;
        for (Waiting one : waiting) {
            Verdict verdict;
            try {
                verdict = interrupted
                        ? interrupted(one)
                        : one.pending().answer().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                verdict = one.slot().giveUp(one.pending());
            } catch (InterruptedException e) {
                interrupted = true;
                verdict = interrupted(one);
            } catch (ExecutionException e) {
                verdict = one.slot().failed(ReasonCodes.ENGINE_EXCEPTION, "failed");
            }
            settle(one, verdict);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answers;
    }

    /** The same without a waiting thread. */
    CompletableFuture<List<Combiner.Answer>> whenDone() {
        List<CompletableFuture<Verdict>> limited = new ArrayList<>();
        for (Waiting one : waiting) {
            limited.add(one.pending()
                    .answer()
                    .copy()
                    .completeOnTimeout(
                            one.slot().timedOut(), deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        }
        return CompletableFuture.allOf(limited.toArray(new CompletableFuture<?>[0]))
                .thenApply(nothing -> {
                    for (int i = 0; i < limited.size(); i++) {
                        Waiting one = waiting.get(i);
                        boolean late = !one.pending().answer().isDone();
                        settle(
                                one,
                                late
                                        ? one.slot().giveUp(one.pending())
                                        : limited.get(i).join());
                    }
                    return answers;
                });
    }

    private void settle(Waiting one, Verdict verdict) {
        answers.add(new Combiner.Answer(one.entry(), verdict, since(one.start())));
    }

    private static Verdict interrupted(Waiting one) {
        one.pending().cancel();
        return one.slot().failed(ReasonCodes.INTERRUPTED, "was not waited for: the calling thread was interrupted");
    }

    private Duration since(long start) {
        return Duration.ofNanos(ticker.getAsLong() - start);
    }
}
