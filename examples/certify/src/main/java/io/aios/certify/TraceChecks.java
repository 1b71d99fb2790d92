package io.aios.certify;

import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.policy.Effect;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.trace.BlockedTool;
import io.aios.trace.GovernanceResult;
import io.aios.trace.ToolBlockedStep;
import io.aios.trace.golden.GoldenCase;
import io.aios.trace.golden.GoldenReport;
import io.aios.trace.golden.GoldenSuite;
import io.aios.trace.json.Digest;
import io.aios.trace.simulation.DecisionPipeline.Governed;
import io.aios.trace.simulation.DecisionPipeline.Response;
import io.aios.trace.simulation.DecisionPipeline.Situation;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceRecorder;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.NullToolExecutor;
import io.aios.trace.tool.PolicyToolExecutor;
import io.aios.trace.tool.RecordingToolExecutor;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolCallAttemptedException;
import io.aios.trace.tool.ToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** TRACE-001: what was decided is recorded the same each time, no tool runs, and an edit is noticed. */
final class TraceChecks {
    private static final List<String> REQUIRED = List.of(
            "simulation_never_calls_tools",
            "simulation_trace_is_deterministic_for_same_input",
            "golden_traces",
            "trace_deterministic_across_100_runs",
            "null_tool_executor_blocks_all_tools",
            "tool_call_blocked_step_logged");
    private static final List<String> TOOLS = List.of("kb_search", "open_ticket", "delete_records");
    private static final int RUNS = 100;

    private final Host host;
    private final Checks checks = new Checks("SimulationTest");

    private TraceChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        TraceChecks group = new TraceChecks(host);
        group.simulation();
        group.golden();
        group.tools();
        RecordChecks.addTo(group.checks, host);
        return new Group("TRACE-001", "Decision traces and simulation", REQUIRED, group.checks.list());
    }

    private void simulation() {
        checks.add(
                "simulation_never_calls_tools", "TauBenchTest.everyToolCallOfRealEpisodesIsBlockedOnceInOrder", () -> {
                    AtomicInteger ran = new AtomicInteger();
                    for (DecisionRequest request : requests()) {
                        SimulationResult result = careless(ran, false).run(request);
                        same(TOOLS.size(), result.blockedTools().size(), "blocked calls");
                    }
                    same(0, ran.get(), "tools that ran");
                });
        checks.add(
                "simulation_trace_is_deterministic_for_same_input",
                "SimulationTest.aSecondRunHasTheSameTraceHashAndAnotherRecordHash",
                () -> {
                    for (DecisionRequest request : requests()) {
                        SimulationResult first = runner().run(request);
                        SimulationResult second = runner().run(request);
                        same(first.traceHash(), second.traceHash(), "trace_hash of two runs");
                        require(!first.recordHash().equals(second.recordHash()), "two records share a record_hash");
                    }
                });
        checks.add(
                "trace_deterministic_across_100_runs",
                "DeterminismTest.twentyFixturesHaveTwentyHashesInEveryThreadLocaleAndZone",
                () -> {
                    Set<Digest> hashes = new HashSet<>(IntStream.range(0, RUNS)
                            .parallel()
                            .mapToObj(run -> runner().run(request()).traceHash())
                            .toList());
                    same(1, hashes.size(), "distinct trace_hash values in " + RUNS + " runs");
                });
        checks.add(
                "a_strict_run_is_not_clean_when_the_agent_swallows_the_refusal",
                "SimulationTest.aStrictRunIsNotCleanAlthoughTheHostSwallowedTheException",
                () -> {
                    SimulationResult result =
                            careless(new AtomicInteger(), true).run(request());
                    refused(ToolCallAttemptedException.class, result::requireClean);
                    same(TOOLS.size(), result.blockedTools().size(), "blocked calls");
                });
        checks.add(
                "a_lenient_run_goes_on_and_is_clean",
                "SimulationTest.aLenientRunGoesOnWithPlaceholdersAndIsClean",
                () -> require(
                        careless(new AtomicInteger(), false)
                                .run(request())
                                .requireClean()
                                .trace()
                                .simulation(),
                        "the trace does not say that it is a simulation"));
        checks.add("another_request_has_another_trace_hash", () -> {
            List<DecisionRequest> all = requests();
            Set<Digest> hashes = new HashSet<>();
            all.forEach(request -> hashes.add(runner().run(request).traceHash()));
            same(new HashSet<>(all).size(), hashes.size(), "distinct hashes of distinct requests");
        });
    }

    private void golden() {
        checks.add("golden_traces", "GoldenSuiteTest.ourOwnFixturesAreTwentyOrMoreAndPinTheHash", () -> {
            GoldenReport report = GoldenSuite.of(host.fixtures(), runner()).run();
            same(
                    List.of(),
                    report.failures().stream()
                            .map(failure -> failure.fixture().id())
                            .toList(),
                    "fixtures that came out otherwise");
        });
        for (GoldenCase golden : GoldenSuite.of(host.fixtures(), runner()).cases()) {
            checks.add("golden_traces/" + golden.name(), "GoldenSuiteTest", golden::verify);
        }
    }

    private void tools() {
        checks.add("null_tool_executor_blocks_all_tools", "ToolExecutorTest.strictThrowsAndLatches", () -> {
            TraceRecorder recorder = TraceRecorder.start(request(), TraceSettings.defaults());
            NullToolExecutor strict = NullToolExecutor.strict(recorder.tools());
            for (String tool : TOOLS) {
                refused(ToolCallAttemptedException.class, () -> strict.execute(call(tool, 0)));
            }
            NullToolExecutor lenient = NullToolExecutor.lenient(recorder.tools());
            require(
                    lenient.execute(call("kb_search", 9)) instanceof ToolOutcome.Blocked,
                    "a lenient executor answered");
            same(TOOLS.size() + 1, recorder.complete().trace().blockedTools().size(), "blocked calls in the trace");
        });
        checks.add(
                "tool_call_blocked_step_logged", "ToolExecutorTest.lenientAnswersWithAPlaceholderAndStaysClean", () -> {
                    SimulationResult result =
                            careless(new AtomicInteger(), false).run(request());
                    List<String> logged = result.trace().steps().stream()
                            .filter(ToolBlockedStep.class::isInstance)
                            .map(step -> ((ToolBlockedStep) step).blockedTool())
                            .filter(Objects::nonNull)
                            .map(tool -> Objects.requireNonNull(tool).toolName())
                            .toList();
                    same(TOOLS, logged, "tools in steps tool_call_blocked");
                });
        checks.add("the_order_of_calls_is_that_of_the_model", "ToolExecutorTest.orderIsTurnAndIndexNotArrival", () -> {
            TraceRecorder recorder = TraceRecorder.start(request(), TraceSettings.defaults());
            NullToolExecutor lenient = NullToolExecutor.lenient(recorder.tools());
            for (int index = TOOLS.size() - 1; index >= 0; index--) {
                require(lenient.execute(call(TOOLS.get(index), index)) instanceof ToolOutcome.Blocked, "not blocked");
            }
            List<String> order = recorder.complete().trace().blockedTools().stream()
                    .map(BlockedTool::toolName)
                    .toList();
            same(TOOLS, order, "order in the trace");
        });
        checks.add("arguments_are_copied", "ToolExecutorTest.aLaterChangeOfTheArgumentsChangesNothing", () -> {
            Map<String, Object> arguments = new LinkedHashMap<>(Map.of("query", "before"));
            ToolCall call = ToolCall.of("kb_search", arguments, 0, 0);
            arguments.put("query", "after");
            same(Map.of("query", "before"), call.arguments(), "arguments");
        });
        checks.add(
                "a_tool_that_policy_does_not_permit_is_not_executed",
                "ToolExecutorTest.aDeniedCallIsBlockedAndTraced",
                () -> {
                    AtomicInteger ran = new AtomicInteger();
                    TraceRecorder recorder = TraceRecorder.start(request(), TraceSettings.defaults());
                    ToolExecutor guarded = PolicyToolExecutor.guard(
                            host.decisions(),
                            Subject.of("agent", "certify"),
                            RecordingToolExecutor.around(counting(ran), recorder.tools()),
                            recorder.tools());
                    require(
                            guarded.execute(call("no_policy_permits_this", 0)) instanceof ToolOutcome.Blocked,
                            "a tool that no policy names was executed");
                    same(0, ran.get(), "tools that ran");
                });
    }

    private SimulationRunner runner() {
        return SimulationRunner.strict(host.pipeline(), TraceSettings.defaults());
    }

    private List<DecisionRequest> requests() {
        return host.fixtures().stream().map(fixture -> fixture.request()).toList();
    }

    private DecisionRequest request() {
        return requests().get(0);
    }

    private static ToolCall call(String tool, int index) {
        return ToolCall.of(tool, Map.of("query", "leave"), 0, index);
    }

    private static ToolExecutor counting(AtomicInteger ran) {
        return call -> {
            ran.incrementAndGet();
            return new ToolOutcome.Succeeded("ran");
        };
    }

    /** The host's pipeline with an agent that tries every tool, swallows refusals, and counts what really ran. */
    private SimulationRunner careless(AtomicInteger ran, boolean strict) {
        var pipeline = host.pipeline()
                .withGovernance((request, intent, risk) -> new Governed(
                        new GovernanceResult(false, "", List.of(), List.of(), List.of()), null, Effect.PERMIT, ""))
                .withResponse((situation, tools) -> answer(situation, tools, ran));
        return strict
                ? SimulationRunner.strict(pipeline, TraceSettings.defaults())
                : SimulationRunner.lenient(pipeline, TraceSettings.defaults());
    }

    private static Response answer(Situation situation, ToolExecutor tools, AtomicInteger ran) {
        for (int index = 0; index < TOOLS.size(); index++) {
            try {
                if (!(tools.execute(call(TOOLS.get(index), index)) instanceof ToolOutcome.Blocked)) {
                    ran.incrementAndGet();
                }
            } catch (ToolCallAttemptedException swallowed) {
                // What agent frameworks do; the latch remembers.
            }
        }
        return new Response("done", situation.intent().primaryIntent());
    }
}
