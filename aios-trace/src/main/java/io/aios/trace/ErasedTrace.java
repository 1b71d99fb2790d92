package io.aios.trace;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A trace whose personal leaves are gone: {@code {"$commit": hex}} stands in their place, and the salt is gone too.
 *
 * <p>Its record hash is the one of the full trace. Without the salt nobody can test guesses against a commitment.
 */
public final class ErasedTrace {
    private static final Set<String> PERSONAL =
            Set.of("request_text", "response_text", "user_id", "error_message", "trace_hash");
    private static final Set<String> PERSONAL_IN_STEP = Set.of("input_data", "output_data", "metadata");

    private static final Map<String, String> EXECUTED_INPUT = Map.of("tool_name", "", "arguments_digest", "");
    private static final Map<String, String> EXECUTED_OUTPUT = Map.of("outcome", "", "result_digest", "");
    private static final Map<String, String> APPROVAL_INPUT = Map.of("approval_id", "");
    private static final Map<String, String> APPROVAL_OUTPUT =
            Map.of("resolution", "", "by", "", "at", "", "grant", "");

    private final byte[] bytes;
    private final DecisionTrace skeleton;
    private final Map<String, Digest> commitments;

    private ErasedTrace(byte[] bytes, DecisionTrace skeleton, Map<String, Digest> commitments) {
        this.bytes = bytes;
        this.skeleton = skeleton;
        this.commitments = commitments;
    }

    static ErasedTrace of(SealedTrace sealed) {
        DecisionTrace trace = sealed.trace();
        String salt = Checks.present(trace.commitSalt(), "$.commit_salt");
        return read(TraceWriter.erased(trace, Commitments.salted(salt)).toBytes());
    }

    /**
     * Reads an erased trace; its record hash is checked by {@link #check()}.
     *
     * @throws InvalidTraceException if it is malformed, or a personal leaf or the salt is still there
     */
    public static ErasedTrace read(byte[] json) {
        Object tree;
        try {
            tree = CanonicalJson.parse(json);
        } catch (InvalidJsonException e) {
            throw new InvalidTraceException(e.path(), "not readable as JSON: " + e.getMessage());
        }
        Map<String, Digest> commitments = new LinkedHashMap<>();
        DecisionTrace skeleton = TraceReader.read(CanonicalJson.bytes(withoutCommitments(tree, "", commitments)))
                .trace();
        if (skeleton.commitSalt() != null) {
            throw new InvalidTraceException("$.commit_salt", "is still there: the trace is not erased");
        }
        return new ErasedTrace(
                TraceWriter.erased(skeleton, Commitments.kept(commitments)).toBytes(), skeleton, commitments);
    }

    /** Collects commitments and puts something of the leaf's type in their place, so that one strict reader serves. */
    private static @Nullable Object withoutCommitments(
            @Nullable Object value, String pointer, Map<String, Digest> commitments) {
        if (value instanceof List<?> list) {
            @Nullable Object[] copy = new @Nullable Object[list.size()];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = withoutCommitments(list.get(i), pointer + "/" + i, commitments);
            }
            return Arrays.asList(copy);
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, element) -> {
            String at = pointer + "/" + key;
            if (isPersonal(at)
                    && element instanceof Map<?, ?> object
                    && object.size() == 1
                    && object.get(Commitments.KEY) instanceof String hex) {
                commitments.put(at, commitment(hex, at));
                copy.put((String) key, isObject(at) ? placeholder(map.get("step_type"), at) : hex);
            } else {
                copy.put((String) key, withoutCommitments(element, at, commitments));
            }
        });
        return copy;
    }

    /** An object of the shape that the step's type demands; never empty, because what is empty is not written. */
    private static Map<String, String> placeholder(@Nullable Object stepType, String pointer) {
        if (ToolExecutedStep.TYPE.equals(stepType) && !pointer.endsWith("/metadata")) {
            return pointer.endsWith("/input_data") ? EXECUTED_INPUT : EXECUTED_OUTPUT;
        }
        if (ApprovalStep.TYPE.equals(stepType) && !pointer.endsWith("/metadata")) {
            return pointer.endsWith("/input_data") ? APPROVAL_INPUT : APPROVAL_OUTPUT;
        }
        return Map.of("erased", "");
    }

    private static boolean isObject(String pointer) {
        return pointer.indexOf('/', 1) > 0;
    }

    private static boolean isPersonal(String pointer) {
        String[] names = pointer.substring(1).split("/", -1);
        return switch (names.length) {
            case 1 -> PERSONAL.contains(names[0]);
            case 3 ->
                (names[0].equals("steps") && PERSONAL_IN_STEP.contains(names[2]))
                        || (names[0].equals("blocked_tools") && names[2].equals("arguments"));
            case 4 -> names[0].equals("steps") && names[2].equals("blocked_tool") && names[3].equals("arguments");
            default -> false;
        };
    }

    private static Digest commitment(String hex, String pointer) {
        try {
            return Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw new InvalidTraceException(
                    "$" + pointer.replace('/', '.'), "a commitment is 64 lower-case hex digits");
        }
    }

    /** Canonical JSON of what is left. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Id of the trace. */
    public String traceId() {
        return skeleton.traceId();
    }

    /** The tenant. */
    public String tenantId() {
        return skeleton.tenantId();
    }

    /**
     * The record hash that the trace carries.
     *
     * @throws InvalidTraceException if it carries none
     */
    public Digest recordHash() {
        return Checks.present(skeleton.recordHash(), "$.record_hash");
    }

    /** Whether the record hash fits what is left. */
    public HashCheck check() {
        if (!HashProfile.AIOS_JCS_1.id().equals(skeleton.hashProfile())) {
            return new HashCheck.Unverifiable("only aios-jcs-1 has a record hash that survives erasure");
        }
        return TraceHashes.compare(
                "record_hash",
                skeleton.recordHash(),
                () -> TraceWriter.record(skeleton, Commitments.kept(commitments))
                        .digest(),
                HashProfile.AIOS_JCS_1);
    }

    @Override
    public String toString() {
        return "ErasedTrace[" + traceId() + "]";
    }
}
