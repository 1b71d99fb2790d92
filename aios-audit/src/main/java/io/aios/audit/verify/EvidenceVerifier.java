package io.aios.audit.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.MerkleProof;
import io.aios.audit.proof.NoteKey;
import io.aios.policy.PolicyException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an evidence file with a pinned key alone: no database, no network. Reads one line at a time, of at most 4 Mi
 * characters.
 */
public final class EvidenceVerifier {
    private static final int MAX_LINE = 4 * 1024 * 1024;
    private static final int MAX_PROOF = 63;

    private static final Set<String> HEADER =
            Set.of("v", "org", "log", "checkpoint", "head", "head_index", "head_proof", "entries", "omitted");
    private static final Set<String> ENTRY = Set.of("leaf", "proof", "payload");

    private final NoteKey key;
    private final Consumer<AuditLeaf> shown;
    private String log = "";
    private String org = "";
    private @Nullable HeadLeaf head;
    private @Nullable AuditLeaf last;
    private @Nullable Digest lastHash;

    private EvidenceVerifier(NoteKey key, Consumer<AuditLeaf> shown) {
        this.key = key;
        this.shown = shown;
    }

    /**
     * Verifies a file.
     *
     * @param key the log's key as the auditor got it from elsewhere; keys in the file count for nothing
     */
    public static EvidenceReport verify(Path file, NoteKey key) {
        return verify(file, key, leaf -> {});
    }

    /** As {@link #verify(Path, NoteKey)}; hands out each leaf once it is proven. */
    public static EvidenceReport verify(Path file, NoteKey key, Consumer<AuditLeaf> shown) {
        try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
            return verify(reader, key, shown);
        } catch (IOException e) {
            return new EvidenceReport.Refused(0, "the file cannot be read: " + e);
        }
    }

    /** Verifies what is left of a file; lines count from there. */
    static EvidenceReport verify(BufferedReader reader, NoteKey key, Consumer<AuditLeaf> shown) {
        EvidenceVerifier verifier = new EvidenceVerifier(key, shown);
        long line = 0;
        try {
            String text = readLine(reader);
            line++;
            if (text == null) {
                return new EvidenceReport.Refused(line, "the file is empty");
            }
            Map<?, ?> header = object(text);
            verifier.header(header);
            long count = 0;
            for (text = readLine(reader); text != null; text = readLine(reader)) {
                line++;
                count++;
                verifier.entry(object(text));
            }
            return verifier.end(header, count, line);
        } catch (AuditException | PolicyException | IllegalArgumentException e) {
            return new EvidenceReport.Refused(line, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new EvidenceReport.Refused(line, "the file cannot be read: " + e);
        }
    }

    private EvidenceReport end(Map<?, ?> header, long count, long line) {
        HeadLeaf signed = signed();
        if (number(header, "entries") != count || number(header, "omitted") != signed.size() - count) {
            return new EvidenceReport.Refused(line, "the header does not say how many entries are shown and omitted");
        }
        return new EvidenceReport.Proven(OrgId.of(org), log, signed.size(), count, signed.size() - count);
    }

    private void header(Map<?, ?> header) {
        need(EvidenceWriter.VERSION.equals(header.get("v")), "unknown version");
        need(HEADER.equals(header.keySet()), "the header has a member too many or too few");
        Checkpoint checkpoint = Checkpoint.verify(text(header, "checkpoint"), key);
        byte[] bytes = text(header, "head").getBytes(UTF_8);
        HeadLeaf leaf = HeadLeaf.parse(bytes);
        need(
                MerkleProof.includes(
                        EntryHash.of(bytes),
                        number(header, "head_index"),
                        checkpoint.size(),
                        checkpoint.root(),
                        proof(header, "head_proof")),
                "the head is not in the checkpoint");
        log = text(header, "log");
        org = OrgId.of(text(header, "org")).value();
        need(leaf.log().equals(log), "the head belongs to another log");
        head = leaf;
    }

    private HeadLeaf signed() {
        if (head == null) {
            throw new AuditException("there is no header");
        }
        return head;
    }

    private void entry(Map<?, ?> line) {
        need(ENTRY.containsAll(line.keySet()), "a line has an unknown member");
        byte[] bytes = text(line, "leaf").getBytes(UTF_8);
        AuditLeaf leaf = AuditLeaf.parse(bytes);
        Digest hash = EntryHash.of(bytes);
        need(leaf.log().equals(log) && leaf.org().value().equals(org), "entry " + leaf.seq() + " is of another log");
        if (last != null) {
            need(leaf.seq() > last.seq(), "entry " + leaf.seq() + " is out of order");
            need(
                    leaf.seq() > last.seq() + 1 || leaf.prev().equals(lastHash),
                    "entry " + leaf.seq() + " does not follow the one before");
        }
        need(
                MerkleProof.includes(hash, leaf.seq(), signed().size(), signed().root(), proof(line, "proof")),
                "entry " + leaf.seq() + " is not in the signed tree");
        if (line.containsKey("payload")) {
            Map<?, ?> payload = payload(line);
            Digest commit = EntryHash.payload(base64(payload, "salt"), base64(payload, "bytes"));
            need(
                    leaf.payload().map(p -> p.commit().equals(commit)).orElse(false),
                    "entry " + leaf.seq() + ": the payload is not the one the leaf commits to");
        }
        last = leaf;
        lastHash = hash;
        shown.accept(leaf);
    }

    private static Map<?, ?> payload(Map<?, ?> line) {
        if (line.get("payload") instanceof Map<?, ?> payload && payload.keySet().equals(Set.of("salt", "bytes"))) {
            return payload;
        }
        throw new AuditException("a payload is not {salt, bytes}");
    }

    private static byte[] base64(Map<?, ?> object, String name) {
        byte[] bytes = Base64.getDecoder().decode(text(object, name));
        need(Base64.getEncoder().encodeToString(bytes).equals(text(object, name)), name + " is not strict base64");
        return bytes;
    }

    private static void need(boolean condition, String what) {
        if (!condition) {
            throw new AuditException(what);
        }
    }

    private static Map<?, ?> object(String text) {
        if (CanonicalJson.parse(text.getBytes(UTF_8)) instanceof Map<?, ?> object) {
            return object;
        }
        throw new AuditException("a line is no JSON object");
    }

    private static String text(Map<?, ?> object, String name) {
        if (object.get(name) instanceof String value) {
            return value;
        }
        throw new AuditException(name + " is missing or no string");
    }

    private static long number(Map<?, ?> object, String name) {
        String value = text(object, name);
        if (!value.matches("0|[1-9][0-9]{0,17}")) {
            throw new AuditException(name + " is no decimal number");
        }
        return Long.parseLong(value);
    }

    private static List<Digest> proof(Map<?, ?> object, String name) {
        if (!(object.get(name) instanceof List<?> list) || list.size() > MAX_PROOF) {
            throw new AuditException(name + " is missing or too long");
        }
        List<Digest> proof = new ArrayList<>();
        for (Object item : list) {
            proof.add(Digest.parse(String.valueOf(item)));
        }
        return proof;
    }

    static @Nullable String readLine(BufferedReader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = reader.read(); c != '\n'; c = reader.read()) {
            if (c < 0) {
                return line.length() == 0 ? null : line.toString();
            }
            if (line.length() == MAX_LINE) {
                throw new IOException("a line is longer than " + MAX_LINE + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
