package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The documentation cannot drift: every Java block in README and docs is a tagged region of code that the build
 * compiles and runs, and so is every SQL block that names its source; every link leads to a file, every type that is
 * named exists, every command names things that are there, and those of Python are run.
 */
class DocsTest {
    private static final Path ROOT = Path.of(System.getProperty("aios.root"));
    private static final Pattern BLOCK = Pattern.compile(
            "(?:<!-- source: (?<file>\\S+)#(?<tag>\\S+) -->\\n)?```(?<language>java|sql)\\n(?<code>.*?)```",
            Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)(?<target>[^)#\\s]+)[^)]*\\)");
    private static final Pattern ANCHOR =
            Pattern.compile("\\]\\((?!https?:)(?<page>[^)#\\s]*\\.md|)#(?<anchor>[^)\\s]+)\\)");
    private static final Pattern HEADING =
            Pattern.compile("^#+ (?<title>.+)\\n(?<below>(?:(?!#).*\\n)*)", Pattern.MULTILINE);
    private static final Pattern TYPE =
            Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.[A-Z][A-Za-z0-9]*)?`");
    private static final Pattern DECLARED = Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)");
    private static final Pattern IMPORTED =
            Pattern.compile("^import (?:static )?[a-z][\\w.]*\\.([A-Z]\\w*)", Pattern.MULTILINE);
    private static final Pattern FENCED = Pattern.compile("```(?:sh)?\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("(?:docs|examples|aios-[a-z-]+)/[\\w./-]+");

    @TestFactory
    Stream<DynamicTest> everyJavaBlockIsTestedCode() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(name(page), () -> {
                    Matcher block = BLOCK.matcher(Files.readString(page));
                    while (block.find()) {
                        if (block.group("language").equals("sql") && block.group("file") == null) {
                            continue;
                        }
                        assertThat(block.group("file"))
                                .as("source comment above the block%n%s", block.group("code"))
                                .isNotNull();
                        assertThat(block.group("code").strip())
                                .as("%s#%s", block.group("file"), block.group("tag"))
                                .isEqualTo(region(ROOT.resolve(block.group("file")), block.group("tag")));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyLinkLeadsToAFile() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(
                        name(page),
                        () -> assertThat(LINK.matcher(Files.readString(page))
                                        .results()
                                        .map(link -> link.group(1))
                                        .filter(target -> !Files.exists(
                                                page.resolveSibling(target).normalize())))
                                .as("dead links of %s", name(page))
                                .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> everyAnchorLeadsToAHeadingWithTextUnderIt() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(name(page), () -> {
                    Matcher link = ANCHOR.matcher(Files.readString(page));
                    while (link.find()) {
                        Path target = link.group("page").isEmpty() ? page : page.resolveSibling(link.group("page"));
                        assertThat(anchors(target.normalize()))
                                .as("%s of %s", link.group(), name(page))
                                .contains(link.group("anchor"));
                    }
                }));
    }

    /** As the usual renderers name headings; a heading with nothing but another one below it of its level is left out. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Matcher heading = HEADING.matcher(Files.readString(page) + "\n");
        while (heading.find()) {
            if (!heading.group("below").isBlank()) {
                anchors.add(heading.group("title")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }

    /** Decisions may name what was taken away, the changelog what once was there. */
    @TestFactory
    Stream<DynamicTest> everyTypeThatIsNamedExists() throws IOException {
        Set<String> types = types();
        return pages().stream()
                .filter(page -> !name(page).matches("CHANGELOG.md|docs/decisions/.*"))
                .map(page -> DynamicTest.dynamicTest(name(page), () -> {
                    Set<String> named = TYPE.matcher(Files.readString(page))
                            .results()
                            .map(match -> match.group(1))
                            .collect(Collectors.toCollection(TreeSet::new));
                    named.removeAll(types);
                    named.removeIf(type -> Object.class.getResource("/java/lang/" + type + ".class") != null);
                    assertThat(named).as("types named but not there").isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyCommandNamesWhatIsThere() throws IOException {
        Set<String> types = types();
        return commands()
                .map(command -> DynamicTest.dynamicTest(command, () -> {
                    FILE.matcher(command)
                            .results()
                            .forEach(file ->
                                    assertThat(ROOT.resolve(file.group())).exists());
                    for (String option : List.of("-Dtest=", "-Dit.test=")) {
                        value(command, option)
                                .filter(name -> !name.equals("none"))
                                .ifPresent(name -> assertThat(types).contains(name));
                    }
                    value(command, "-pl ")
                            .ifPresent(module -> assertThat(ROOT.resolve(module).resolve("pom.xml"))
                                    .exists());
                    value(command, "-Drun=")
                            .ifPresent(program -> assertThat(ROOT.resolve("examples")
                                            .resolve(program)
                                            .resolve("pom.xml"))
                                    .exists());
                    Optional<String> profile = value(command, "-P");
                    if (profile.isPresent()) {
                        assertThat(ROOT.resolve("pom.xml")).content().contains("<id>" + profile.get() + "</id>");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyPythonCommandRuns() throws IOException {
        return commands()
                .filter(command -> command.startsWith("python3 "))
                .map(command -> DynamicTest.dynamicTest(command, () -> {
                    assumeTrue(OnPath.has("python3"), "python3 is not installed");
                    Process process = new ProcessBuilder(command.split(" "))
                            .directory(ROOT.toFile())
                            .redirectErrorStream(true)
                            .start();
                    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(process.waitFor()).as(printed).isZero();
                }));
    }

    /** Lines of the blocks without a language that begin with a program's name. */
    private static Stream<String> commands() throws IOException {
        Set<String> commands = new TreeSet<>();
        for (Path page : pages()) {
            FENCED.matcher(Files.readString(page))
                    .results()
                    .flatMap(block -> block.group(1).replace("\\\n", " ").lines())
                    .map(line -> line.replaceFirst("\\s+#.*", "").strip())
                    .filter(line -> line.matches("(mvn|python3|psql) .*"))
                    .forEach(commands::add);
        }
        assertThat(commands).isNotEmpty();
        return commands.stream();
    }

    private static Optional<String> value(String command, String option) {
        Matcher matcher =
                Pattern.compile("(?:^|\\s)" + Pattern.quote(option) + "(\\S+)").matcher(command);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** Types of this project, nested ones too, and those of others that it imports. */
    private static Set<String> types() throws IOException {
        List<Path> files;
        try (Stream<Path> sources = Files.walk(ROOT)) {
            files = sources.filter(path -> path.toString().endsWith(".java")).toList();
        }
        Set<String> types = new TreeSet<>(Set.of("PostgresPlugin")); // JDBI's, named because it does not work here
        for (Path file : files) {
            String source = Files.readString(file);
            DECLARED.matcher(source).results().map(type -> type.group(1)).forEach(types::add);
            IMPORTED.matcher(source).results().map(type -> type.group(1)).forEach(types::add);
        }
        return types;
    }

    private static String region(Path file, String tag) throws IOException {
        List<String> lines = Files.readAllLines(file);
        String comment = file.toString().endsWith(".sql") ? "--" : "//";
        int start = indexOf(lines, comment + " tag::" + tag + "[]");
        int end = indexOf(lines, comment + " end::" + tag + "[]");
        assertThat(start).as("start of region %s in %s", tag, file).isNotNegative();
        assertThat(end).as("end of region %s in %s", tag, file).isGreaterThan(start);
        return String.join("\n", lines.subList(start + 1, end)).stripIndent().strip();
    }

    private static int indexOf(List<String> lines, String marker) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(marker)) {
                return i;
            }
        }
        return -1;
    }

    private static String name(Path page) {
        return ROOT.relativize(page).toString().replace('\\', '/');
    }
}
