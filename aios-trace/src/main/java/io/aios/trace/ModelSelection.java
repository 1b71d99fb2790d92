package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;

/**
 * Which model answers.
 *
 * @param modelId the model
 * @param tier its price class
 * @param estimatedCostUsd US dollars, at least 0 and below 1000 million, rounded half-even to 6 decimals
 */
public record ModelSelection(
        @JsonProperty("model_id") String modelId,
        @JsonProperty("tier") String tier,
        @JsonProperty("estimated_cost_usd") BigDecimal estimatedCostUsd) {
    /** Checks and rounds. */
    public ModelSelection {
        modelId = Checks.text(modelId, "$.model_selection.model_id");
        tier = Checks.text(tier, "$.model_selection.tier");
        estimatedCostUsd = Numbers.cost(
                Checks.present(estimatedCostUsd, "$.model_selection.estimated_cost_usd"),
                "$.model_selection.estimated_cost_usd");
    }
}
