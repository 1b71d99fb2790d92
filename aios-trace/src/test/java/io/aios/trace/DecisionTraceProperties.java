package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class DecisionTraceProperties {
    @Property(tries = 500)
    void everySealedTraceIsValidCanonicalAndReadBackByteForByte(@ForAll("seeds") long seed) {
        SealedTrace sealed = sealed(seed);
        byte[] bytes = sealed.bytes();
        assertThat(TraceSchemaTest.errors(bytes)).isEmpty();
        assertThat(CanonicalJson.canonicalize(bytes)).isEqualTo(bytes);
        SealedTrace read = SealedTrace.read(bytes);
        assertThat(read.bytes()).isEqualTo(bytes);
        // Once read, a whole decimal in the data of a step is an integer, so only what was read before compares.
        assertThat(SealedTrace.read(read.bytes()).trace()).isEqualTo(read.trace());
    }

    @Property(tries = 500)
    void everyErasedTraceKeepsItsRecordHashAndIsReadBackByteForByte(@ForAll("seeds") long seed) {
        SealedTrace sealed = sealed(seed);
        ErasedTrace erased = sealed.erase();
        ErasedTrace read = ErasedTrace.read(erased.bytes());
        assertThat(read.check().isConsistent()).isTrue();
        assertThat(read.recordHash()).isEqualTo(sealed.recordHash());
        assertThat(read.bytes()).isEqualTo(erased.bytes());
        assertThat(CanonicalJson.canonicalize(erased.bytes())).isEqualTo(erased.bytes());
    }

    @Property(tries = 500)
    void theOrderOfKeysDoesNotMatterToTheReader(@ForAll("seeds") long seed) {
        SealedTrace sealed = sealed(seed);
        String shuffled = shuffled(CanonicalJson.parse(sealed.bytes()), new Random(seed));
        SealedTrace read = SealedTrace.read(shuffled.getBytes(StandardCharsets.UTF_8));
        assertThat(read.bytes()).isEqualTo(sealed.bytes());
        assertThat(read.trace()).isEqualTo(SealedTrace.read(sealed.bytes()).trace());
    }

    @Property(tries = 500)
    void theTypedWriterAgreesWithTheGeneralOne(@ForAll("seeds") long seed) {
        DecisionTrace trace = sealed(seed).trace();
        Map<String, @Nullable Object> tree = Mutable.object(Traces.tree(TraceCodec.write(trace)));
        List.of("trace_id", "request_id", "created_at", "completed_at", "commit_salt", "trace_hash", "record_hash")
                .forEach(tree::remove);
        for (Object step : list(tree, "steps")) {
            Map<String, @Nullable Object> fields = Mutable.object(step);
            List.of("step_id", "timestamp", "duration_ms").forEach(fields::remove);
            Object blocked = fields.get("blocked_tool");
            if (blocked != null) {
                Mutable.object(blocked).remove("blocked_at");
            }
        }
        for (Object blocked : list(tree, "blocked_tools")) {
            Mutable.object(blocked).remove("blocked_at");
        }
        byte[] preimage = CanonicalJson.bytes(Map.of("kind", "decision", "profile", "aios-jcs-1", "trace", tree));
        assertThat(HashProfile.AIOS_JCS_1.decisionPreimage(trace)).isEqualTo(preimage);
    }

    private static SealedTrace sealed(long seed) {
        Random random = new Random(seed);
        return SealedTrace.seal(RandomTraces.trace(random), random);
    }

    private static List<Object> list(Map<String, @Nullable Object> tree, String key) {
        List<Object> list = new ArrayList<>();
        if (tree.get(key) instanceof List<?> elements) {
            elements.forEach(list::add);
        }
        return list;
    }

    private static String shuffled(@Nullable Object value, Random random) {
        List<String> parts = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            map.forEach((key, member) -> members.put((String) key, member));
            members.forEach((key, member) -> parts.add(CanonicalJson.text(key) + " : " + shuffled(member, random)));
            Collections.shuffle(parts, random);
            return "{" + String.join(",", parts) + "}";
        }
        if (value instanceof List<?> list) {
            list.forEach(element -> parts.add(shuffled(element, random)));
            return "[" + String.join(" , ", parts) + "]";
        }
        return CanonicalJson.text(value);
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }
}
