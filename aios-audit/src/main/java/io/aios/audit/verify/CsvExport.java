package io.aios.audit.verify;

import io.aios.audit.AuditEntry;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** Entries as CSV (RFC 4180) for people with spreadsheets. It is a view, not evidence, and carries no payloads. */
public final class CsvExport {
    private static final String HEADER =
            "seq,at,type,actor,subject,outcome,id,entry_hash,record_hash,package_hash,policy,corrects\r\n";

    private CsvExport() {}

    /** Writes a header and one line for each entry; the caller closes the writer. */
    public static void write(List<AuditEntry> entries, Writer out) throws IOException {
        out.write(HEADER);
        for (AuditEntry entry : entries) {
            out.write(String.join(
                            ",",
                            Long.toString(entry.seq()),
                            entry.at().toString(),
                            cell(entry.type()),
                            cell(entry.actor()),
                            cell(entry.subject()),
                            cell(entry.outcome()),
                            entry.id().toString(),
                            entry.hash().hex(),
                            entry.recordHash().map(Digest::hex).orElse(""),
                            entry.packageHash().map(Digest::hex).orElse(""),
                            cell(entry.policy().map(p -> p.id() + "@" + p.version()).orElse("")),
                            entry.corrects().map(ref -> Long.toString(ref.seq())).orElse(""))
                    + "\r\n");
        }
    }

    /** A cell that no spreadsheet takes for a formula. */
    static String cell(String value) {
        boolean formula = !value.isEmpty() && "=+-@\t\r\n".indexOf(value.charAt(0)) >= 0;
        String safe = formula ? "'" + value : value;
        boolean quote = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return quote ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
