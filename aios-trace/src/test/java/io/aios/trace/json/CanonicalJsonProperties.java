package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.JsonValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.erdtman.jcs.JsonCanonicalizer;

class CanonicalJsonProperties {
    @Property(tries = 2000)
    void agreesWithAnIndependentImplementationWhereThatOneIsSound(@ForAll("seeds") long seed) throws IOException {
        byte[] ours = CanonicalJson.bytes(RandomJson.value(new Random(seed)));
        assertThat(new String(new JsonCanonicalizer(ours).getEncodedUTF8(), StandardCharsets.UTF_8))
                .isEqualTo(new String(ours, StandardCharsets.UTF_8));
    }

    @Property(tries = 2000)
    void canonicalTextIsAFixedPoint(@ForAll("seeds") long seed) {
        byte[] once = CanonicalJson.bytes(RandomJson.value(new Random(seed)));
        assertThat(CanonicalJson.canonicalize(once)).isEqualTo(once);
    }

    @Property(tries = 2000)
    void agreesWithTheWriterOfTheDecisionPointWhichHasNoJackson(@ForAll("seeds") long seed) {
        Object value = RandomJson.value(new Random(seed));
        assertThat(JsonValues.canonical(value)).isEqualTo(CanonicalJson.text(value));
    }

    @Property(tries = 1000)
    void theOrderOfInsertionDoesNotMatter(@ForAll("seeds") long seed) {
        Object value = RandomJson.value(new Random(seed));
        assertThat(CanonicalJson.text(reordered(value))).isEqualTo(CanonicalJson.text(value));
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }

    private static Object reordered(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new HashMap<>();
            map.forEach((key, element) -> copy.put(key, reordered(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(reordered(element)));
            return copy;
        }
        return value;
    }
}
