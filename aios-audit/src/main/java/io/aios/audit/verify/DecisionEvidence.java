package io.aios.audit.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import io.aios.audit.PolicyVersion;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.verify.DecisionReport.Broken;
import io.aios.audit.verify.DecisionReport.Link;
import io.aios.audit.verify.DecisionReport.Proven;
import io.aios.policy.PolicyException;
import io.aios.trace.DecisionTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceException;
import io.aios.trace.TracePolicy;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one decision in one file, {@code aios-decision-evidence/1}: the sealed trace, the checksum list of the
 * package it was decided under, and an audit evidence file that shows the entries of both.
 */
public final class DecisionEvidence {
    /** The file format's name. */
    public static final String VERSION = "aios-decision-evidence/1";

    private static final Set<String> MEMBERS = Set.of("v", "trace", "sums");

    private final SealedTrace trace;
    private final String sums;
    private final List<AuditLeaf> shown = new ArrayList<>();

    private DecisionEvidence(SealedTrace trace, String sums) {
        this.trace = trace;
        this.sums = sums;
    }

    /**
     * Writes the file.
     *
     * @param trace the decision
     * @param sums the package's {@code SHA256SUMS}, byte for byte
     * @param auditEvidence an evidence file that shows the entry of the trace and the approvals of the package
     * @throws AuditException if a file cannot be read or written
     */
    public static void write(SealedTrace trace, byte[] sums, Path auditEvidence, Path file) {
        String first = CanonicalJson.text(
                Map.of("v", VERSION, "trace", new String(trace.bytes(), UTF_8), "sums", new String(sums, UTF_8)));
        try {
            Files.writeString(file, first + "\n" + Files.readString(auditEvidence));
        } catch (IOException e) {
            throw new AuditException("the evidence cannot be written to " + file, e);
        }
    }

    /**
     * Verifies a file link by link: checkpoint, entries, trace, policy, package, approval.
     *
     * @param key the log's key as the auditor got it from elsewhere
     */
    public static DecisionReport verify(Path file, NoteKey key) {
        return verify(file, key, leaf -> {});
    }

    /** As {@link #verify(Path, NoteKey)}; hands out each leaf once it is proven. */
    public static DecisionReport verify(Path file, NoteKey key, Consumer<AuditLeaf> proven) {
        try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
            return verify(reader, key, proven);
        } catch (IOException e) {
            return new Broken(Link.TRACE, "the file cannot be read: " + e);
        }
    }

    private static DecisionReport verify(BufferedReader reader, NoteKey key, Consumer<AuditLeaf> shown)
            throws IOException {
        DecisionEvidence evidence;
        try {
            evidence = first(EvidenceVerifier.readLine(reader));
        } catch (AuditException | TraceException | PolicyException e) {
            return new Broken(Link.TRACE, String.valueOf(e.getMessage()));
        }
        return EvidenceVerifier.verify(reader, key, shown.andThen(evidence.shown::add))
                .fold(
                        proven -> evidence.links(proven.size()),
                        refused -> new Broken(refused.line() == 1 ? Link.CHECKPOINT : Link.ENTRY, refused.what()));
    }

    private static DecisionEvidence first(@Nullable String line) {
        if (line == null
                || !(CanonicalJson.parse(line.getBytes(UTF_8)) instanceof Map<?, ?> first)
                || !first.keySet().equals(MEMBERS)
                || !VERSION.equals(first.get("v"))
                || !(first.get("trace") instanceof String trace)
                || !(first.get("sums") instanceof String sums)) {
            throw new AuditException("the first line is not {v, trace, sums} of " + VERSION);
        }
        byte[] bytes = trace.getBytes(UTF_8);
        SealedTrace sealed = SealedTrace.read(bytes);
        if (!CanonicalJson.text(CanonicalJson.parse(bytes)).equals(trace)) {
            throw new AuditException("the trace is not canonical JSON");
        }
        return new DecisionEvidence(sealed, sums);
    }

    private DecisionReport links(long size) {
        DecisionTrace decided = trace.trace();
        Optional<AuditLeaf> entry = shown.stream()
                .filter(leaf -> leaf.type().startsWith("trace."))
                .filter(leaf -> leaf.recordHash().equals(Optional.of(trace.recordHash())))
                .findFirst();
        if (entry.isEmpty()) {
            return new Broken(Link.ENTRY, "no entry shown carries the record_hash " + trace.recordHash());
        }
        if (!entry.get().org().value().equals(decided.tenantId())) {
            return new Broken(
                    Link.ENTRY, "the entry is of " + entry.get().org() + ", the trace of " + decided.tenantId());
        }
        TracePolicy policy = decided.policy();
        if (policy == null) {
            return new Broken(Link.POLICY, "no policy decided");
        }
        PolicyVersion version = new PolicyVersion(policy.id(), policy.version(), policy.digest());
        if (!entry.get().policy().equals(Optional.of(version))) {
            return new Broken(Link.POLICY, "the entry names another policy than the trace");
        }
        if (!sums.lines().toList().contains(policy.digest().hex() + "  policies/" + policy.id() + ".yaml")) {
            return new Broken(Link.PACKAGE, "the package does not hold policy " + policy.id() + " as it decided");
        }
        Digest packageHash = Digest.sha256(sums.getBytes(UTF_8));
        long used = approvals("approval.used", packageHash, entry.get().seq());
        if (used == 0) {
            return new Broken(
                    Link.APPROVAL, "no entry before the decision shows that package " + packageHash + " was deployed");
        }
        return new Proven(
                entry.get().org(),
                decided.traceId(),
                trace.recordHash(),
                version,
                packageHash,
                approvals("approval.approved", packageHash, entry.get().seq()),
                size);
    }

    private long approvals(String type, Digest packageHash, long before) {
        return shown.stream()
                .filter(leaf -> leaf.type().equals(type) && leaf.seq() < before)
                .filter(leaf -> leaf.packageHash().equals(Optional.of(packageHash)))
                .count();
    }
}
