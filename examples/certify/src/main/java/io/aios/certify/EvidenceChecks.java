package io.aios.certify;

import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.audit.proof.NoteKey;
import io.aios.audit.proof.NoteSigner;
import io.aios.audit.verify.DecisionEvidence;
import io.aios.audit.verify.DecisionReport;
import io.aios.audit.verify.DecisionReport.Broken;
import io.aios.audit.verify.DecisionReport.Link;
import io.aios.audit.verify.DecisionReport.Proven;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The part of AUDIT-001 that follows one decision from trace to checkpoint and breaks each link once. */
final class EvidenceChecks {
    private final Host host;
    private final Checks checks;
    private List<String> lines = List.of();
    private @Nullable NoteKey key;

    private EvidenceChecks(Host host, Checks checks) {
        this.host = host;
        this.checks = checks;
    }

    static void addTo(Checks checks, Host host) {
        EvidenceChecks group = new EvidenceChecks(host, checks);
        checks.add(
                "one_decision_is_proven_end_to_end",
                "DecisionEvidenceIT",
                () -> group.onCopy(line -> line, (file, key) -> {
                    DecisionReport report = DecisionEvidence.verify(file, key);
                    require(report instanceof Proven, "the evidence is not accepted: " + report);
                }));
        group.broken(Link.TRACE, "an_edited_trace", "\"response_text\\\\\":\\\\\"", "$0x");
        group.broken(Link.PACKAGE, "an_edited_package", "  policies/default", "  policies/Default");
        group.broken(Link.APPROVAL, "a_package_nobody_approved", "  manifest.json", "  Manifest.json");
        group.broken(Link.ENTRY, "an_edited_entry", "approval\\.used", "approval.uses");
        group.broken(
                Link.CHECKPOINT, "an_edited_checkpoint", "certify\\.example/log\\\\n", "certify.example/log\\\\n1");
        checks.add(
                "another_key_proves_nothing",
                "DecisionEvidenceIT",
                () -> group.onCopy(
                        line -> line,
                        (file, key) -> same(
                                Link.CHECKPOINT,
                                brokenLink(
                                        file,
                                        NoteSigner.generate(key.name(), new SecureRandom())
                                                .key()),
                                "link that does not hold")));
    }

    private void broken(Link link, String name, String find, String replacement) {
        checks.add(
                name + "_breaks_the_link_" + link,
                "DecisionEvidenceIT",
                () -> onCopy(
                        line -> line.replaceFirst(find, replacement),
                        (file, key) -> same(link, brokenLink(file, key), "link that does not hold")));
    }

    /** What is asked of an evidence file. */
    @FunctionalInterface
    private interface Question {
        void ask(Path file, NoteKey key) throws Exception;
    }

    private void onCopy(UnaryOperator<String> edit, Question question) throws Exception {
        Folders.with(folder -> {
            if (lines.isEmpty() || key == null) {
                OneDecision made = OneDecision.produce(host, folder);
                lines = Files.readAllLines(made.file());
                key = made.key();
            }
            List<String> edited = lines.stream().map(edit).toList();
            Path copy = Files.writeString(folder.resolve("copy.jsonl"), String.join("\n", edited) + "\n");
            question.ask(copy, key);
        });
    }

    private static Object brokenLink(Path file, NoteKey key) {
        return DecisionEvidence.verify(file, key).fold(proven -> "none", Broken::link);
    }
}
