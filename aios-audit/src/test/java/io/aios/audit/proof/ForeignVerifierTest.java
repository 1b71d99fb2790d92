package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our notes and proofs in the hands of verifiers that others wrote. */
class ForeignVerifierTest {
    private static final Path GO_PACKAGES = Path.of("/usr/share/gocode");

    @TempDir
    private Path directory;

    @Test
    void gosSumdbNoteAndTlogAcceptOursAndRejectTamperedTwins() throws Exception {
        Path binary = build();
        NoteSigner signer = NoteSigner.generate("example.org/audit", new SecureRandom());
        ProofTree tree = new ProofTree();
        for (int i = 0; i < 300; i++) {
            tree.add(EntryHash.of(("leaf " + i).getBytes(UTF_8)));
        }
        Random random = new Random(7);
        for (int n : new int[] {1, 2, 3, 7, 8, 64, 255, 256, 257, 300}) {
            int index = random.nextInt(n);
            int old = 1 + random.nextInt(n);
            String note = new Checkpoint(signer.key().name(), n, tree.root(n))
                    .sign(signer)
                    .toString();
            List<String> good = List.of(
                    signer.key().toString(),
                    note,
                    Integer.toString(index),
                    EntryHash.of(("leaf " + index).getBytes(UTF_8)).hex(),
                    text(tree.inclusion(index, n)),
                    Integer.toString(old),
                    tree.root(old).hex(),
                    text(tree.consistency(old, n)));
            assertThat(run(binary, good)).isEqualTo("ok");
            for (int part : new int[] {1, 3, 6}) {
                List<String> bad = new ArrayList<>(good);
                bad.set(part, flip(good.get(part)));
                assertThat(run(binary, bad)).as("size %s, part %s", n, part).isNotEqualTo("ok");
            }
        }
    }

    private static String text(List<Digest> hashes) {
        return hashes.stream().map(Digest::hex).collect(Collectors.joining(","));
    }

    /** Changes one character in the middle to another of its alphabet. */
    private static String flip(String text) {
        char[] chars = text.toCharArray();
        int middle = chars.length / 2;
        chars[middle] = chars[middle] == '1' ? '2' : '1';
        return new String(chars);
    }

    private Path build() throws Exception {
        assumeTrue(
                Files.isDirectory(GO_PACKAGES.resolve("src/golang.org/x/mod/sumdb")),
                "golang-golang-x-mod-dev is not here");
        Path source = directory.resolve("check.go");
        try (var in = ForeignVerifierTest.class.getResourceAsStream("/go/check.go")) {
            Files.write(source, Objects.requireNonNull(in).readAllBytes());
        }
        Path binary = directory.resolve("check");
        ProcessBuilder builder = new ProcessBuilder("go", "build", "-o", binary.toString(), source.toString());
        builder.environment()
                .putAll(Map.of(
                        "GO111MODULE", "off",
                        "GOPATH", GO_PACKAGES.toString(),
                        "GOCACHE", directory.resolve("cache").toString(),
                        "GOFLAGS", "",
                        "GOPROXY", "off"));
        try {
            assertThat(output(builder)).isEmpty();
        } catch (IOException e) {
            assumeTrue(false, "go is not here: " + e.getMessage());
        }
        return binary;
    }

    private String run(Path binary, List<String> arguments) throws Exception {
        Path note = directory.resolve("note");
        Files.writeString(note, arguments.get(1));
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(arguments);
        command.set(2, note.toString());
        return output(new ProcessBuilder(command));
    }

    private static String output(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as("%s", Arrays.toString(builder.command().toArray()))
                .isTrue();
        return output;
    }
}
