package io.aios.example.viewer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.NoteKey;
import io.aios.audit.verify.DecisionEvidence;
import io.aios.audit.verify.DecisionReport;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceException;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Draws a decision from its evidence file: {@code FILE VKEY OUT-FOLDER}.
 *
 * <p>Exit code 0 when the evidence holds, 1 when it does not (the page says so), 2 when a file cannot be read.
 */
public final class Viewer {
    private Viewer() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), new PrintStream(System.out, true, UTF_8)));
    }

    static int run(List<String> args, PrintStream out) {
        if (args.size() != 3) {
            out.println("arguments: evidence file, file with the pinned key, folder for page and drawing");
            return 2;
        }
        try {
            NoteKey key = NoteKey.parse(Files.readString(Path.of(args.get(1))).strip());
            return draw(Path.of(args.get(0)), key, Path.of(args.get(2)), out);
        } catch (IOException | AuditException | TraceException e) {
            out.println(e.getMessage());
            return 2;
        }
    }

    private static int draw(Path file, NoteKey key, Path folder, PrintStream out) throws IOException {
        List<AuditLeaf> entries = new ArrayList<>();
        DecisionReport report = DecisionEvidence.verify(file, key, entries::add);
        SealedTrace sealed = trace(file);
        Files.createDirectories(folder);
        Path page = Files.writeString(folder.resolve("decision.html"), DecisionPage.html(sealed, report, entries));
        Path drawing = Files.writeString(folder.resolve("life-of-a-decision.svg"), LifeOfADecision.svg(sealed));
        out.println("Written: " + page + ", " + drawing);
        return report.fold(proven -> 0, broken -> 1);
    }

    private static SealedTrace trace(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            String first = lines.findFirst().orElse("{}");
            if (CanonicalJson.parse(first.getBytes(UTF_8)) instanceof Map<?, ?> header
                    && header.get("trace") instanceof String trace) {
                return SealedTrace.read(trace.getBytes(UTF_8));
            }
            throw new AuditException(file + " holds no trace");
        }
    }
}
