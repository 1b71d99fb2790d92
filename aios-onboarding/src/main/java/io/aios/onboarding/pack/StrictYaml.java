package io.aios.onboarding.pack;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * YAML that every reader understands alike: YAML 1.2 (yaml.org/spec/1.2.2) without what YAML 1.1 readers take
 * differently.
 *
 * <p>Refused, with the position: anchors, aliases, tags, merge keys, directives, several documents, duplicate or
 * non-string keys, tabs, byte order marks and other control characters, and every plain scalar that YAML 1.1 and 1.2
 * resolve differently or that loses its text as a number ({@code NO}, {@code 010}, {@code 12:30}, {@code 1_000},
 * {@code 1.10}). Limits: 1 MiB, 64 levels.
 */
public final class StrictYaml {
    static final int MAX_BYTES = 1 << 20;
    static final int MAX_DEPTH = 64;

    private StrictYaml() {}

    /**
     * Reads one document.
     *
     * @param file what to call the text in messages
     * @return maps, lists, strings, {@code Long}, {@code Double}, booleans and null; unmodifiable
     * @throws YamlException for everything that is not exactly one document of the strict subset
     */
    public static @Nullable Object read(String file, byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new YamlException(file, 0, 0, "has " + utf8.length + " bytes; at most " + MAX_BYTES);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new YamlException(file, 0, 0, "is not UTF-8");
        }
        return new YamlReader(file, text).document();
    }

    /**
     * Reads one document whose top is a mapping.
     *
     * @throws YamlException as {@link #read}, or when the top is something else
     */
    public static Map<String, @Nullable Object> readMapping(String file, byte[] utf8) {
        if (read(file, utf8) instanceof Map<?, ?> mapping) {
            return JsonShape.object(mapping);
        }
        throw new YamlException(file, 1, 1, "the document is not a mapping of names to values");
    }

    /**
     * Writes a JSON-shaped value: keys sorted, every string double-quoted ASCII.
     *
     * @throws YamlException for a number that YAML readers disagree on, a key over 1,000 characters, or a document
     *     beyond the limits of {@link #read}
     * @throws io.aios.policy.InvalidJsonException when the value is not JSON-shaped
     */
    public static byte[] write(@Nullable Object jsonShaped) {
        return new YamlWriter().document(jsonShaped);
    }
}
