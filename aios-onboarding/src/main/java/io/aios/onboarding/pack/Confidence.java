package io.aios.onboarding.pack;

import io.aios.trace.json.CanonicalJson;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How sure discovery was of an item: a decimal in [0, 1], or unknown.
 *
 * <p>Unknown never passes a threshold. The decimal is the shortest one that denotes the given double, so 0.90 equals
 * the threshold 0.90 and 0.8999999 stays below it.
 *
 * @param score the decimal, or null when it is unknown
 * @param problem why it is unknown, or null when it is known
 */
public record Confidence(
        @Nullable BigDecimal score, @Nullable String problem) {
    /** Checks that exactly one of both is there and the score is in range. */
    public Confidence {
        if ((score == null) == (problem == null)) {
            throw new IllegalArgumentException("a confidence has either a score or the problem that hides it");
        }
        if (score != null && (score.signum() < 0 || score.compareTo(BigDecimal.ONE) > 0)) {
            throw new IllegalArgumentException("confidence " + score + " is outside 0 to 1");
        }
    }

    /** The confidence of a JSON-shaped value; whatever is not a number in [0, 1] becomes unknown and says why. */
    public static Confidence of(@Nullable Object given) {
        if (given == null) {
            return missing();
        }
        if (!(given instanceof Number number)) {
            return unknown("not a number");
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return unknown("not a finite number");
        }
        if (value < 0 || value > 1) {
            return unknown("outside 0 to 1");
        }
        BigDecimal shortest = shortest(value);
        if (number instanceof BigDecimal exact && exact.compareTo(shortest) != 0) {
            return unknown("more digits than a double keeps");
        }
        return new Confidence(shortest, null);
    }

    /** A confidence nobody gave. */
    public static Confidence missing() {
        return unknown("missing");
    }

    private static Confidence unknown(String problem) {
        return new Confidence(null, problem);
    }

    private static BigDecimal shortest(double value) {
        return value == 0 ? BigDecimal.ZERO : new BigDecimal(CanonicalJson.text(value));
    }

    /** Whether it is known and at least the threshold, compared as decimals. */
    public boolean atLeast(BigDecimal threshold) {
        return score != null && score.compareTo(threshold) >= 0;
    }

    /** The decimal, or what hides it; never rounded. */
    @Override
    public String toString() {
        return score != null ? score.toPlainString() : String.valueOf(problem);
    }
}
