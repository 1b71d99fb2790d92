package io.aios.trace;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.trace.json.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one request, and how: format 1.0.0.
 *
 * <p>Build one with {@link #builder()}, then {@link SealedTrace#seal} it; read one with {@link TraceCodec#read}.
 *
 * @param traceVersion format version, {@code 1.0.0}
 * @param hashProfile {@code aios-jcs-1}; null for a trace of the original system
 * @param traceId id of this trace
 * @param requestId id of the request
 * @param requestText what was asked; personal
 * @param tenantId the tenant
 * @param userId who asked; personal
 * @param createdAt when the decision began
 * @param completedAt when it ended
 * @param intent what the request is about
 * @param risk how dangerous it is
 * @param governance what governance decided
 * @param routing which agent gets it
 * @param modelSelection which model answers
 * @param policy the policy that decided
 * @param policyVersion only in traces of the original system
 * @param policyHash only in traces of the original system
 * @param steps the steps in order
 * @param blockedTools the tool calls that were stopped, in order
 * @param responseText the answer; personal
 * @param responseType kind of answer
 * @param success whether the pipeline ended without an error
 * @param errorMessage what went wrong, or empty; personal
 * @param commitSalt 64 lower-case hex digits; salts the commitments, goes on erasure
 * @param traceHash decision hash: equal across replays
 * @param recordHash record hash: covers everything, survives erasure
 * @param simulation whether no tool was allowed to run
 */
public record DecisionTrace(
        @JsonProperty("trace_version") String traceVersion,
        @JsonProperty("hash_profile") @Nullable String hashProfile,
        @JsonProperty("trace_id") String traceId,
        @JsonProperty("request_id") String requestId,
        @JsonProperty("request_text") String requestText,
        @JsonProperty("tenant_id") String tenantId,
        @JsonProperty("user_id") String userId,
        @JsonProperty("created_at") String createdAt,
        @JsonProperty("completed_at") @Nullable String completedAt,
        @JsonProperty("intent") @Nullable IntentResult intent,
        @JsonProperty("risk") @Nullable RiskResult risk,
        @JsonProperty("governance") @Nullable GovernanceResult governance,
        @JsonProperty("routing") @Nullable RoutingResult routing,
        @JsonProperty("model_selection") @Nullable ModelSelection modelSelection,
        @JsonProperty("policy") @Nullable TracePolicy policy,
        @JsonProperty("policy_version") @Nullable Long policyVersion,
        @JsonProperty("policy_hash") @Nullable String policyHash,
        @JsonProperty("steps") List<TraceStep> steps,
        @JsonProperty("blocked_tools") List<BlockedTool> blockedTools,
        @JsonProperty("response_text") String responseText,
        @JsonProperty("response_type") String responseType,
        @JsonProperty("success") boolean success,
        @JsonProperty("error_message") String errorMessage,
        @JsonProperty("commit_salt") @Nullable String commitSalt,
        @JsonProperty("trace_hash") @Nullable Digest traceHash,
        @JsonProperty("record_hash") @Nullable Digest recordHash,
        @JsonProperty("is_simulation") boolean simulation) {
    /** The one format version. */
    public static final String VERSION = "1.0.0";

    /** Checks and copies. */
    public DecisionTrace {
        if (!VERSION.equals(traceVersion)) {
            throw new InvalidTraceException("$.trace_version", "must be " + VERSION + ", is " + traceVersion);
        }
        traceId = Checks.text(traceId, "$.trace_id");
        requestId = Checks.text(requestId, "$.request_id");
        requestText = Checks.anyText(requestText, "$.request_text");
        tenantId = Checks.text(tenantId, "$.tenant_id");
        userId = Checks.anyText(userId, "$.user_id");
        createdAt = Checks.timestamp(createdAt, "$.created_at");
        completedAt = Checks.optionalTimestamp(completedAt, "$.completed_at");
        steps = Checks.list(steps, "$.steps");
        blockedTools = Checks.list(blockedTools, "$.blocked_tools");
        responseText = Checks.anyText(responseText, "$.response_text");
        responseType = Checks.anyText(responseType, "$.response_type");
        errorMessage = Checks.anyText(errorMessage, "$.error_message");
        if (hashProfile != null && (policyVersion != null || policyHash != null)) {
            throw new InvalidTraceException("$.policy_version", "belongs to traces without hash_profile only");
        }
        if (commitSalt != null) {
            commitSalt = Checks.salt(commitSalt, "$.commit_salt");
        }
    }

    /** A builder of a trace under {@code aios-jcs-1}. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this trace. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Names ids and hashes only: texts may be personal. */
    @Override
    public String toString() {
        return "DecisionTrace[" + traceId + ", tenant " + tenantId + ", trace_hash " + traceHash + "]";
    }

    /** Collects the components of a trace; what is required is checked by {@link #build()}. */
    public static final class Builder {
        private String traceVersion = VERSION;
        private @Nullable String hashProfile = HashProfile.AIOS_JCS_1.id();
        private @Nullable String traceId;
        private @Nullable String requestId;
        private @Nullable String requestText;
        private @Nullable String tenantId;
        private @Nullable String userId;
        private @Nullable String createdAt;
        private @Nullable String completedAt;
        private @Nullable IntentResult intent;
        private @Nullable RiskResult risk;
        private @Nullable GovernanceResult governance;
        private @Nullable RoutingResult routing;
        private @Nullable ModelSelection modelSelection;
        private @Nullable TracePolicy policy;
        private @Nullable Long policyVersion;
        private @Nullable String policyHash;
        private List<TraceStep> steps = List.of();
        private List<BlockedTool> blockedTools = List.of();
        private @Nullable String responseText;
        private @Nullable String responseType;
        private boolean success = true;
        private @Nullable String errorMessage;
        private @Nullable String commitSalt;
        private @Nullable Digest traceHash;
        private @Nullable Digest recordHash;
        private boolean simulation;

        private Builder() {}

        private Builder(DecisionTrace trace) {
            traceVersion = trace.traceVersion;
            hashProfile = trace.hashProfile;
            traceId = trace.traceId;
            requestId = trace.requestId;
            requestText = trace.requestText;
            tenantId = trace.tenantId;
            userId = trace.userId;
            createdAt = trace.createdAt;
            completedAt = trace.completedAt;
            intent = trace.intent;
            risk = trace.risk;
            governance = trace.governance;
            routing = trace.routing;
            modelSelection = trace.modelSelection;
            policy = trace.policy;
            policyVersion = trace.policyVersion;
            policyHash = trace.policyHash;
            steps = trace.steps;
            blockedTools = trace.blockedTools;
            responseText = trace.responseText;
            responseType = trace.responseType;
            success = trace.success;
            errorMessage = trace.errorMessage;
            commitSalt = trace.commitSalt;
            traceHash = trace.traceHash;
            recordHash = trace.recordHash;
            simulation = trace.simulation;
        }

        @CanIgnoreReturnValue
        Builder traceVersion(String value) {
            traceVersion = value;
            return this;
        }

        /** Sets {@code hash_profile}: {@code aios-jcs-1}; null for a trace of the original system. */
        @CanIgnoreReturnValue
        public Builder hashProfile(@Nullable String value) {
            hashProfile = value;
            return this;
        }

        /** Sets {@code trace_id}: id of this trace. */
        @CanIgnoreReturnValue
        public Builder traceId(String value) {
            traceId = value;
            return this;
        }

        /** Sets {@code request_id}: id of the request. */
        @CanIgnoreReturnValue
        public Builder requestId(String value) {
            requestId = value;
            return this;
        }

        /** Sets {@code request_text}: what was asked; personal. */
        @CanIgnoreReturnValue
        public Builder requestText(String value) {
            requestText = value;
            return this;
        }

        /** Sets {@code tenant_id}: the tenant. */
        @CanIgnoreReturnValue
        public Builder tenantId(String value) {
            tenantId = value;
            return this;
        }

        /** Sets {@code user_id}: who asked; personal. */
        @CanIgnoreReturnValue
        public Builder userId(String value) {
            userId = value;
            return this;
        }

        /** Sets {@code created_at}: when the decision began. */
        @CanIgnoreReturnValue
        public Builder createdAt(String value) {
            createdAt = value;
            return this;
        }

        /** Sets {@code completed_at}: when it ended. */
        @CanIgnoreReturnValue
        public Builder completedAt(@Nullable String value) {
            completedAt = value;
            return this;
        }

        /** Sets {@code intent}: what the request is about. */
        @CanIgnoreReturnValue
        public Builder intent(@Nullable IntentResult value) {
            intent = value;
            return this;
        }

        /** Sets {@code risk}: how dangerous it is. */
        @CanIgnoreReturnValue
        public Builder risk(@Nullable RiskResult value) {
            risk = value;
            return this;
        }

        /** Sets {@code governance}: what governance decided. */
        @CanIgnoreReturnValue
        public Builder governance(@Nullable GovernanceResult value) {
            governance = value;
            return this;
        }

        /** Sets {@code routing}: which agent gets it. */
        @CanIgnoreReturnValue
        public Builder routing(@Nullable RoutingResult value) {
            routing = value;
            return this;
        }

        /** Sets {@code model_selection}: which model answers. */
        @CanIgnoreReturnValue
        public Builder modelSelection(@Nullable ModelSelection value) {
            modelSelection = value;
            return this;
        }

        /** Sets {@code policy}: the policy that decided. */
        @CanIgnoreReturnValue
        public Builder policy(@Nullable TracePolicy value) {
            policy = value;
            return this;
        }

        /** Sets {@code policy_version}: only in traces of the original system. */
        @CanIgnoreReturnValue
        public Builder policyVersion(@Nullable Long value) {
            policyVersion = value;
            return this;
        }

        /** Sets {@code policy_hash}: only in traces of the original system. */
        @CanIgnoreReturnValue
        public Builder policyHash(@Nullable String value) {
            policyHash = value;
            return this;
        }

        /** Sets {@code steps}: the steps in order. */
        @CanIgnoreReturnValue
        public Builder steps(List<TraceStep> value) {
            steps = value;
            return this;
        }

        /** Sets {@code blocked_tools}: the tool calls that were stopped, in order. */
        @CanIgnoreReturnValue
        public Builder blockedTools(List<BlockedTool> value) {
            blockedTools = value;
            return this;
        }

        /** Sets {@code response_text}: the answer; personal. */
        @CanIgnoreReturnValue
        public Builder responseText(String value) {
            responseText = value;
            return this;
        }

        /** Sets {@code response_type}: kind of answer. */
        @CanIgnoreReturnValue
        public Builder responseType(String value) {
            responseType = value;
            return this;
        }

        /** Sets {@code success}: whether the pipeline ended without an error. */
        @CanIgnoreReturnValue
        public Builder success(boolean value) {
            success = value;
            return this;
        }

        /** Sets {@code error_message}: what went wrong, or empty; personal. */
        @CanIgnoreReturnValue
        public Builder errorMessage(String value) {
            errorMessage = value;
            return this;
        }

        /** Sets {@code commit_salt}: 64 lower-case hex digits that salt the commitments. */
        @CanIgnoreReturnValue
        public Builder commitSalt(@Nullable String value) {
            commitSalt = value;
            return this;
        }

        /** Sets {@code trace_hash}: decision hash: equal across replays. */
        @CanIgnoreReturnValue
        public Builder traceHash(@Nullable Digest value) {
            traceHash = value;
            return this;
        }

        /** Sets {@code record_hash}: record hash: covers everything, survives erasure. */
        @CanIgnoreReturnValue
        public Builder recordHash(@Nullable Digest value) {
            recordHash = value;
            return this;
        }

        /** Sets {@code is_simulation}: whether no tool was allowed to run. */
        @CanIgnoreReturnValue
        public Builder simulation(boolean value) {
            simulation = value;
            return this;
        }

        /**
         * The trace.
         *
         * @throws InvalidTraceException naming the component that is missing or wrong
         */
        public DecisionTrace build() {
            return new DecisionTrace(
                    traceVersion,
                    hashProfile,
                    Checks.present(traceId, "$.trace_id"),
                    Checks.present(requestId, "$.request_id"),
                    Checks.present(requestText, "$.request_text"),
                    Checks.present(tenantId, "$.tenant_id"),
                    Checks.present(userId, "$.user_id"),
                    Checks.present(createdAt, "$.created_at"),
                    completedAt,
                    intent,
                    risk,
                    governance,
                    routing,
                    modelSelection,
                    policy,
                    policyVersion,
                    policyHash,
                    steps,
                    blockedTools,
                    Checks.present(responseText, "$.response_text"),
                    Checks.present(responseType, "$.response_type"),
                    success,
                    errorMessage == null ? "" : errorMessage,
                    commitSalt,
                    traceHash,
                    recordHash,
                    simulation);
        }
    }
}
