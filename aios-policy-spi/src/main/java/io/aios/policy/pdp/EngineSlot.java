package io.aios.policy.pdp;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.Reason;
import io.aios.policy.ReasonCodes;
import io.aios.policy.spi.ActivationReport;
import io.aios.policy.spi.Capabilities;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.EvaluationRequest;
import io.aios.policy.spi.PolicyEngine;
import io.aios.policy.spi.Verdict;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An opened engine with its own threads, so that a stuck engine uses up its own and nobody else's. */
final class EngineSlot {
    private static final long IDLE_SECONDS = 10;

    /** One, and the one that takes it back. */
    private static final int MOST_ACTIVATIONS = 2;

    private static final Set<String> FAILURES =
            Set.of(ReasonCodes.TIMEOUT, ReasonCodes.ENGINE_UNAVAILABLE, ReasonCodes.ENGINE_ERROR);

    private final String id;
    private final PolicyEngine engine;
    private final Capabilities capabilities;
    private final Semaphore running;
    private final Semaphore activations = new Semaphore(MOST_ACTIVATIONS);
    private final Breaker breaker;
    private final ThreadPoolExecutor pool;

    EngineSlot(String id, PolicyEngine engine, int maxConcurrent, Breaker breaker) {
        this.id = id;
        this.breaker = breaker;
        this.engine = Objects.requireNonNull(engine, "the provider opened null");
        this.capabilities = Objects.requireNonNull(engine.capabilities(), "capabilities() returned null");
        this.running = new Semaphore(maxConcurrent);
        AtomicLong threads = new AtomicLong();
        // The semaphores limit the threads, not the pool: a thread that has just answered is not idle yet, and a limit
        // here
        // would now and then turn the next question away.
        this.pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "aios-policy-" + id + "-" + threads.incrementAndGet());
                    thread.setDaemon(true);
                    // A pooled thread must not pin the class loader of the application whose request started it.
                    thread.setContextClassLoader(EngineSlot.class.getClassLoader());
                    return thread;
                });
    }

    String id() {
        return id;
    }

    Capabilities capabilities() {
        return capabilities;
    }

    /** Runs the activation under a limit. What a policy's author did wrong comes out as it is. */
    ActivationReport activate(List<Policy> policies, Duration limit) {
        if (!activations.tryAcquire()) {
            throw new EngineUnavailableException(id, "earlier activations are still running");
        }
        CompletableFuture<ActivationReport> done = new CompletableFuture<>();
        PooledCall call = new PooledCall(() -> {
            ActivationReport report = null;
            Throwable failure = null;
            try {
                report = engine.activate(policies);
            } catch (Throwable thrown) {
                failure = thrown;
            }
            // The place is free before anybody hears of the end, and so may ask for the next one.
            activations.release();
            if (report != null) {
                done.complete(report);
            } else {
                done.completeExceptionally(
                        failure == null ? new IllegalStateException("activate() returned null") : failure);
            }
        });
        try {
            pool.execute(call);
            return done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PolicyException expected) {
                throw expected;
            }
            throw new EngineUnavailableException(id, "activation failed: " + Providers.message(cause(e)), cause(e));
        } catch (TimeoutException | RejectedExecutionException e) {
            throw new EngineUnavailableException(id, "activation did not end within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineUnavailableException(id, "interrupted during activation", e);
        } finally {
            call.cancel();
        }
    }

    /** Asks a bounded engine on this thread. */
    Verdict askHere(EvaluationRequest request, Deadline deadline) {
        try {
            CompletionStage<?> stage = engine.evaluate(request, deadline);
            if (stage == null) {
                return failed(ReasonCodes.VERDICT_NULL, "returned no stage");
            }
            CompletableFuture<?> future = stage.toCompletableFuture();
            if (!future.isDone()) {
                return failed(ReasonCodes.ENGINE_EXCEPTION, "is declared bounded and did not finish");
            }
            return deadline.hasPassed() ? timedOut() : read(future.join());
        } catch (Throwable failure) {
            return failed(failure);
        }
    }

    /** Asks on a thread of the pool; the stage always completes normally, unless the engine never answers. */
    Pending askElsewhere(EvaluationRequest request, Deadline deadline) {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        if (!breaker.mayAsk()) {
            answer.complete(
                    failed(ReasonCodes.CIRCUIT_OPEN, "failed too often in a row and is left alone for a while"));
            return new Pending(answer, null);
        } else if (!running.tryAcquire()) {
            answer.complete(failed(ReasonCodes.SATURATED, "has too many evaluations running"));
            return new Pending(answer, null);
        }
        PooledCall call = new PooledCall(() -> evaluate(request, deadline, answer));
        try {
            pool.execute(call);
        } catch (RejectedExecutionException e) {
            running.release();
            answer.complete(failed(ReasonCodes.SATURATED, "has no thread left"));
        }
        return new Pending(answer, call);
    }

    private void evaluate(EvaluationRequest request, Deadline deadline, CompletableFuture<Verdict> answer) {
        CompletionStage<?> stage = null;
        Verdict failure = null;
        try {
            stage = engine.evaluate(request, deadline);
        } catch (Throwable thrown) {
            failure = failed(thrown);
        }
        if (stage == null) {
            running.release();
            Verdict none = failure == null ? failed(ReasonCodes.VERDICT_NULL, "returned no stage") : failure;
            answered(answer, none, deadline);
            return;
        }
        try {
            // The place is given back when the engine is done, not when the caller stopped waiting.
            CompletionStage<?> watched = stage.whenComplete((value, thrown) -> {
                running.release();
                // An answer that came too late does not count, even if the caller is still there to take it.
                Verdict verdict = thrown != null ? failed(thrown) : deadline.hasPassed() ? timedOut() : read(value);
                answered(answer, verdict, deadline);
            });
            Objects.requireNonNull(watched, "stage");
        } catch (Throwable thrown) {
            answered(answer, failed(thrown), deadline);
        }
    }

    /** Tells the breaker. Only what says something about the engine counts, not what one question may provoke. */
    private void answered(CompletableFuture<Verdict> answer, Verdict verdict, Deadline deadline) {
        if (answer.isDone()) {
            return;
        } else if (deadline.hasPassed() || !Collections.disjoint(verdict.checksFailed(), FAILURES)) {
            breaker.failed();
        } else {
            breaker.succeeded();
        }
        // Last, because whoever waits for it may ask again at once.
        answer.complete(verdict);
    }

    /** Nobody waits any longer; gives the answer that came at the last moment or a timeout. */
    Verdict giveUp(Pending pending) {
        if (pending.answer().complete(timedOut())) {
            breaker.failed();
            pending.cancel();
        }
        return pending.answer().join();
    }

    void close() {
        try {
            engine.close();
        } finally {
            pool.shutdownNow();
        }
    }

    Verdict timedOut() {
        return failed(ReasonCodes.TIMEOUT, "gave no answer before the deadline");
    }

    Verdict failed(String code, String what) {
        return Verdict.deny(Reason.of(code, "engine " + id + " " + what)).withChecks(List.of(), List.of(code));
    }

    private Verdict read(@Nullable Object value) {
        if (value == null) {
            return failed(ReasonCodes.VERDICT_NULL, "answered null");
        }
        return value instanceof Verdict verdict
                ? verdict
                : failed(
                        ReasonCodes.VERDICT_TYPE,
                        "answered a " + value.getClass().getName());
    }

    /** Names the failure by its class; its message may hold what the request said. */
    private Verdict failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof EngineUnavailableException) {
            return failed(ReasonCodes.ENGINE_UNAVAILABLE, "is unavailable: " + cause.getMessage());
        }
        return cause instanceof Error
                ? failed(ReasonCodes.ENGINE_ERROR, "threw " + cause.getClass().getName())
                : failed(
                        ReasonCodes.ENGINE_EXCEPTION,
                        "threw " + cause.getClass().getName());
    }

    private static Throwable cause(ExecutionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    /** An answer that may still come. */
    record Pending(
            CompletableFuture<Verdict> answer, @Nullable PooledCall call) {
        void cancel() {
            if (call != null) {
                call.cancel();
            }
        }
    }

    /** Work on a pool thread that can be interrupted while, and only while, it is this work. */
    static final class PooledCall implements Runnable {
        private final Runnable work;
        private @Nullable Thread runner;

        PooledCall(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            synchronized (this) {
                runner = Thread.currentThread();
            }
            try {
                work.run();
            } finally {
                synchronized (this) {
                    runner = null;
                    // Clears an interruption meant for this work before the pool reuses the thread.
                    Thread.interrupted();
                }
            }
        }

        synchronized void cancel() {
            if (runner != null) {
                runner.interrupt();
            }
        }
    }
}
