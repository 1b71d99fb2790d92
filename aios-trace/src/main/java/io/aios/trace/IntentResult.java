package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the request is about.
 *
 * @param primaryIntent the intent that was chosen
 * @param confidence how sure the classifier is
 * @param alternatives what else was considered, best first
 */
public record IntentResult(
        @JsonProperty("primary_intent") String primaryIntent,
        @JsonProperty("confidence") Confidence confidence,
        @JsonProperty("alternatives") List<Alternative> alternatives) {
    /** Checks and copies. */
    public IntentResult {
        primaryIntent = Checks.text(primaryIntent, "$.intent.primary_intent");
        confidence = Checks.present(confidence, "$.intent.confidence");
        alternatives = Checks.list(alternatives, "$.intent.alternatives");
    }

    /**
     * An intent that was not chosen.
     *
     * @param intent its name
     * @param confidence 0..1, rounded half-even to 6 decimals
     */
    public record Alternative(
            @JsonProperty("intent") String intent,
            @JsonProperty("confidence") double confidence) {
        /** Checks and rounds. */
        public Alternative {
            intent = Checks.text(intent, "$.intent.alternatives.intent");
            confidence = Numbers.score(confidence, "$.intent.alternatives.confidence");
        }
    }
}
