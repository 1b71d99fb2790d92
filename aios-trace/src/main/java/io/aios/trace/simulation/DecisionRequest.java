package io.aios.trace.simulation;

/**
 * What is to be decided.
 *
 * @param requestText what was asked
 * @param tenantId the tenant
 * @param userId who asked
 */
public record DecisionRequest(String requestText, String tenantId, String userId) {
    /** Checks that there is something to decide, for somebody. */
    public DecisionRequest {
        require(requestText, "request_text");
        require(tenantId, "tenant_id");
        require(userId, "user_id");
    }

    private static void require(String value, String name) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
    }

    /** Names the tenant only: text and user are personal. */
    @Override
    public String toString() {
        return "DecisionRequest[tenant " + tenantId + "]";
    }
}
