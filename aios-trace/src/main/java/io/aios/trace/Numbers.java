package io.aios.trace;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Rounding at construction, so that a number has one text in every formatter. */
final class Numbers {
    private static final BigDecimal MAX_COST = BigDecimal.valueOf(1_000_000_000);

    private Numbers() {}

    /** A score in 0..1, rounded half-even to 6 decimals on its exact binary value. */
    static double score(double value, String path) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidTraceException(path, "must lie in 0..1, is " + value);
        }
        return round(value, 1e6, 6);
    }

    /** Milliseconds, rounded half-even to 3 decimals. */
    static double duration(double value, String path) {
        if (!(value >= 0 && value < 1e12)) {
            throw new InvalidTraceException(path, "must be a duration in milliseconds, is " + value);
        }
        return round(value, 1e3, 3);
    }

    /** A cost of at least zero and below a thousand million, rounded half-even to 6 decimals. */
    static BigDecimal cost(BigDecimal value, String path) {
        if (value.signum() < 0 || value.compareTo(MAX_COST) >= 0) {
            throw new InvalidTraceException(path, "must be at least 0 and below 1000000000");
        }
        BigDecimal rounded = value.setScale(6, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }

    /** The decimal of a double: of six places if it is the nearest to one, else exact. */
    static BigDecimal decimal(double value) {
        double micros = Math.rint(value * 1e6);
        return Math.abs(micros) < 1e15 && micros / 1e6 == value
                ? BigDecimal.valueOf((long) micros, 6)
                : new BigDecimal(value);
    }

    private static double round(double value, double unit, int decimals) {
        double whole = Math.rint(value * unit);
        if (whole / unit == value) {
            return value == 0 ? 0.0 : value;
        }
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
    }
}
