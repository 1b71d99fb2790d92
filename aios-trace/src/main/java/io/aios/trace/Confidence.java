package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How sure a stage is.
 *
 * @param score 0..1, rounded half-even to 6 decimals
 * @param level follows the score: {@code high} from 0.85, {@code medium} from 0.60, {@code low} from 0.40, else
 *     {@code very_low}
 * @param reason why
 * @param evidence what it rests on
 */
public record Confidence(
        @JsonProperty("score") double score,
        @JsonProperty("level") String level,
        @JsonProperty("reason") String reason,
        @JsonProperty("evidence") List<String> evidence) {
    /** Rounds, checks that the level fits the score, and copies. */
    public Confidence {
        score = Numbers.score(score, "$.confidence.score");
        if (!levelOf(score).equals(level)) {
            throw new InvalidTraceException(
                    "$.confidence.level", "a score of " + score + " has level '" + levelOf(score) + "'");
        }
        reason = Checks.anyText(reason, "$.confidence.reason");
        evidence = Checks.texts(evidence, "$.confidence.evidence");
    }

    /** A confidence whose level follows from its score. */
    public static Confidence of(double score, String reason, List<String> evidence) {
        double rounded = Numbers.score(score, "$.confidence.score");
        return new Confidence(rounded, levelOf(rounded), reason, evidence);
    }

    private static String levelOf(double score) {
        if (score >= 0.85) {
            return "high";
        }
        if (score >= 0.60) {
            return "medium";
        }
        return score >= 0.40 ? "low" : "very_low";
    }
}
