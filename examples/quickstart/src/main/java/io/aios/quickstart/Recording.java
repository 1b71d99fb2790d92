package io.aios.quickstart;

import io.aios.trace.HashCheck;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceHashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Record: a sealed trace says the same again, and notices an edit. */
final class Recording {
    private Recording() {}

    static void record(Story story, List<Decided> decided, Path out) {
        SealedTrace sealed = decided.get(0).first().sealed();
        story.chapter("RECORD", "trace_hash  " + Story.brief(sealed.traceHash()));
        story.line("record_hash " + Story.brief(sealed.recordHash()));
        story.check(
                "a second run gives the same trace_hash, and another record_hash",
                () -> decided.stream()
                        .allMatch(each ->
                                each.first().traceHash().equals(each.second().traceHash())
                                        && !each.first()
                                                .recordHash()
                                                .equals(each.second().recordHash())));
        story.check("an edited trace no longer fits its hash", () -> {
            var edited = sealed.trace().toBuilder().responseType("edited").build();
            return TraceHashes.check(edited) instanceof HashCheck.Mismatch
                    && TraceHashes.check(sealed.trace()).isConsistent();
        });
        story.check(
                "with the person's text erased, record_hash still fits",
                () -> sealed.erase().check().isConsistent());
        write(out, decided);
    }

    private static void write(Path out, List<Decided> decided) {
        try {
            Files.createDirectories(out);
            Files.write(
                    out.resolve("trace.json"), decided.get(0).first().sealed().bytes());
            if (decided.size() > 1) {
                Path all = Files.createDirectories(out.resolve("traces"));
                for (Decided each : decided) {
                    Files.write(
                            all.resolve(each.asked().id() + ".json"),
                            each.first().sealed().bytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("traces cannot be written to " + out, e);
        }
    }
}
