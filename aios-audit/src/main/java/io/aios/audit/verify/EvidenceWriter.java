package io.aios.audit.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.aios.audit.proof.HeadLeaf;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.Writer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an evidence file ({@code docs/spec/aios-audit-1.md}, 5): one header line, then a line for each entry. */
public final class EvidenceWriter {
    /** The file format's name. */
    public static final String VERSION = "aios-audit-evidence/1";

    private final Writer out;

    /** To a writer, which the caller closes. */
    public EvidenceWriter(Writer out) {
        this.out = out;
    }

    /**
     * The header line.
     *
     * @param note the signed checkpoint of the meta-log
     * @param head the tenant log's head
     * @param headIndex its index in the meta-log
     * @param headProof its inclusion in the checkpoint's tree
     * @param entries how many entries follow
     */
    public void header(
            OrgId org, String note, HeadLeaf head, long headIndex, List<Digest> headProof, long entries)
            throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("v", VERSION);
        header.put("org", org.value());
        header.put("log", head.log());
        header.put("checkpoint", note);
        header.put("head", new String(head.bytes(), US_ASCII));
        header.put("head_index", Long.toString(headIndex));
        header.put("head_proof", hex(headProof));
        header.put("entries", Long.toString(entries));
        header.put("omitted", Long.toString(head.size() - entries));
        line(header);
    }

    /** An entry with its inclusion in the head's tree; without a payload when it is not to be shown. */
    public void entry(byte[] leaf, List<Digest> proof, EntryRow.@Nullable StoredPayload payload) throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("leaf", new String(leaf, US_ASCII));
        entry.put("proof", hex(proof));
        if (payload != null) {
            Base64.Encoder base64 = Base64.getEncoder();
            entry.put(
                    "payload",
                    Map.of(
                            "salt", base64.encodeToString(payload.salt().value()),
                            "bytes", base64.encodeToString(payload.bytes().value())));
        }
        line(entry);
    }

    private void line(Map<String, Object> line) throws IOException {
        out.write(CanonicalJson.text(line));
        out.write('\n');
    }

    private static List<String> hex(List<Digest> hashes) {
        return hashes.stream().map(Digest::hex).toList();
    }
}
