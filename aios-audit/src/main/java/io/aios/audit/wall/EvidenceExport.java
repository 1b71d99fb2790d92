package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditException;
import io.aios.audit.NotIntactException;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.Checkpoint;
import io.aios.audit.proof.CheckpointStore;
import io.aios.audit.proof.HeadLeaf;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.proof.ProofTree;
import io.aios.audit.verify.EntryRow;
import io.aios.audit.verify.EvidenceWriter;
import io.aios.audit.verify.Held;
import io.aios.audit.verify.LogVerifier;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import javax.sql.DataSource;

/** Turns a verified log into an evidence file: one pass for the tree and the choice, one for the lines. */
final class EvidenceExport {
    private final DataSource reader;
    private final AuditReader wall;
    private final OrgId org;
    private final NoteKey key;
    private final CheckpointStore store;

    EvidenceExport(DataSource reader, AuditReader wall, OrgId org, NoteKey key, CheckpointStore store) {
        this.reader = reader;
        this.wall = wall;
        this.org = org;
        this.key = key;
        this.store = store;
    }

    long write(Predicate<? super AuditEntry> filter, boolean withPayloads, Path file) {
        VerifyReport report = wall.verify(org, key, store);
        if (!report.chainHolds()) {
            throw new NotIntactException(report);
        }
        List<String> notes = store.notes();
        try {
            List<Checkpoint> kept = new ArrayList<>();
            notes.forEach(note -> kept.add(Checkpoint.verify(note, key)));
            MetaLog metaLog = MetaLog.read(reader, org, kept);
            HeadLeaf head = metaLog.newest()
                    .orElseThrow(() -> new AuditException("tenant " + org + ": no head is published yet"));
            ProofTree tree = new ProofTree();
            BitSet chosen = choose(filter, head, tree);
            if (!tree.root(head.size()).equals(head.root())) {
                throw new AuditException("tenant " + org + ": the log changed while it was read");
            }
            try (Writer out = Files.newBufferedWriter(
                    file, UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                EvidenceWriter evidence = new EvidenceWriter(out);
                evidence.header(
                        org,
                        notes.get(notes.size() - 1),
                        head,
                        metaLog.newestIndex(),
                        metaLog.newestProof(),
                        chosen.cardinality());
                lines(evidence, chosen, tree, head, withPayloads);
            }
            return chosen.cardinality();
        } catch (SQLException e) {
            throw new AuditException("tenant " + org + ": the audit database could not be read", e);
        } catch (IOException e) {
            throw new AuditException("evidence file " + file + " could not be written: " + e, e);
        }
    }

    private BitSet choose(Predicate<? super AuditEntry> filter, HeadLeaf head, ProofTree tree) throws SQLException {
        BitSet chosen = new BitSet();
        LogVerifier verifier = new LogVerifier(org, Held.nothing());
        try (EntryCursor cursor = EntryCursor.open(reader, org)) {
            for (EntryRow row = cursor.next(); row != null && tree.size() < head.size(); row = cursor.next()) {
                AuditEntry entry = verifier.accept(row);
                if (entry == null) {
                    throw new NotIntactException(verifier.report());
                }
                tree.add(entry.hash());
                chosen.set((int) entry.seq(), filter.test(entry));
            }
        }
        return chosen;
    }

    private void lines(EvidenceWriter evidence, BitSet chosen, ProofTree tree, HeadLeaf head, boolean withPayloads)
            throws SQLException, IOException {
        try (EntryCursor cursor = EntryCursor.open(reader, org)) {
            for (EntryRow row = cursor.next(); row != null && row.seq() < head.size(); row = cursor.next()) {
                if (chosen.get((int) row.seq())) {
                    evidence.entry(
                            row.leaf().value(),
                            tree.inclusion(row.seq(), head.size()),
                            withPayloads ? row.payload() : null);
                }
            }
        }
    }
}
