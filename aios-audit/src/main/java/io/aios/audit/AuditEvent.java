package io.aios.audit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened and must not be forgotten. The searchable part holds pseudonyms, words and digests only;
 * whatever a person could be recognised by goes into the payload, which can be erased without breaking the chain.
 */
public final class AuditEvent {
    /** Most bytes of one payload. */
    public static final int MAX_PAYLOAD = 1024 * 1024;

    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private final @Nullable UUID id;
    private final @Nullable Instant at;
    private final String type;
    private final String actor;
    private final String subject;
    private final String outcome;
    private final @Nullable Digest recordHash;
    private final @Nullable Digest packageHash;
    private final @Nullable PolicyVersion policy;
    private final @Nullable EntryRef corrects;
    private final byte @Nullable [] payload;
    private final @Nullable String encryption;
    private final @Nullable String keyRef;

    private AuditEvent(Builder from) {
        this.id = from.id;
        this.at = from.at;
        this.type = from.type;
        this.actor = from.actor;
        this.subject = from.subject;
        this.outcome = from.outcome;
        this.recordHash = from.recordHash;
        this.packageHash = from.packageHash;
        this.policy = from.policy;
        this.corrects = from.corrects;
        this.payload = from.payload;
        this.encryption = from.encryption;
        this.keyRef = from.keyRef;
    }

    /**
     * Starts an event.
     *
     * @param type what happened, {@code [a-z0-9._-]{1,64}}, for example {@code policy.decided}; types that start with
     *     {@code audit.} are the wall's own
     */
    public static Builder of(String type) {
        return new Builder(type);
    }

    /** The entry's id when the caller chose it; the log draws one otherwise. */
    public Optional<UUID> id() {
        return Optional.ofNullable(id);
    }

    /** When it happened, in whole microseconds, when the caller said so; the log's clock otherwise. */
    public Optional<Instant> at() {
        return Optional.ofNullable(at);
    }

    /** What happened. */
    public String type() {
        return type;
    }

    /** Who did it: a pseudonym. */
    public String actor() {
        return actor;
    }

    /** What it was done to: a pseudonym or an id. */
    public String subject() {
        return subject;
    }

    /** How it ended, for example {@code permit}. */
    public String outcome() {
        return outcome;
    }

    /** The record hash of the trace it belongs to. */
    public Optional<Digest> recordHash() {
        return Optional.ofNullable(recordHash);
    }

    /** The hash of the deployment package it belongs to. */
    public Optional<Digest> packageHash() {
        return Optional.ofNullable(packageHash);
    }

    /** The policy it was decided under. */
    public Optional<PolicyVersion> policy() {
        return Optional.ofNullable(policy);
    }

    /** The earlier entry that this one corrects. */
    public Optional<EntryRef> corrects() {
        return Optional.ofNullable(corrects);
    }

    /** A copy of the payload. */
    public Optional<byte[]> payload() {
        return Optional.ofNullable(payload).map(byte[]::clone);
    }

    /** Bytes of the payload, 0 without one. */
    public int payloadLength() {
        return payload == null ? 0 : payload.length;
    }

    /** The scheme the payload is encrypted with, when it is. */
    public Optional<String> encryption() {
        return Optional.ofNullable(encryption);
    }

    /** Where the payload's key is found, when it is encrypted. */
    public Optional<String> keyRef() {
        return Optional.ofNullable(keyRef);
    }

    /** The same event with this id and time, where it has none of its own. */
    public AuditEvent stamped(UUID newId, Instant now) {
        if (id != null && at != null) {
            return this;
        }
        Builder builder = toBuilder();
        if (id == null) {
            builder.id(newId);
        }
        if (at == null) {
            builder.at(now);
        }
        return builder.build();
    }

    /** The same event as a correction of {@code original}. */
    public AuditEvent correcting(EntryRef original) {
        Builder builder = toBuilder();
        builder.corrects = original;
        return builder.build();
    }

    private Builder toBuilder() {
        Builder builder = new Builder(type);
        builder.id = id;
        builder.at = at;
        builder.actor = actor;
        builder.subject = subject;
        builder.outcome = outcome;
        builder.recordHash = recordHash;
        builder.packageHash = packageHash;
        builder.policy = policy;
        builder.corrects = corrects;
        builder.payload = payload;
        builder.encryption = encryption;
        builder.keyRef = keyRef;
        return builder;
    }

    /** Names type, actor, subject and outcome; never the payload. */
    @Override
    public String toString() {
        return "AuditEvent[" + type + " " + outcome + " actor=" + actor + " subject=" + subject + "]";
    }

    /** Collects an event; every setter checks at once. */
    public static final class Builder {
        private final String type;
        private @Nullable UUID id;
        private @Nullable Instant at;
        private String actor = "";
        private String subject = "";
        private String outcome = "";
        private @Nullable Digest recordHash;
        private @Nullable Digest packageHash;
        private @Nullable PolicyVersion policy;
        private @Nullable EntryRef corrects;
        private byte @Nullable [] payload;
        private @Nullable String encryption;
        private @Nullable String keyRef;

        private Builder(String type) {
            this.type = Tokens.word("type", type);
        }

        /** Makes a retry of this event harmless: one id is one entry. */
        @CanIgnoreReturnValue
        public Builder id(UUID value) {
            this.id = value;
            return this;
        }

        /** When it happened, 1970 to 9999; truncated to microseconds. A claim, not evidence. */
        @CanIgnoreReturnValue
        public Builder at(Instant value) {
            if (value.isBefore(FIRST) || value.isAfter(LAST)) {
                throw new InvalidEventException("at is " + value + "; it must lie in the years 1970 to 9999");
            }
            this.at = value.truncatedTo(ChronoUnit.MICROS);
            return this;
        }

        /** Who did it: a pseudonym or an id the host vouches for, {@code [A-Za-z0-9._:-]{1,128}}. */
        @CanIgnoreReturnValue
        public Builder actor(String value) {
            this.actor = Tokens.name("actor", value);
            return this;
        }

        /** What it was done to, {@code [A-Za-z0-9._:-]{1,128}}. */
        @CanIgnoreReturnValue
        public Builder subject(String value) {
            this.subject = Tokens.name("subject", value);
            return this;
        }

        /** How it ended, {@code [a-z0-9._-]{1,64}}. */
        @CanIgnoreReturnValue
        public Builder outcome(String value) {
            this.outcome = Tokens.word("outcome", value);
            return this;
        }

        /** The record hash of the trace (never its decision hash, which would let its text be guessed). */
        @CanIgnoreReturnValue
        public Builder recordHash(Digest value) {
            this.recordHash = value;
            return this;
        }

        /** The hash of the deployment package. */
        @CanIgnoreReturnValue
        public Builder packageHash(Digest value) {
            this.packageHash = value;
            return this;
        }

        /** The policy it was decided under. */
        @CanIgnoreReturnValue
        public Builder policy(PolicyVersion value) {
            this.policy = value;
            return this;
        }

        /** The payload as it is, at most {@link #MAX_PAYLOAD} bytes; copied. */
        @CanIgnoreReturnValue
        public Builder payload(byte[] bytes) {
            return payload(bytes, null, null);
        }

        /** The payload as canonical JSON of a JSON-shaped object. */
        @CanIgnoreReturnValue
        public Builder payload(Map<String, ?> jsonShaped) {
            return payload(CanonicalJson.bytes(jsonShaped), null, null);
        }

        /** A payload that the host has encrypted: the scheme's name and where its key is found. */
        @CanIgnoreReturnValue
        public Builder encryptedPayload(byte[] ciphertext, String scheme, String key) {
            return payload(ciphertext, Tokens.name("encryption", scheme), Tokens.name("key ref", key));
        }

        @CanIgnoreReturnValue
        private Builder payload(byte[] bytes, @Nullable String scheme, @Nullable String key) {
            if (bytes.length > MAX_PAYLOAD) {
                throw new InvalidEventException(
                        "payload has " + bytes.length + " bytes; at most " + MAX_PAYLOAD + " are allowed");
            }
            this.payload = bytes.clone();
            this.encryption = scheme;
            this.keyRef = key;
            return this;
        }

        /**
         * The event.
         *
         * @throws InvalidEventException if actor, subject or outcome is missing
         */
        public AuditEvent build() {
            if (actor.isEmpty() || subject.isEmpty() || outcome.isEmpty()) {
                throw new InvalidEventException("event " + type + " needs actor, subject and outcome");
            }
            return new AuditEvent(this);
        }
    }
}
