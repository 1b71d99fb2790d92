package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How dangerous the request is.
 *
 * @param level follows the score: {@code high} from 0.6, {@code medium} from 0.3, else {@code low}
 * @param score 0..1, rounded half-even to 6 decimals
 * @param factors what raised it
 */
public record RiskResult(
        @JsonProperty("level") String level,
        @JsonProperty("score") double score,
        @JsonProperty("factors") List<String> factors) {
    /** Rounds, checks that the level fits the score, and copies. */
    public RiskResult {
        score = Numbers.score(score, "$.risk.score");
        if (!levelOf(score).equals(level)) {
            throw new InvalidTraceException(
                    "$.risk.level", "a score of " + score + " has level '" + levelOf(score) + "'");
        }
        factors = Checks.texts(factors, "$.risk.factors");
    }

    /** A risk whose level follows from its score. */
    public static RiskResult of(double score, List<String> factors) {
        double rounded = Numbers.score(score, "$.risk.score");
        return new RiskResult(levelOf(rounded), rounded, factors);
    }

    private static String levelOf(double score) {
        if (score >= 0.6) {
            return "high";
        }
        return score >= 0.3 ? "medium" : "low";
    }
}
