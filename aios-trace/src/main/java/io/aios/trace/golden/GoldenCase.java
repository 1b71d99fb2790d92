package io.aios.trace.golden;

import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;

/** One fixture ready to run; its name and {@link #verify()} are all that a test framework needs. */
public final class GoldenCase {
    private final GoldenFixture fixture;
    private final SimulationRunner runner;

    GoldenCase(GoldenFixture fixture, SimulationRunner runner) {
        this.fixture = fixture;
        this.runner = runner;
    }

    /** The fixture's id. */
    public String name() {
        return fixture.id();
    }

    /** Runs the fixture and compares. */
    public GoldenOutcome run() {
        SimulationResult result = runner.run(fixture.request());
        return new GoldenOutcome(
                fixture,
                GoldenExpectation.actual(result),
                result.trace().success() ? "" : result.trace().errorMessage());
    }

    /**
     * Runs the fixture.
     *
     * @throws GoldenMismatchException with a readable difference if the pipeline decided otherwise
     */
    public void verify() {
        GoldenOutcome outcome = run();
        if (!outcome.passed()) {
            throw new GoldenMismatchException(outcome.difference());
        }
    }
}
