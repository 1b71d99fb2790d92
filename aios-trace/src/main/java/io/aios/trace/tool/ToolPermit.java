package io.aios.trace.tool;

import io.aios.trace.json.Digest;

/**
 * A decision point's permit, bound to one tool and the arguments it was asked about.
 *
 * @param toolName the tool
 * @param argumentsDigest SHA-256 of the canonical arguments
 * @param policyDigest digest of the policies that permitted
 */
public record ToolPermit(String toolName, Digest argumentsDigest, String policyDigest) {
    /** Whether the permit is for this very call. */
    public boolean covers(ToolCall call) {
        return toolName.equals(call.toolName()) && argumentsDigest.equals(call.argumentsDigest());
    }
}
