package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Our reader beside the one on Jackson that it replaced. */
class StrictReaderProperties {
    private static final String NOISE = "\"\\{}[],:0123456789.eE+-ntfau \n\r\t\0\u007f";

    @Property(tries = 3000)
    void readsWhatJacksonReads(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        byte[] json = spelled(RandomJson.value(random), random).getBytes(StandardCharsets.UTF_8);
        assertThat(CanonicalJson.parse(json)).isEqualTo(JacksonReader.read(json));
    }

    @Property(tries = 8000)
    void refusesWhatJacksonRefusesOnceBytesAreChanged(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        byte[] json = spelled(RandomJson.value(random), random).getBytes(StandardCharsets.UTF_8);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            json[random.nextInt(json.length)] = random.nextInt(4) == 0
                    ? (byte) random.nextInt()
                    : (byte) NOISE.charAt(random.nextInt(NOISE.length()));
        }
        assertThat(outcome(json, CanonicalJson::parse)).isEqualTo(outcome(json, JacksonReader::read));
    }

    @Property(tries = 8000)
    void whatItTakesForCanonicalIs(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        Object value = RandomJson.value(random);
        byte[] json = random.nextInt(3) == 0
                ? spelled(value, random).getBytes(StandardCharsets.UTF_8)
                : CanonicalJson.bytes(value);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            json[random.nextInt(json.length)] = (byte) NOISE.charAt(random.nextInt(NOISE.length()));
        }
        CanonicalWriter copy = new CanonicalWriter(0);
        boolean copied = false;
        try {
            StrictReader reader = new StrictReader(json);
            Object read = reader.value();
            reader.end();
            copied = reader.copyTo(copy);
            if (copied) {
                assertThat(copy.toBytes()).isEqualTo(json).isEqualTo(CanonicalJson.bytes(read));
            }
        } catch (InvalidJsonException e) {
            assertThat(copied).isFalse();
        }
        Statistics.label("copied").collect(copied);
        Statistics.label("copied").coverage(c -> c.check(true).percentage(p -> p > 10));
    }

    @Property(tries = 5000)
    void aDecimalIsTheNearestDouble(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        String text = (random.nextBoolean() ? "-" : "")
                + (random.nextBoolean() ? "0" : (1 + random.nextInt(1 << random.nextInt(31))))
                + "." + (random.nextLong() >>> (1 + random.nextInt(62)))
                + (random.nextInt(3) == 0 ? "e" + (random.nextInt(36) - 30) : "");
        Object read = CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8));
        assertThat(read).isEqualTo(Double.parseDouble(text));
    }

    private interface Reader {
        @Nullable Object read(byte[] json);
    }

    private static List<Object> outcome(byte[] json, Reader reader) {
        try {
            Object read = reader.read(json);
            return read == null ? List.of("null") : List.of(read);
        } catch (InvalidJsonException e) {
            return List.of("refused");
        }
    }

    /** The same value with space between tokens and needless escapes. */
    private static String spelled(@Nullable Object value, Random random) {
        String space = random.nextInt(3) == 0 ? " \n\r\t".substring(0, 1 + random.nextInt(4)) : "";
        StringBuilder out = new StringBuilder(space);
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator).append(spelled(entry.getKey(), random)).append(':');
                out.append(spelled(entry.getValue(), random));
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                out.append(separator).append(spelled(element, random));
                separator = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text && random.nextBoolean()) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                String hex = "000" + Integer.toHexString(text.charAt(i));
                out.append("\\u").append(hex.substring(hex.length() - 4));
            }
            out.append('"');
        } else {
            out.append(CanonicalJson.text(value));
        }
        return out.append(space).toString();
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }
}
