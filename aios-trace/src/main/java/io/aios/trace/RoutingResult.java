package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Which agent gets the request.
 *
 * @param selectedAgent the agent
 * @param confidence how sure the router is
 * @param alternatives other agents, best first
 * @param routingReason why
 */
public record RoutingResult(
        @JsonProperty("selected_agent") String selectedAgent,
        @JsonProperty("confidence") Confidence confidence,
        @JsonProperty("alternatives") List<Alternative> alternatives,
        @JsonProperty("routing_reason") String routingReason) {
    /** Checks and copies. */
    public RoutingResult {
        selectedAgent = Checks.text(selectedAgent, "$.routing.selected_agent");
        confidence = Checks.present(confidence, "$.routing.confidence");
        alternatives = Checks.list(alternatives, "$.routing.alternatives");
        routingReason = Checks.anyText(routingReason, "$.routing.routing_reason");
    }

    /**
     * An agent that was not chosen.
     *
     * @param agent its name
     * @param confidence 0..1, rounded half-even to 6 decimals
     */
    public record Alternative(
            @JsonProperty("agent") String agent,
            @JsonProperty("confidence") double confidence) {
        /** Checks and rounds. */
        public Alternative {
            agent = Checks.text(agent, "$.routing.alternatives.agent");
            confidence = Numbers.score(confidence, "$.routing.alternatives.confidence");
        }
    }
}
