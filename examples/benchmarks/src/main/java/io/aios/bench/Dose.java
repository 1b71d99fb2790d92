package io.aios.bench;

/**
 * How long to measure.
 *
 * @param rounds rounds of all operations in turn
 * @param repeats operations a round
 * @param millis length of a round where time is given and not a count
 */
record Dose(int rounds, int repeats, long millis) {
    /** What to quote. */
    static final Dose FULL = new Dose(40, 2000, 3000);

    /** A look in under three minutes for all together. */
    static final Dose QUICK = new Dose(10, 1000, 800);
}
