package io.aios.trace.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aios.policy.InvalidJsonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The strict reader on Jackson that ours replaced, kept as an oracle. */
final class JacksonReader {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final long MAX_SAFE = 9007199254740991L;
    static final double INTEGER_TEXT_FROM = 9007199254740992.0;
    static final double INTEGER_TEXT_TO = 1e21;

    private final JsonParser parser;
    private final boolean mayHoldSurrogates;
    private final JsonPath path = new JsonPath();
    /** Members and elements of the containers that are still open. */
    private @Nullable Object[] stack = new @Nullable Object[64];

    private int size;

    private JacksonReader(JsonParser parser, boolean mayHoldSurrogates) {
        this.parser = parser;
        this.mayHoldSurrogates = mayHoldSurrogates;
    }

    static @Nullable Object read(byte[] utf8) {
        boolean plain = true;
        for (byte b : utf8) {
            if (b < 0 || b == '\\') {
                plain = false;
                break;
            }
        }
        try (JsonParser parser = plain ? FACTORY.createParser(utf8) : FACTORY.createParser(decode(utf8))) {
            return new JacksonReader(parser, !plain).document();
        } catch (IOException e) {
            throw new UncheckedIOException("reading an array in memory cannot fail", e);
        }
    }

    /** Jackson's own decoder lets overlong forms and encoded surrogates pass. */
    private static char[] decode(byte[] utf8) {
        try {
            CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
            return Arrays.copyOf(chars.array(), chars.limit());
        } catch (CharacterCodingException e) {
            throw new InvalidJsonException("$", "not UTF-8");
        }
    }

    private @Nullable Object document() throws IOException {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw path.refuse("no JSON value");
            }
            Object value = value(first);
            if (parser.nextToken() != null) {
                throw path.refuse("more than one JSON value");
            }
            return value;
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw path.refuse("not well-formed JSON"
                    + (where == null ? "" : " at line " + where.getLineNr() + ", column " + where.getColumnNr()));
        }
    }

    private @Nullable Object value(JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> text();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw path.refuse("unexpected " + token);
        };
    }

    private FrozenObject object() throws IOException {
        path.enter();
        int from = size;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            path.at(key);
            requireWellFormed(key);
            push(key);
            push(value(parser.nextToken()));
        }
        int count = (size - from) / 2;
        String[] keys = new String[count];
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (String) Objects.requireNonNull(stack[from + 2 * i]);
            values[i] = stack[from + 2 * i + 1];
        }
        size = from;
        FrozenObject object = count == 0 ? FrozenObject.EMPTY : new FrozenObject(keys, values);
        String twice = object.duplicate();
        if (twice != null) {
            path.at(twice);
            throw path.refuse("duplicate key");
        }
        path.leave();
        return object;
    }

    private FrozenArray array() throws IOException {
        path.enter();
        path.at(0);
        int from = size;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            push(value(token));
            path.at(size - from);
        }
        FrozenArray array = new FrozenArray(Arrays.copyOfRange(stack, from, size));
        size = from;
        path.leave();
        return array;
    }

    private void push(@Nullable Object value) {
        if (size == stack.length) {
            stack = Arrays.copyOf(stack, size * 2);
        }
        stack[size++] = value;
    }

    private Long integer() throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw tooLarge();
        }
        long value = parser.getLongValue();
        if (value > MAX_SAFE || value < -MAX_SAFE) {
            throw tooLarge();
        }
        return value;
    }

    private Double decimal() throws IOException {
        double value = parser.getDoubleValue();
        double magnitude = Math.abs(value);
        if (Double.isInfinite(value)) {
            throw path.refuse("number beyond the range of a double");
        }
        if (magnitude >= INTEGER_TEXT_FROM && magnitude < INTEGER_TEXT_TO) {
            // Its canonical text would be an integer that this reader has to refuse.
            throw tooLarge();
        }
        return value;
    }

    private InvalidJsonException tooLarge() {
        return path.refuse("integer beyond 2^53-1; write it as a string");
    }

    private String text() throws IOException {
        String text = parser.getText();
        requireWellFormed(text);
        return text;
    }

    private void requireWellFormed(String text) {
        if (mayHoldSurrogates) {
            path.requireWellFormed(text);
        }
    }
}
