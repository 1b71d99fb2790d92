package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceSchemaTest {
    private static final String RESOURCE = "/META-INF/aios/schema/decision-trace-1.0.0.schema.json";

    /** Profile and the digest of the format it hashes: a change of the format needs a new profile, not a new digest. */
    private static final Map<HashProfile, String> PINNED =
            Map.of(HashProfile.AIOS_JCS_1, "b95289a00b25dd54a59f29f1c4f62f40f21075f2162b5633e48d40418cd95cc9");

    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(new String(schemaBytes(), StandardCharsets.UTF_8), InputFormat.JSON);

    @Test
    void everyTraceThatWeWriteIsValid() {
        valid(TraceCodec.write(Traces.maximal()));
        valid(Traces.sealed(3).bytes());
        SimulationRunner runner = SimulationRunner.strict(RuleBasedPipeline.standard(), TraceSettings.defaults());
        for (String text : List.of("I need leave", "a data breach and a leak", "\ud83d\ude00", "x".repeat(5000))) {
            valid(runner.run(new DecisionRequest(text, "t", "u")).sealed().bytes());
        }
    }

    @Test
    void theSampleOfDocument000IsValid() {
        valid(Traces.sample());
    }

    @Test
    void whatTheReaderRefusesTheSchemaRefusesToo() {
        for (String pointer :
                List.of("/risk/score", "/created_at", "/trace_hash", "/success", "/steps", "/tenant_id")) {
            Object tree = Traces.tree(Traces.sealed(3).bytes());
            Map<String, @Nullable Object> parent = Mutable.object(tree);
            String[] names = pointer.substring(1).split("/", -1);
            for (int i = 0; i < names.length - 1; i++) {
                parent = Mutable.object(Objects.requireNonNull(parent.get(names[i])));
            }
            parent.put(names[names.length - 1], List.of(Map.of()));
            byte[] json = CanonicalJson.bytes(tree);
            assertThat(errors(json)).as(pointer).isNotEmpty();
            if (!pointer.equals("/steps")) {
                parent.put("surprise", 1L);
            }
            assertThat(errors(CanonicalJson.bytes(tree))).isNotEmpty();
        }
        Map<String, @Nullable Object> mixed =
                Mutable.object(Traces.tree(Traces.sealed(3).bytes()));
        mixed.put("policy_version", 1L);
        assertThat(errors(CanonicalJson.bytes(mixed))).isNotEmpty();
    }

    @Test
    void everySchemaPropertyHasAComponentAndEveryComponentAProperty() {
        Map<String, Class<?>> records = new TreeMap<>(Map.of(
                "confidence", Confidence.class,
                "intent", IntentResult.class,
                "intent_alternative", IntentResult.Alternative.class,
                "risk", RiskResult.class,
                "governance", GovernanceResult.class,
                "routing", RoutingResult.class,
                "agent_alternative", RoutingResult.Alternative.class,
                "model_selection", ModelSelection.class,
                "policy", TracePolicy.class,
                "blocked_tool", BlockedTool.class));
        records.put("step", UnknownStep.class);
        Map<String, @Nullable Object> schema = Mutable.object(Traces.tree(schemaBytes()));
        Map<String, @Nullable Object> definitions = Mutable.object(Objects.requireNonNull(schema.get("$defs")));
        assertThat(properties(schema)).isEqualTo(components(DecisionTrace.class));
        records.forEach(
                (name, type) -> assertThat(properties(Mutable.object(Objects.requireNonNull(definitions.get(name)))))
                        .as(name)
                        .isEqualTo(components(type)));
        Set<String> closed = new TreeSet<>();
        definitions.forEach((name, definition) -> {
            if (Mutable.object(Objects.requireNonNull(definition)).containsKey("properties")) {
                closed.add(name);
            }
        });
        assertThat(closed).isEqualTo(records.keySet());
        for (Class<?> step : TraceStep.class.getPermittedSubclasses()) {
            assertThat(components(UnknownStep.class)).containsAll(components(step));
        }
    }

    @Test
    void aChangeOfTheFormatNeedsANewProfile() {
        assertThat(Digest.sha256(CanonicalJson.canonicalize(schemaBytes())).hex())
                .as(
                        "the schema changed: the profile aios-jcs-1 is frozen, so add a profile and pin it beside the old one")
                .isEqualTo(PINNED.get(HashProfile.AIOS_JCS_1));
    }

    private static Set<String> properties(Map<String, @Nullable Object> definition) {
        assertThat(definition.get("additionalProperties")).isEqualTo(false);
        return new TreeSet<>(Mutable.object(Objects.requireNonNull(definition.get("properties")))
                .keySet());
    }

    private static Set<String> components(Class<?> type) {
        Set<String> names = new TreeSet<>();
        Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getAccessor)
                .forEach(accessor ->
                        names.add(accessor.getAnnotation(JsonProperty.class).value()));
        return names;
    }

    private static void valid(byte[] json) {
        assertThat(errors(json)).isEmpty();
    }

    static List<String> errors(byte[] json) {
        return SCHEMA.validate(new String(json, StandardCharsets.UTF_8), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    private static byte[] schemaBytes() {
        try (InputStream in = DecisionTrace.class.getResourceAsStream(RESOURCE)) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
