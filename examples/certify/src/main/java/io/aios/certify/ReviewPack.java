package io.aios.certify;

import io.aios.certify.Certification.GroupResult;
import io.aios.certify.Result.Status;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The result for reviewers: JSON for machines, Markdown for people, with what it ran on. */
final class ReviewPack {
    private static final String SCHEMA = "aios-certification/1";

    private final Certification certification;
    private final Map<String, Object> environment = new LinkedHashMap<>();

    ReviewPack(Certification certification, String host) {
        this.certification = certification;
        environment.put("aios", version());
        environment.put("host", host);
        environment.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        environment.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        environment.put("processors", (long) Runtime.getRuntime().availableProcessors());
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("certification.json"), CanonicalJson.bytes(json()));
        Files.writeString(folder.resolve("review-pack.md"), markdown());
    }

    private static String version() {
        try (InputStream in = Objects.requireNonNull(ReviewPack.class.getResourceAsStream("version.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("no version.txt", e);
        }
    }

    private Map<String, Object> json() {
        List<Object> groups = new ArrayList<>();
        for (GroupResult result : certification.groups()) {
            Map<String, Object> group = new LinkedHashMap<>();
            group.put("id", result.group().id());
            group.put("title", result.group().title());
            group.put("passed", result.count(Status.PASSED));
            group.put("failed", result.count(Status.FAILED));
            group.put("skipped", result.count(Status.SKIPPED));
            group.put("seconds", result.seconds());
            group.put("required", result.group().required());
            group.put("unmet", result.unmet());
            group.put("checks", result.results().stream().map(ReviewPack::check).toList());
            groups.add(group);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("verdict", certification.verdict());
        json.put("passed", certification.passed() && certification.notRun().isEmpty());
        json.put("not_run", certification.notRun());
        json.put("environment", environment);
        json.put("groups", groups);
        return json;
    }

    private static Map<String, Object> check(Result result) {
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("name", result.check().name());
        check.put("status", result.status().name().toLowerCase(Locale.ROOT));
        check.put("millis", result.millis());
        check.put("test", result.check().test());
        if (!result.detail().isEmpty()) {
            check.put("detail", result.detail());
        }
        return check;
    }

    private String markdown() {
        StringBuilder out = new StringBuilder("# Review pack\n\n**")
                .append(certification.verdict())
                .append("**\n\n");
        environment.forEach((name, value) ->
                out.append("- ").append(name).append(": ").append(value).append('\n'));
        out.append(
                "\nWhat a pass means: each named behaviour was tried on the parts above and held. It is evidence for a"
                        + " review, not a statement that any law or standard is met.\n");
        for (GroupResult result : certification.groups()) {
            out.append("\n## ")
                    .append(result.group().id())
                    .append(": ")
                    .append(result.group().title());
            out.append("\n\n| check | result | ms | behavioural test behind it |\n|---|---|---|---|\n");
            for (Result each : result.results()) {
                boolean required =
                        result.group().required().contains(each.check().name());
                out.append("| ")
                        .append(cell(each.check().name()))
                        .append(required ? " (required)" : "")
                        .append(" | ")
                        .append(each.status().name().toLowerCase(Locale.ROOT))
                        .append(each.detail().isEmpty() ? "" : ": " + cell(each.detail()))
                        .append(" | ")
                        .append(each.millis())
                        .append(" | ")
                        .append(each.check().test())
                        .append(" |\n");
            }
        }
        return out.toString();
    }

    /** Text inside a table cell: nothing of it may end the cell or become markup. */
    private static String cell(String text) {
        return text.replaceAll("\\s+", " ")
                .replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replace("`", "\\`");
    }
}
