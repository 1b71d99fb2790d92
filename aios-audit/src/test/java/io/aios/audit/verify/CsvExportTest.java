package io.aios.audit.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditPayload;
import io.aios.audit.EntryRef;
import io.aios.audit.PolicyVersion;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvExportTest {
    private static AuditEntry entry(String subject) {
        Digest hash = Digest.sha256(new byte[] {1});
        return new AuditEntry(
                OrgId.of("acme"),
                3,
                hash,
                new UUID(1, 2),
                Instant.parse("2026-01-02T03:04:05.000006Z"),
                "tool.called",
                "-1",
                subject,
                "ok",
                Optional.of(hash),
                Optional.empty(),
                Optional.of(new PolicyVersion("p", "1", hash)),
                Optional.of(new EntryRef(1, hash)),
                new AuditPayload.None());
    }

    @Test
    void anEntryIsOneLineUnderAHeader() throws Exception {
        StringWriter out = new StringWriter();
        CsvExport.write(List.of(entry("s-1")), out);
        String[] lines = out.toString().split("\r\n", -1);
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).startsWith("seq,at,type,actor,subject,outcome,");
        assertThat(lines[1]).startsWith("3,2026-01-02T03:04:05.000006Z,tool.called,'-1,s-1,ok,");
        assertThat(lines[1].split(",", -1)).hasSameSizeAs(lines[0].split(",", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1"})
    void noCellIsTakenForAFormula(String value) {
        String cell = CsvExport.cell(value);
        String shown = cell.startsWith("\"") ? cell.substring(1) : cell;
        assertThat(shown).startsWith("'");
    }

    @Test
    void commasQuotesAndLineEndsStayInsideTheirCell() {
        assertThat(CsvExport.cell("a,b")).isEqualTo("\"a,b\"");
        assertThat(CsvExport.cell("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(CsvExport.cell("plain:1")).isEqualTo("plain:1");
    }
}
