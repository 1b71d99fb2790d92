package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEntry;
import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several JVMs that append to one tenant at the same time and are left alone. */
class ManyWritersIT {
    private static final int CHILDREN = 3;
    private static final int WRITERS = 2;
    private static final int EACH = Boolean.getBoolean("aios.slow") ? 2000 : 60;
    private static final OrgId ORG = OrgId.of("many-writers");

    @Test
    void everyReceiptIsAnEntryOfOneChainWithoutForkGapOrDuplicate() throws Exception {
        Postgres.TestWall database = Postgres.wall();
        List<Process> children = new ArrayList<>();
        for (int i = 0; i < CHILDREN; i++) {
            children.add(ChildWriter.start(database, ORG, WRITERS, EACH));
        }
        List<EntryRef> told = new ArrayList<>();
        for (Process child : children) {
            String output = new String(child.getInputStream().readAllBytes(), US_ASCII);
            output.lines()
                    .map(line -> line.split(" ", -1))
                    .map(parts -> new EntryRef(Long.parseLong(parts[0]), Digest.parse(parts[1])))
                    .forEach(told::add);
            assertThat(child.waitFor()).isZero();
        }
        assertThat(told).hasSize(CHILDREN * WRITERS * EACH).doesNotHaveDuplicates();
        VerifyReport report = database.reader().verify(ORG);
        assertThat(report.isIntact()).as("%s", report).isTrue();
        List<AuditEntry> entries = database.reader().entries(ORG, Held.nothing(), entry -> true);
        assertThat(entries).extracting(AuditEntry::ref).containsExactlyInAnyOrderElementsOf(told);
        assertThat(entries).extracting(AuditEntry::id).doesNotHaveDuplicates();
        for (int i = 0; i < entries.size(); i++) {
            assertThat(entries.get(i).seq()).isEqualTo(i);
        }
    }
}
