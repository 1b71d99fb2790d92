package io.aios.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aios.policy.Decision;
import io.aios.policy.Effect;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.JsonValues;
import io.aios.policy.PolicyException;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * 77 exchanges recorded from a real OPA 1.9.0. Each recorded answer is given to a question, and each recorded question
 * that can be asked at all is asked: what comes out is a permit only where the server really decided one.
 */
class OpaTranscriptTest {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String INJECTED = "cross-tenant package injection eval";

    /** Answers that say allow in the one shape that counts. */
    private static final Set<String> PERMITTING_ANSWERS = Set.of(
            "allow",
            "trailing garbage",
            "duplicate keys",
            "case-folded Input key",
            "amount null",
            "amount missing",
            "builtin error lax",
            "provenance",
            "metrics",
            "instrument",
            "gzip request",
            "accept gzip",
            INJECTED);

    private static final Set<String> REVIEWING_ANSWERS = Set.of("hitl", "amount string", "amount big", "amount 1e400");

    /** Questions that can be asked and that the server permitted. */
    private static final Set<String> PERMITTED_QUESTIONS =
            Set.of("allow", "provenance", "metrics", "instrument", "accept gzip");

    private static final Set<String> REVIEWED_QUESTIONS = Set.of("hitl");

    @TestFactory
    List<DynamicTest> everyRecordedAnswerGivesItsVerdict() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : cases()) {
            String name = one.get("name").asText();
            Effect expected = PERMITTING_ANSWERS.contains(name)
                    ? Effect.PERMIT
                    : REVIEWING_ANSWERS.contains(name) ? Effect.REVIEW : Effect.DENY;
            tests.add(DynamicTest.dynamicTest(name + " -> " + expected, () -> {
                try (OpaDouble opa = new OpaDouble();
                        PolicyDecisionPoint point = ready(opa)) {
                    opa.answer(question -> recorded(one));
                    assertThat(point.decide(OpaPolicies.call("search_kb", 5)).effect())
                            .isEqualTo(expected);
                }
            }));
        }
        assertThat(tests).hasSize(77);
        return tests;
    }

    @TestFactory
    List<DynamicTest> everyRecordedQuestionGivesItsVerdict() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode one : cases()) {
            String name = one.get("name").asText();
            Effect expected = PERMITTED_QUESTIONS.contains(name)
                    ? Effect.PERMIT
                    : REVIEWED_QUESTIONS.contains(name) ? Effect.REVIEW : Effect.DENY;
            tests.add(DynamicTest.dynamicTest(name + " -> " + expected, () -> {
                try (OpaDouble opa = new OpaDouble();
                        PolicyDecisionPoint point = ready(opa)) {
                    // The injected module never gets here; see the two tests about it below.
                    JsonNode answer = name.equals(INJECTED) ? named("default deny") : one;
                    opa.answer(question -> recorded(answer));
                    assertThat(ask(point, one.get("request").get("body"))).isEqualTo(expected);
                }
            }));
        }
        assertThat(tests).hasSize(77);
        return tests;
    }

    @Test
    void whatWeSendIsWhatWasRecorded() throws IOException {
        for (JsonNode one : cases()) {
            if (!Set.of("allow", "hitl", "deny tenant", "default deny")
                    .contains(one.get("name").asText())) {
                continue;
            }
            try (OpaDouble opa = new OpaDouble();
                    PolicyDecisionPoint point = ready(opa)) {
                opa.answer(question -> recorded(one));
                Effect effect = ask(point, one.get("request").get("body"));
                assertThat(effect).isNotNull();
                OpaDouble.Asked asked = opa.asked().get(opa.asked().size() - 1);
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.path())
                        .isEqualTo(one.get("request").get("path").asText());
                assertThat(STRICT.readTree(withProperties(asked.body())))
                        .isEqualTo(STRICT.readTree(
                                withProperties(one.get("request").get("body").asText())));
            }
        }
    }

    @Test
    void aRecordedUploadIsReadBackAndARefusedOneIsNamed() throws IOException {
        for (JsonNode one : cases()) {
            String name = one.get("name").asText();
            if (!Set.of("put syntax error", "put type error", "put unknown builtin", "put unsafe var", "put empty")
                    .contains(name)) {
                continue;
            }
            try (OpaDouble opa = new OpaDouble();
                    PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
                opa.manage(question -> question.method().equals("PUT") ? recorded(one) : null);
                assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools())))
                        .as(name)
                        .isInstanceOf(InvalidPolicyException.class)
                        .hasMessageContaining("rego_");
                assertThat(point.decide(OpaPolicies.call("search_kb", 5)).effect())
                        .isEqualTo(Effect.DENY);
            }
        }
    }

    @Test
    void theRecordedPolicyAndItsReadBackActivate() throws IOException {
        JsonNode put = named("put policy");
        JsonNode get = named("get policy");
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            opa.manage(question -> question.method().equals("GET")
                    ? question.path().equals("/v1/policies") ? null : recorded(get)
                    : recorded(put));
            String rego = put.get("request").get("body").asText();
            assertThat(point.activate(List.of(OpaPolicies.tools(rego))).findings())
                    .extracting(finding -> finding.message())
                    .contains("DRAFT -> ACTIVE");
        }
    }

    @Test
    void theRecordedPackageInjectionNeverReachesTheServer() throws IOException {
        String evil = named("cross-tenant package injection put")
                .get("request")
                .get("body")
                .asText();
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point =
                        OpaPolicies.point(opa, Map.of("tenant", "t2")).build()) {
            assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools(evil))))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("outside the tenant's own tenants.t2");
            assertThat(opa.asked()).isEmpty();
        }
    }

    /**
     * The recorded server permits because another tenant put a module into this tenant's package. Ours refuses that upload
     * before the wire, and when it got there on another way, the next look finds it and the policy is not asked any more.
     */
    @Test
    void theRecordedInjectionIsFoundOnTheServerAndTheQuestionIsNotAsked() throws IOException {
        JsonNode put = named("cross-tenant package injection put");
        JsonNode eval = named(INJECTED);
        try (OpaDouble opa = new OpaDouble()) {
            OpaLifecycle lifecycle = OpaLifecycle.of(Map.of("url", opa.url(), "tenant", "t1", "max_retries", 0));
            try (PolicyDecisionPoint point =
                    PolicyDecisionPoint.builder().engine(lifecycle.provider()).build()) {
                assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable())
                        .isEmpty();
                opa.answer(question -> recorded(eval));
                opa.plant("aios/t2/evil", put.get("request").get("body").asText());
                assertThat(lifecycle.recheck())
                        .extracting(OpaLifecycle.Standing::state)
                        .containsExactly(OpaLifecycle.State.DRIFTED);
                int before = opa.asked().size();
                assertThat(ask(point, eval.get("request").get("body"))).isEqualTo(Effect.DENY);
                assertThat(opa.asked()).hasSize(before);
                assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools())))
                        .hasMessageContaining("module aios/t2/evil on the server speaks for package tenants.t1.tools");
            }
        }
    }

    private static PolicyDecisionPoint ready(OpaDouble opa) {
        PolicyDecisionPoint point =
                OpaPolicies.point(opa, Map.of("max_retries", 0)).build();
        assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable()).isEmpty();
        return point;
    }

    /** Asks what was recorded; what is no question of ours is refused before anything is sent. */
    private static Effect ask(PolicyDecisionPoint point, JsonNode body) throws IOException {
        try {
            Map<?, ?> input = STRICT.readValue(body.asText(), Map.class).get("input") instanceof Map<?, ?> map
                    ? JsonValues.copyObject(map)
                    : Map.of();
            Map<?, ?> subject = (Map<?, ?>) input.get("subject");
            Map<?, ?> action = (Map<?, ?>) input.get("action");
            Map<?, ?> resource = (Map<?, ?>) input.get("resource");
            if (subject == null || action == null || resource == null) {
                return Effect.DENY;
            }
            Decision decision = point.decide(new PolicyRequest(
                    new Subject(text(subject, "type"), text(subject, "id"), properties(subject, "properties")),
                    new Action(text(action, "name"), properties(action, "properties")),
                    new Resource(text(resource, "type"), text(resource, "id"), properties(resource, "properties")),
                    properties(input, "context")));
            return decision.effect();
        } catch (IOException | PolicyException | NullPointerException e) {
            return Effect.DENY;
        }
    }

    private static String text(Map<?, ?> map, String key) {
        return String.valueOf(map.get(key));
    }

    private static Map<String, @org.jspecify.annotations.Nullable Object> properties(Map<?, ?> map, String key) {
        return map.get(key) instanceof Map<?, ?> known ? JsonValues.copyObject(known) : Map.of();
    }

    /** We always write properties, where the recording may leave empty ones out. */
    private static String withProperties(String body) {
        return body.replaceAll(",\\s*\"properties\":\\s*\\{\\}", "").replaceAll("\"properties\":\\s*\\{\\},\\s*", "");
    }

    private static OpaDouble.Answer recorded(JsonNode one) {
        JsonNode response = one.get("response");
        return new OpaDouble.Answer(
                response.get("status").asInt(),
                response.get("content_type").isNull()
                        ? null
                        : response.get("content_type").asText(),
                response.get("body").isNull() ? "" : response.get("body").asText());
    }

    private static JsonNode named(String name) throws IOException {
        for (JsonNode one : cases()) {
            if (one.get("name").asText().equals(name)) {
                return one;
            }
        }
        throw new AssertionError("no recorded case " + name);
    }

    private static JsonNode cases() throws IOException {
        Path file =
                Path.of(System.getProperty("aios.vectors", "../../shared/vectors"), "opa/opa-1.9.0-transcript.json");
        assumeTrue(Files.exists(file), "the recorded transcript is not here: " + file);
        return new ObjectMapper()
                .readTree(Files.readString(file, StandardCharsets.UTF_8))
                .get("cases");
    }
}
