package io.aios.quickstart;

import io.aios.trace.simulation.SimulationResult;

/**
 * A case and what was decided about it.
 *
 * @param asked the case
 * @param first the simulation
 * @param second the same once more, with other ids, times and salt
 */
record Decided(Case asked, SimulationResult first, SimulationResult second) {}
