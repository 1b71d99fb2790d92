package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.aios.audit.EntryRef;
import io.aios.audit.InvalidEventException;
import io.aios.audit.PolicyVersion;
import io.aios.tenancy.InvalidOrgIdException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a leaf from left to right. The canonical form leaves no freedom (sorted keys, no spaces, no escapes), so a
 * reader that expects exactly the next piece accepts canonical leaves and nothing else.
 */
final class LeafReader {
    private static final int NAME_MAX = 128;
    private static final int WORD_MAX = 64;
    private static final int SEQ_DIGITS = 18;

    private final String text;
    private int position;

    LeafReader(byte[] bytes) {
        if (bytes.length > AuditLeaf.MAX_BYTES) {
            throw new InvalidEventException(
                    "leaf has " + bytes.length + " bytes; at most " + AuditLeaf.MAX_BYTES + " are allowed");
        }
        this.text = new String(bytes, ISO_8859_1);
    }

    AuditLeaf read() {
        expect("{\"actor\":\"");
        String actor = name();
        expect("\",\"at\":\"");
        Instant at = time();
        expect("\",");
        Optional<EntryRef> corrects = corrects();
        expect("\"id\":\"");
        UUID id = uuid();
        expect("\",\"log\":\"");
        String log = log();
        expect("\",\"org\":\"");
        OrgId org = org();
        expect("\",\"outcome\":\"");
        String outcome = word();
        expect("\",");
        Optional<AuditLeaf.Commitment> payload = payload();
        expect("\"prev\":\"");
        Digest prev = digest();
        expect("\",\"refs\":{");
        Optional<Digest> packageHash = skip("\"package_hash\":\"") ? Optional.of(quotedDigest()) : Optional.empty();
        boolean comma = packageHash.isPresent();
        Optional<PolicyVersion> policy =
                skip((comma ? "," : "") + "\"policy\":{\"digest\":\"") ? Optional.of(policy()) : Optional.empty();
        comma |= policy.isPresent();
        Optional<Digest> recordHash =
                skip((comma ? "," : "") + "\"record_hash\":\"") ? Optional.of(quotedDigest()) : Optional.empty();
        expect("},\"seq\":\"");
        long seq = seq();
        expect("\",\"subject\":\"");
        String subject = name();
        expect("\",\"type\":\"");
        String type = word();
        expect("\",\"v\":\"" + AuditLeaf.VERSION + "\"}");
        if (position != text.length()) {
            throw refused("something follows the leaf");
        }
        return new AuditLeaf(
                log,
                org,
                seq,
                prev,
                id,
                at,
                type,
                actor,
                subject,
                outcome,
                recordHash,
                packageHash,
                policy,
                payload,
                corrects);
    }

    private Optional<EntryRef> corrects() {
        if (!skip("\"corrects\":{\"hash\":\"")) {
            return Optional.empty();
        }
        Digest hash = digest();
        expect("\",\"seq\":\"");
        long seq = seq();
        expect("\"},");
        return Optional.of(new EntryRef(seq, hash));
    }

    private Optional<AuditLeaf.Commitment> payload() {
        if (!skip("\"payload\":{\"commit\":\"")) {
            return Optional.empty();
        }
        Digest commit = digest();
        Optional<String> encryption = skip("\",\"enc\":\"") ? Optional.of(name()) : Optional.empty();
        Optional<String> keyRef = skip("\",\"key_ref\":\"") ? Optional.of(name()) : Optional.empty();
        expect("\"},");
        return Optional.of(new AuditLeaf.Commitment(commit, encryption, keyRef));
    }

    private PolicyVersion policy() {
        Digest digest = digest();
        expect("\",\"id\":\"");
        String id = name();
        expect("\",\"version\":\"");
        String version = name();
        expect("\"}");
        return new PolicyVersion(id, version, digest);
    }

    private Digest quotedDigest() {
        Digest digest = digest();
        expect("\"");
        return digest;
    }

    private Digest digest() {
        String hex = take(64);
        try {
            return Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw refused("expected 64 lower-case hex digits");
        }
    }

    private UUID uuid() {
        String value = take(36);
        try {
            UUID id = UUID.fromString(value);
            if (id.toString().equals(value)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw refused("expected a lower-case UUID");
        }
        throw refused("expected a lower-case UUID");
    }

    private Instant time() {
        String value = take(LeafTime.LENGTH);
        try {
            Instant at = LeafTime.parse(value);
            if (at.getEpochSecond() >= 0) {
                return at;
            }
        } catch (DateTimeException e) {
            throw refused("expected a time (" + e.getMessage() + ")");
        }
        throw refused("expected a time from 1970 on");
    }

    private String log() {
        String value = take(32);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                throw refused("expected 32 lower-case hex digits");
            }
        }
        return value;
    }

    private OrgId org() {
        String value = upToQuote(OrgId.MAX_LENGTH);
        try {
            return OrgId.of(value);
        } catch (InvalidOrgIdException e) {
            throw refused("expected a tenant id (" + e.getMessage() + ")");
        }
    }

    private long seq() {
        String value = upToQuote(SEQ_DIGITS);
        if (value.isEmpty() || (value.length() > 1 && value.charAt(0) == '0')) {
            throw refused("expected a decimal number without leading zeros");
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                throw refused("expected a decimal number");
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    /** {@code [A-Za-z0-9._:-]{1,128}}. */
    private String name() {
        return classed(NAME_MAX, true);
    }

    /** {@code [a-z0-9._-]{1,64}}. */
    private String word() {
        return classed(WORD_MAX, false);
    }

    private String classed(int max, boolean name) {
        String value = upToQuote(max);
        boolean good = !value.isEmpty();
        for (int i = 0; good && i < value.length(); i++) {
            char c = value.charAt(i);
            good = (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-'
                    || (name && ((c >= 'A' && c <= 'Z') || c == ':'));
        }
        if (!good) {
            throw refused(name ? "expected [A-Za-z0-9._:-]{1,128}" : "expected [a-z0-9._-]{1,64}");
        }
        return value;
    }

    private String upToQuote(int max) {
        int end = text.indexOf('"', position);
        if (end < 0 || end - position > max) {
            throw refused("expected a string of at most " + max + " characters");
        }
        String value = text.substring(position, end);
        position = end;
        return value;
    }

    private String take(int length) {
        if (position + length > text.length()) {
            throw refused("ends too early");
        }
        String value = text.substring(position, position + length);
        position += length;
        return value;
    }

    private boolean skip(String piece) {
        if (text.startsWith(piece, position)) {
            position += piece.length();
            return true;
        }
        return false;
    }

    private void expect(String piece) {
        if (!skip(piece)) {
            throw refused("expected " + piece);
        }
    }

    private InvalidEventException refused(String why) {
        return new InvalidEventException("not an " + AuditLeaf.VERSION + " leaf: at byte " + position + ": " + why);
    }
}
