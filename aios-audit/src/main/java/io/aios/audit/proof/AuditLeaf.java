package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.aios.audit.AuditEvent;
import io.aios.audit.EntryRef;
import io.aios.audit.InvalidEventException;
import io.aios.audit.PolicyVersion;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One entry as it is hashed and stored: canonical JSON (RFC 8785) of an object of strings and objects only, all ASCII.
 * See {@code docs/spec/aios-audit-1.md}.
 *
 * @param log the tenant log's opaque origin, 32 lower-case hex digits
 * @param org the tenant
 * @param seq the entry's number, from 0
 * @param prev the entry hash before it; the genesis for the first
 * @param id the event's id
 * @param at when it happened, whole microseconds
 * @param type what happened
 * @param actor who did it
 * @param subject what it was done to
 * @param outcome how it ended
 * @param recordHash record hash of its trace
 * @param packageHash hash of its deployment package
 * @param policy the policy it was decided under
 * @param payload the commitment to its payload
 * @param corrects the earlier entry that it corrects or erases
 */
public record AuditLeaf(
        String log,
        OrgId org,
        long seq,
        Digest prev,
        UUID id,
        Instant at,
        String type,
        String actor,
        String subject,
        String outcome,
        Optional<Digest> recordHash,
        Optional<Digest> packageHash,
        Optional<PolicyVersion> policy,
        Optional<Commitment> payload,
        Optional<EntryRef> corrects) {
    /** The format's name, which every leaf carries. */
    public static final String VERSION = "aios-audit/1";

    /** Most bytes of a leaf. */
    public static final int MAX_BYTES = 65_535;

    /**
     * What a leaf says of its payload.
     *
     * @param commit see {@link EntryHash#payload}
     * @param encryption the scheme, when it is encrypted
     * @param keyRef where the key is found, when it is encrypted
     */
    public record Commitment(Digest commit, Optional<String> encryption, Optional<String> keyRef) {}

    /**
     * The leaf of an event at a place.
     *
     * @param event with id and time
     * @param salt 32 random bytes; used only when the event has a payload
     */
    public static AuditLeaf of(AuditEvent event, String log, OrgId org, AuditPosition at, byte[] salt) {
        return new AuditLeaf(
                log,
                org,
                at.seq(),
                at.prev(),
                event.id().orElseThrow(() -> new InvalidEventException("event has no id yet")),
                event.at().orElseThrow(() -> new InvalidEventException("event has no time yet")),
                event.type(),
                event.actor(),
                event.subject(),
                event.outcome(),
                event.recordHash(),
                event.packageHash(),
                event.policy(),
                event.payload()
                        .map(bytes ->
                                new Commitment(EntryHash.payload(salt, bytes), event.encryption(), event.keyRef())),
                event.corrects());
    }

    /**
     * Where an entry stands.
     *
     * @param seq its number
     * @param prev the entry hash before it
     */
    public record AuditPosition(long seq, Digest prev) {}

    /** A time, in whole microseconds, as leaves spell it. */
    public static String time(Instant at) {
        StringBuilder out = new StringBuilder(LeafTime.LENGTH);
        LeafTime.append(out, at);
        return out.toString();
    }

    /** The bytes that are hashed and stored. */
    public byte[] bytes() {
        StringBuilder out = new StringBuilder(640);
        out.append("{\"actor\":\"").append(actor);
        out.append("\",\"at\":\"");
        LeafTime.append(out, at);
        corrects.ifPresent(ref -> out.append("\",\"corrects\":{\"hash\":\"")
                .append(ref.hash().hex())
                .append("\",\"seq\":\"")
                .append(ref.seq())
                .append("\"},\"id\":\""));
        if (corrects.isEmpty()) {
            out.append("\",\"id\":\"");
        }
        out.append(id).append("\",\"log\":\"").append(log);
        out.append("\",\"org\":\"").append(org.value());
        out.append("\",\"outcome\":\"").append(outcome);
        payload.ifPresent(p -> {
            out.append("\",\"payload\":{\"commit\":\"").append(p.commit().hex());
            p.encryption().ifPresent(enc -> out.append("\",\"enc\":\"").append(enc));
            p.keyRef().ifPresent(key -> out.append("\",\"key_ref\":\"").append(key));
            out.append("\"},\"prev\":\"");
        });
        if (payload.isEmpty()) {
            out.append("\",\"prev\":\"");
        }
        out.append(prev.hex()).append("\",\"refs\":{");
        appendRefs(out);
        out.append("},\"seq\":\"").append(seq);
        out.append("\",\"subject\":\"").append(subject);
        out.append("\",\"type\":\"").append(type);
        out.append("\",\"v\":\"").append(VERSION).append("\"}");
        return out.toString().getBytes(US_ASCII);
    }

    private void appendRefs(StringBuilder out) {
        String comma = "";
        if (packageHash.isPresent()) {
            out.append("\"package_hash\":\"").append(packageHash.get().hex()).append('"');
            comma = ",";
        }
        if (policy.isPresent()) {
            PolicyVersion p = policy.get();
            out.append(comma)
                    .append("\"policy\":{\"digest\":\"")
                    .append(p.digest().hex());
            out.append("\",\"id\":\"").append(p.id());
            out.append("\",\"version\":\"").append(p.version()).append("\"}");
            comma = ",";
        }
        if (recordHash.isPresent()) {
            out.append(comma)
                    .append("\"record_hash\":\"")
                    .append(recordHash.get().hex())
                    .append('"');
        }
    }

    /**
     * Reads a leaf; anything that {@link #bytes()} would not write exactly so is refused.
     *
     * @throws InvalidEventException naming the position
     */
    public static AuditLeaf parse(byte[] bytes) {
        return new LeafReader(bytes).read();
    }

    /** The leaf's entry hash. */
    public Digest hash() {
        return EntryHash.of(bytes());
    }
}
