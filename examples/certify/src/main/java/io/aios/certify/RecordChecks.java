package io.aios.certify;

import static io.aios.certify.Checks.object;
import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.HashCheck;
import io.aios.trace.InvalidTraceException;
import io.aios.trace.Redactor;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceCodec;
import io.aios.trace.TraceHashes;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The part of TRACE-001 that is about the record: an edit is noticed, erased text is gone, odd input is refused. */
final class RecordChecks {
    private final Host host;
    private final Checks checks;

    private RecordChecks(Host host, Checks checks) {
        this.host = host;
        this.checks = checks;
    }

    static void addTo(Checks checks, Host host) {
        RecordChecks group = new RecordChecks(host, checks);
        group.edits();
        group.erasure();
        group.reading();
    }

    /** Every leaf that decides or records: a change in the stored bytes is noticed when they are read. */
    private void edits() {
        for (String pointer : List.of(
                "trace_id",
                "request_id",
                "request_text",
                "tenant_id",
                "user_id",
                "created_at",
                "intent.primary_intent",
                "intent.confidence.reason",
                "risk.level",
                "governance.hitl_reason",
                "routing.selected_agent",
                "model_selection.model_id",
                "policy.id",
                "response_text",
                "response_type",
                "commit_salt",
                "trace_hash",
                "record_hash")) {
            checks.add(
                    "an_edit_is_noticed/" + pointer,
                    "MutationCoverageTest.everyLeafIsNoticedOrOnTheClosedList",
                    () -> refused(
                            InvalidTraceException.class, () -> SealedTrace.read(edited(sealed().bytes(), pointer))));
        }
        checks.add(
                "a_stored_trace_reads_back_equal",
                "DecisionTraceTest.aTraceIsWrittenCanonicallyAndReadBackEqual",
                () -> {
                    SealedTrace sealed = sealed();
                    SealedTrace read = SealedTrace.read(sealed.bytes());
                    same(sealed.recordHash(), read.recordHash(), "record_hash");
                    require(Arrays.equals(sealed.bytes(), read.bytes()), "other bytes came back");
                });
        checks.add(
                "a_stripped_profile_is_never_consistent",
                "HashProfileTest.strippingTheProfileNeverYieldsConsistent",
                () -> {
                    Map<String, Object> tree = tree(sealed().bytes());
                    tree.remove("hash_profile");
                    HashCheck check = TraceHashes.check(TraceCodec.read(CanonicalJson.bytes(tree)));
                    require(!check.isConsistent(), "a trace without profile is called consistent");
                });
        checks.add("an_upper_case_hash_is_refused", "HashProfileTest.upperCaseOrPaddedHexIsRefused", () -> {
            Map<String, Object> tree = tree(sealed().bytes());
            tree.put("trace_hash", String.valueOf(tree.get("trace_hash")).toUpperCase(Locale.ROOT) + "A");
            refused(InvalidTraceException.class, () -> SealedTrace.read(CanonicalJson.bytes(tree)));
        });
    }

    private void erasure() {
        checks.add("an_erased_trace_keeps_its_record_hash", "ErasureTest.theRecordHashSurvives", () -> {
            SealedTrace sealed = sealed();
            require(sealed.erase().check().isConsistent(), "the record hash does not fit after erasure");
            same(sealed.recordHash(), sealed.erase().recordHash(), "record_hash");
        });
        checks.add(
                "an_erased_trace_holds_no_personal_text", "ErasureTest.noPersonalTextSaltOrUnsaltedHashIsLeft", () -> {
                    SealedTrace sealed = sealed();
                    String left = new String(sealed.erase().bytes(), StandardCharsets.UTF_8);
                    for (String text : List.of(
                            sealed.trace().requestText(),
                            sealed.trace().userId(),
                            sealed.traceHash().hex(),
                            String.valueOf(sealed.trace().commitSalt()))) {
                        require(!left.contains(text), "personal text, salt or decision hash is left after erasure");
                    }
                });
        checks.add(
                "personal_data_is_redacted_before_it_is_recorded",
                "TraceRecorderTest.personalTextIsRedactedBeforeItIsRecorded",
                () -> {
                    TraceSettings redacting = TraceSettings.defaults().withRedactor(Redactor.angleMarkers());
                    SimulationResult result = SimulationRunner.lenient(host.pipeline(), redacting)
                            .run(new DecisionRequest("Write to jane@example.org about leave", "certify", "someone"));
                    String bytes = new String(result.sealed().bytes(), StandardCharsets.UTF_8);
                    require(
                            !bytes.contains("jane@example.org") && bytes.contains("<email>"),
                            "an address was recorded");
                });
    }

    private void reading() {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("a_duplicate_key_is_refused", "{\"a\":1,\"a\":2}");
        refused.put("a_number_that_does_not_fit_is_refused", "{\"a\":9007199254740993}");
        refused.put("an_infinite_number_is_refused", "{\"a\":1e400}");
        refused.put("half_a_character_is_refused", "{\"a\":\"\\ud800\"}");
        refused.put("depth_without_end_is_refused", "[".repeat(100_000));
        refused.forEach((name, json) -> checks.add(
                name,
                "CanonicalJsonTest",
                () -> refused(
                        InvalidJsonException.class,
                        () -> CanonicalJson.canonicalize(json.getBytes(StandardCharsets.UTF_8)))));
        checks.add(
                "an_unknown_key_is_refused",
                "DecisionTraceTest.unknownKeysWrongTypesAndNullsAreRefusedWithTheirPath",
                () -> {
                    Map<String, Object> tree = tree(sealed().bytes());
                    tree.put("approved", true);
                    refused(InvalidTraceException.class, () -> TraceCodec.read(CanonicalJson.bytes(tree)));
                });
        checks.add(
                "equal_values_have_one_text",
                "CanonicalJsonTest.officialFileComesOutAsPublished",
                () -> same(
                        "{\"a\":1,\"b\":[0.1,\"\u20ac\"]}",
                        new String(
                                CanonicalJson.canonicalize(
                                        " {\"b\" : [1e-1, \"\\u20ac\"], \"a\": 1.0 }".getBytes(StandardCharsets.UTF_8)),
                                StandardCharsets.UTF_8),
                        "canonical text"));
    }

    private SealedTrace sealed() {
        return SimulationRunner.strict(host.pipeline(), TraceSettings.defaults())
                .run(host.fixtures().get(0).request())
                .sealed();
    }

    private static Map<String, Object> tree(byte[] json) {
        return object(CanonicalJson.parse(json));
    }

    private static byte[] edited(byte[] json, String pointer) {
        Map<String, Object> root = tree(json);
        Map<String, Object> at = root;
        List<String> names = new ArrayList<>(List.of(pointer.split("\\.")));
        String last = names.remove(names.size() - 1);
        for (String name : names) {
            Map<String, Object> inner = object(at.get(name));
            at.put(name, inner);
            at = inner;
        }
        at.put(last, another(String.valueOf(at.get(last))));
        return CanonicalJson.bytes(root);
    }

    /** Another value of the same form, so that only a hash can notice. */
    private static String another(String text) {
        int at = text.length() - 1;
        while (at >= 0 && !Character.isLetterOrDigit(text.charAt(at))) {
            at--;
        }
        if (at < 0) {
            return text + "x";
        }
        char old = text.charAt(at);
        char replaced = Character.isDigit(old) ? (old == '1' ? '2' : '1') : (old == 'a' ? 'b' : 'a');
        return text.substring(0, at) + replaced + text.substring(at + 1);
    }
}
