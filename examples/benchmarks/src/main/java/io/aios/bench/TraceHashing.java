package io.aios.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aios.trace.DecisionTrace;
import io.aios.trace.HashCheck;
import io.aios.trace.HashProfile;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceCodec;
import io.aios.trace.TraceHashes;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * What hashing a decision costs, against SHA-256 of the same bytes in the same run, and what a whole simulation costs.
 *
 * <p>Arguments: rounds (default 40) and operations per round (default 2000).
 */
public final class TraceHashing {
    private TraceHashing() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : Dose.FULL.rounds();
        int repeats = args.length > 1 ? Integer.parseInt(args[1]) : Dose.FULL.repeats();
        run(new Report(), new Dose(rounds, repeats, 0));
    }

    static void run(Report report, Dose dose) throws Exception {
        SimulationRunner runner = SimulationRunner.strict(RuleBasedPipeline.standard(), TraceSettings.defaults());
        DecisionRequest request =
                new DecisionRequest("I need to request FMLA leave for medical treatment", "cleveland-gov", "emp-12345");
        SealedTrace sealed = runner.run(request).sealed();
        DecisionTrace trace = sealed.trace();
        byte[] preimage = HashProfile.AIOS_JCS_1.decisionPreimage(trace);
        byte[] bytes = sealed.bytes();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        ObjectMapper mapper = new ObjectMapper();

        List<Paired.Timing> timings = Paired.of(dose.rounds(), dose.repeats())
                .add("floor: SHA-256 of the pre-image", () -> sha.digest(preimage))
                .add("typed trace to decision hash", () -> TraceHashes.decision(trace))
                .add(
                        "Jackson, java-json-canonicalization, SHA-256",
                        () -> sha.digest(new JsonCanonicalizer(mapper.writeValueAsString(trace)).getEncodedUTF8()))
                .add("parse", () -> TraceCodec.read(bytes))
                .add("parse and check the decision hash", () -> consistent(TraceHashes.checkDecision(bytes)))
                .add("parse and check both hashes", () -> SealedTrace.read(bytes))
                .add("typed trace to record hash", () -> TraceHashes.record(trace))
                .add("whole simulation with both hashes", () -> runner.run(request))
                .run();

        Paired.Timing floor = timings.get(0);
        System.out.printf(
                Locale.ROOT,
                "JDK %s, pre-image %d bytes, trace %d bytes%n",
                System.getProperty("java.version"),
                preimage.length,
                bytes.length);
        for (Paired.Timing timing : timings) {
            System.out.printf(
                    Locale.ROOT,
                    "%s %6.2f x floor (minima %.2f)%n",
                    timing,
                    timing.over(floor),
                    timing.min() / floor.min());
        }
        System.out.printf(
                Locale.ROOT,
                "typed is %.1f times as fast as Jackson with java-json-canonicalization (minima %.1f)%n",
                timings.get(2).median() / timings.get(1).median(),
                timings.get(2).min() / timings.get(1).min());
        report.atMost(3.5, "x", "typed trace to decision hash over SHA-256 of the bytes, medians", over(timings, 1))
                .sides(timings.get(1).median(), floor.median(), "us")
                .atMost(3.5, "x", "the same, minima", timings.get(1).min() / floor.min())
                .atLeast(
                        7,
                        "x",
                        "faster than Jackson, java-json-canonicalization and SHA-256, medians",
                        timings.get(2).median() / timings.get(1).median())
                .sides(timings.get(1).median(), timings.get(2).median(), "us")
                .atMost(8, "x", "parse and check the decision hash over the floor, medians", over(timings, 4))
                .sides(timings.get(4).median(), floor.median(), "us")
                .atMost(8, "x", "the same, minima", timings.get(4).min() / floor.min())
                .atMost(
                        30,
                        "us",
                        "whole rule-based simulation with both hashes, CPU median",
                        timings.get(7).median());
    }

    private static double over(List<Paired.Timing> timings, int index) {
        return timings.get(index).over(timings.get(0));
    }

    private static HashCheck consistent(HashCheck check) {
        if (!check.isConsistent()) {
            throw new IllegalStateException("the trace does not fit its hash: " + check);
        }
        return check;
    }
}
