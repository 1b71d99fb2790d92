package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * compiles and runs, every link leads to a file, and the architecture page names only types that exist.
 */
class DocsTest {
    private static final Path ROOT = Path.of(System.getProperty("aios.root"));
    private static final Pattern BLOCK = Pattern.compile(
            "(?:<!-- source: (?<file>\\S+)#(?<tag>\\S+) -->\\n)?```java\\n(?<code>.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)(?<target>[^)#\\s]+)[^)]*\\)");
    private static final Pattern TYPE = Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)`");

    @TestFactory
    Stream<DynamicTest> everyJavaBlockIsTestedCode() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(name(page), () -> {
                    Matcher block = BLOCK.matcher(Files.readString(page));
                    while (block.find()) {
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
    Stream<DynamicTest> everyTypeOfTheArchitecturePagesExists() throws IOException {
        Set<String> types = types();
        return Stream.of("README.md", "docs/architecture.md")
                .map(ROOT::resolve)
                .map(page -> DynamicTest.dynamicTest(name(page), () -> {
                    Set<String> named = TYPE.matcher(Files.readString(page))
                            .results()
                            .map(match -> match.group(1))
                            .collect(Collectors.toCollection(TreeSet::new));
                    named.removeAll(types);
                    assertThat(named).as("types named but not there").isEmpty();
                }));
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static Set<String> types() throws IOException {
        try (Stream<Path> sources = Files.walk(ROOT)) {
            return sources.map(path -> path.getFileName().toString())
                    .filter(file -> file.endsWith(".java"))
                    .map(file -> file.substring(0, file.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    private static String region(Path file, String tag) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int start = indexOf(lines, "// tag::" + tag + "[]");
        int end = indexOf(lines, "// end::" + tag + "[]");
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
