package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Attack 29: whatever is written reads back equal, and writing that again changes no byte. */
class StrictYamlProperties {
    @Property(tries = 2000)
    void writingIsAFixedPointOfReading(@ForAll long seed) {
        Object value = value(new Random(seed), 0);
        byte[] once = StrictYaml.write(value);
        Object read = StrictYaml.read("once.yaml", once);

        assertThat(read).isEqualTo(value);
        assertThat(StrictYaml.write(read)).isEqualTo(once);
        assertThat(new String(once, StandardCharsets.ISO_8859_1).chars())
                .allMatch(c -> c == '\n' || (c >= 0x20 && c < 0x7f));
    }

    @Property(tries = 2000)
    void whateverIsReadAtAllCanBeWrittenAndReadsBackEqual(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder yaml = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            yaml.append(PIECES[random.nextInt(PIECES.length)]);
        }
        Object read;
        try {
            read = StrictYaml.read("random.yaml", yaml.toString().getBytes(StandardCharsets.UTF_8));
        } catch (YamlException e) {
            assertThat(e.getMessage()).startsWith("random.yaml");
            return;
        }
        assertThat(StrictYaml.read("again.yaml", StrictYaml.write(read))).isEqualTo(read);
    }

    private static final String[] PIECES = {
        "a: ",
        "b: ",
        "- ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\"x\"",
        "'y'",
        "z",
        "1",
        "0.5",
        "true",
        "null",
        "NO",
        "|\n",
        ">\n",
        "# c",
        "&a ",
        "*a",
        "!t ",
        "? ",
        ": ",
        "---\n",
        "...\n",
        "\"\\u0041\"",
        "\u00e9",
        "~",
        "%"
    };

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth < 4 ? 8 : 6)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (long) random.nextInt();
            case 3 -> random.nextInt(1 << 20) + 0.5;
            case 4, 5 -> text(random);
            case 6 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new TreeMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(text(random), value(random, depth + 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            int point = random.nextInt(3) == 0 ? random.nextInt(0x110000) : random.nextInt(0x80);
            if (point < 0xd800 || point > 0xdfff) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }
}
