package io.aios.trace.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** JSON-shaped values from a seed: odd keys, all planes of Unicode, doubles of every size, safe integers. */
public final class RandomJson {
    private static final String[] ODD = {
        "",
        " ",
        "\"",
        "\\",
        "\u0000",
        "\u001f",
        "\u007f",
        "\u0080",
        "\u00e9",
        "e\u0301",
        "\u2028",
        "\ufb33",
        "\ufffd",
        "\ud83d\ude00",
        "\udbff\udfff",
        "</script>",
        "\r\n",
        "\u20ac",
        "1",
        "a.b",
        "ı",
        "İ"
    };

    private RandomJson() {}

    /** An object or array that nests a few levels. */
    public static Object value(Random random) {
        return random.nextBoolean() ? object(random, 0) : array(random, 0);
    }

    /** An object that nests a few levels. */
    public static Map<String, Object> object(Random random) {
        return object(random, 0);
    }

    private static Object any(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 5 : 8)) {
            case 0 -> text(random);
            case 1 -> (random.nextLong() >> (11 + random.nextInt(52)));
            case 2, 3 -> real(random);
            case 4 -> random.nextBoolean();
            case 5, 6 -> object(random, depth + 1);
            default -> array(random, depth + 1);
        };
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(depth == 0 ? 24 : 6); i > 0; i--) {
            map.put(text(random), any(random, depth));
        }
        return map;
    }

    private static List<Object> array(Random random, int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            list.add(any(random, depth));
        }
        return list;
    }

    static double real(Random random) {
        double value = switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(1_000_001) / 1e6;
            case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            default -> random.nextInt(100_000) / 100.0;
        };
        double magnitude = Math.abs(value);
        // Whole numbers from 2^53 to 1e21 print as integers that a strict reader refuses.
        return Double.isFinite(value) && (magnitude < 0x1p53 || magnitude >= 1e21) ? value : 0.5;
    }

    /** A text: often short, often long and plain with something odd in it. */
    public static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4) == 0 ? random.nextInt(80) : 0; i > 0; i--) {
            text.append((char) (' ' + random.nextInt('~' - ' ')));
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> text.append(ODD[random.nextInt(ODD.length)]);
                case 1 -> text.append((char) ('a' + random.nextInt(26)));
                default -> {
                    int point = random.nextInt(Character.MAX_CODE_POINT + 1);
                    text.appendCodePoint(point >= 0xD800 && point < 0xE000 ? '?' : point);
                }
            }
        }
        return text.toString();
    }
}
