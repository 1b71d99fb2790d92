package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.testing.Tool;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attack 29: what we write, readers that we did not write read back equal. */
class ForeignYamlTest {
    private static final List<String> NASTY = List.of(
            "",
            " ",
            "NO",
            "yes",
            "~",
            "null",
            "true",
            "010",
            "0x1F",
            "1_000",
            "12:30:45",
            "1.10",
            "1e3",
            ".inf",
            "=",
            "<<",
            "2026-01-28",
            "- a",
            "a: b",
            "# c",
            "a # c",
            "{x}",
            "[x]",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "%x",
            "@x",
            "`x",
            "'",
            "\"",
            "\\",
            "\\n",
            "\n",
            "\r\n",
            "\t",
            "a\n b",
            " lead",
            "trail ",
            "\u0000",
            "\u0007",
            "\u001b",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u00e9",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\ufffd",
            "\ud83d\ude00",
            "\u202e",
            "---",
            "...",
            "? k",
            ": v",
            "{{ x }}",
            "!!python/object:os.system",
            "x".repeat(5000));

    @TempDir
    Path dir;

    @Test
    void pyYamlReadsOurStringsBack() throws Exception {
        String program =
                "import json,sys,yaml; json.dump(yaml.safe_load(open(sys.argv[1],'rb')), open(sys.argv[2],'w'))";
        assumeTrue(Tool.run(List.of("python3", "-c", "import yaml")).ok(), "python3 has no PyYAML");
        readBack(List.of("python3", "-c", program));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "1.2"})
    void npmYamlReadsOurStringsBackAsEitherVersion(String version) throws Exception {
        String program = "const y=require('yaml'),f=require('fs'),a=process.argv;"
                + "f.writeFileSync(a[2],JSON.stringify(y.parse(f.readFileSync(a[1],'utf8'),{version:'" + version
                + "'})))";
        assumeTrue(Tool.run(List.of("node", "-e", "require('yaml')")).ok(), "NODE_PATH leads to no npm yaml");
        readBack(List.of("node", "-e", program));
    }

    private void readBack(List<String> command) throws Exception {
        List<String> strings = new ArrayList<>(NASTY);
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            strings.add(random(random));
        }
        Path yaml = Files.write(dir.resolve("in.yaml"), StrictYaml.write(strings));
        Path json = dir.resolve("out.json");
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(yaml.toString(), json.toString()));

        assertThat(Tool.run(whole).output()).isEmpty();

        Object read = CanonicalJson.parse(Files.readAllBytes(json));
        assertThat(read).isEqualTo(strings);
        assertThat(StrictYaml.read("in.yaml", Files.readAllBytes(yaml))).isEqualTo(strings);
    }

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        while (text.length() < length) {
            int point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x300);
            if (point < 0xd800 || point > 0xdfff) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }

    /** Counts over a checkout of the public yaml-test-suite's data branch, named by {@code aios.yaml.suite}. */
    @Test
    void nothingInThePublicSuiteIsReadSilentlyWrong() throws Exception {
        String suite = System.getProperty("aios.yaml.suite");
        assumeTrue(suite != null, "aios.yaml.suite names no checkout of yaml-test-suite");
        int equal = 0;
        int refusedValid = 0;
        int refusedBad = 0;
        List<String> wrong = new ArrayList<>();
        try (var files = Files.walk(Path.of(String.valueOf(suite)))) {
            for (Path yaml :
                    files.filter(file -> file.endsWith("in.yaml")).sorted().toList()) {
                Path folder = Objects.requireNonNull(yaml.getParent());
                boolean bad = Files.exists(folder.resolve("error"));
                Path expected = folder.resolve("in.json");
                Object read;
                try {
                    read = StrictYaml.read("in.yaml", Files.readAllBytes(yaml));
                } catch (YamlException e) {
                    refusedBad += bad ? 1 : 0;
                    refusedValid += bad ? 0 : 1;
                    continue;
                }
                if (!bad && Files.exists(expected) && same(read, expected)) {
                    equal++;
                } else if (bad || Files.exists(expected)) {
                    wrong.add(folder.toString());
                }
            }
        }
        assertThat(wrong)
                .as("equal %d, refused valid %d, refused bad %d", equal, refusedValid, refusedBad)
                .isEmpty();
        assertThat(equal).isPositive();
        Files.writeString(
                Path.of("target", "yaml-suite.txt"),
                "equal " + equal + ", refused valid " + refusedValid + ", refused bad " + refusedBad + "\n");
    }

    private static boolean same(@Nullable Object read, Path json) throws IOException {
        try {
            byte[] expected = CanonicalJson.canonicalize(Files.readAllBytes(json));
            return new String(expected, StandardCharsets.UTF_8).equals(CanonicalJson.text(read));
        } catch (io.aios.policy.InvalidJsonException e) {
            return false;
        }
    }
}
