package io.aios.policy.opa;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aios.policy.InvalidJsonException;
import io.aios.policy.JsonValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads answers strictly: valid UTF-8, no duplicate keys, nothing after the value, limited depth and number length. */
final class OpaJson {
    private static final int LONGEST_NUMBER = 400;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonValues.MAX_DEPTH)
                            .maxNumberLength(LONGEST_NUMBER)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private OpaJson() {}

    /**
     * The JSON-shaped value.
     *
     * @throws InvalidJsonException when the bytes are not JSON within the limits; never quotes them
     */
    static @Nullable Object read(ByteBuffer bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString();
            return JsonValues.copy(MAPPER.readValue(text, Object.class));
        } catch (CharacterCodingException e) {
            throw new InvalidJsonException("$", "not UTF-8");
        } catch (IOException | StackOverflowError e) {
            throw new InvalidJsonException("$", "not JSON: " + e.getClass().getSimpleName());
        }
    }
}
