package io.aios.audit;

import io.aios.trace.json.CanonicalJson;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The deletable part of an entry. */
public sealed interface AuditPayload {
    /** The bytes, checked against the entry's commitment. */
    final class Present implements AuditPayload {
        private final byte[] bytes;

        /** Copies. */
        public Present(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        /** A copy. */
        public byte[] bytes() {
            return bytes.clone();
        }

        /** The bytes read as strict JSON. */
        public @Nullable Object json() {
            return CanonicalJson.parse(bytes);
        }

        @Override
        public String toString() {
            return "Present[" + bytes.length + " bytes]";
        }
    }

    /**
     * There was one; an erasure entry says that it was deleted.
     *
     * @param by the erasure entry's seq
     */
    record Erased(long by) implements AuditPayload {}

    /** The event had none. */
    record None() implements AuditPayload {}

    /** Calls the function that fits and returns what it returns. */
    default <T> T fold(
            Function<? super Present, ? extends T> onPresent,
            Function<? super Erased, ? extends T> onErased,
            Supplier<? extends T> onNone) {
        if (this instanceof Present present) {
            return onPresent.apply(present);
        } else if (this instanceof Erased erased) {
            return onErased.apply(erased);
        }
        return onNone.get();
    }

    /** The bytes, when they are there. */
    default Optional<byte[]> bytesIfPresent() {
        return this instanceof Present present ? Optional.of(present.bytes()) : Optional.empty();
    }
}
