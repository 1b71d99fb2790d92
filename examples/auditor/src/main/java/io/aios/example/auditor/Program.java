package io.aios.example.auditor;

import io.aios.audit.AuditException;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.verify.EvidenceReport;
import io.aios.audit.verify.EvidenceVerifier;
import io.aios.policy.PolicyException;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceException;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code EVIDENCE KEY [TRACE...]}: is every entry in the log that the pinned key signed, and is each trace the one that an
 * entry names?
 *
 * <p>Exit code 0 when all is proven, 1 when something is not, 2 when a file cannot be read.
 */
public final class Program {
    private static final String USAGE = "arguments: EVIDENCE-FILE KEY-FILE [TRACE-FILE...]";

    private final PrintStream out;
    private final Map<Digest, Long> records = new HashMap<>();
    private final List<AuditLeaf> proven = new ArrayList<>();

    private Program(PrintStream out) {
        this.out = out;
    }

    /** Without arguments it verifies the sample evidence of this project, in whose folder it then must run. */
    public static void main(String[] args) {
        Path vectors = Path.of("docs", "spec", "vectors");
        List<String> files = args.length > 0
                ? List.of(args)
                : List.of(
                        vectors.resolve("evidence.jsonl").toString(),
                        vectors.resolve("evidence.vkey").toString());
        System.exit(run(files, new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    static int run(List<String> files, PrintStream out) {
        if (files.size() < 2) {
            out.println(USAGE);
            return 2;
        }
        try {
            return new Program(out).verify(files);
        } catch (IOException | AuditException e) {
            out.println("cannot be read: " + e.getMessage());
            return 2;
        }
    }

    private int verify(List<String> files) throws IOException {
        // tag::verify[]
        NoteKey pinned = NoteKey.parse(Files.readString(Path.of(files.get(1))).strip());
        EvidenceReport report = EvidenceVerifier.verify(Path.of(files.get(0)), pinned, proven::add);
        // end::verify[]
        boolean held = report.fold(this::tell, this::refuse);
        if (held) {
            for (String trace : files.subList(2, files.size())) {
                held &= trace(Path.of(trace));
            }
        }
        out.println(held ? "PROVEN" : "NOT PROVEN");
        return held ? 0 : 1;
    }

    private boolean tell(EvidenceReport.Proven report) {
        for (AuditLeaf leaf : proven) {
            leaf.recordHash().ifPresent(hash -> records.put(hash, leaf.seq()));
            out.printf("%5d  %s  %-16s %-10s %s%n", leaf.seq(), leaf.at(), leaf.type(), leaf.outcome(), leaf.actor());
        }
        out.println(report.shown() + " of " + report.size() + " entries of tenant " + report.org() + " shown, "
                + report.omitted() + " not; each is in the log that the pinned key signed");
        return true;
    }

    private boolean refuse(EvidenceReport.Refused report) {
        out.println("line " + report.line() + ": " + report.what());
        return false;
    }

    private boolean trace(Path file) throws IOException {
        try {
            SealedTrace trace = SealedTrace.read(Files.readAllBytes(file));
            Long seq = records.get(trace.recordHash());
            out.println(file.getFileName() + ": "
                    + (seq == null ? "fits its hashes, but no entry shown names it" : "is the trace of entry " + seq));
            return seq != null;
        } catch (TraceException | PolicyException e) {
            out.println(file.getFileName() + ": " + e.getMessage());
            return false;
        }
    }
}
