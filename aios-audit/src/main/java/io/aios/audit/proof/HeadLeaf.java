package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.aios.audit.AuditException;
import io.aios.trace.json.Digest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tenant log's head as a leaf of the meta-log: canonical JSON {@code {"log","root","size","v"}}.
 *
 * @param log the tenant log's origin
 * @param size its number of entries
 * @param root its Merkle root
 */
public record HeadLeaf(String log, long size, Digest root) {
    private static final Pattern FORM = Pattern.compile("\\{\"log\":\"([0-9a-f]{32})\",\"root\":\"([0-9a-f]{64})\","
            + "\"size\":\"(0|[1-9][0-9]{0,17})\",\"v\":\"aios-audit-head/1\"}");

    /** The bytes that are hashed and stored. */
    public byte[] bytes() {
        return ("{\"log\":\"" + log + "\",\"root\":\"" + root.hex() + "\",\"size\":\"" + size
                        + "\",\"v\":\"aios-audit-head/1\"}")
                .getBytes(US_ASCII);
    }

    /**
     * Reads one.
     *
     * @throws AuditException if {@link #bytes} would not write it exactly so
     */
    public static HeadLeaf parse(byte[] bytes) {
        Matcher matcher = FORM.matcher(new String(bytes, US_ASCII));
        if (!matcher.matches()) {
            throw new AuditException("not a head of a tenant log: " + bytes.length + " bytes of another form");
        }
        return new HeadLeaf(matcher.group(1), Long.parseLong(matcher.group(3)), Digest.parse(matcher.group(2)));
    }

    /** Its leaf hash in the meta-log. */
    public Digest hash() {
        return EntryHash.of(bytes());
    }
}
