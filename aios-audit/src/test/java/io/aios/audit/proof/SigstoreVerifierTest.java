package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.trace.json.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** npm's {@code @sigstore/verify}, which we did not write, on our checkpoints and proofs; skipped where it is absent. */
class SigstoreVerifierTest {
    @TempDir
    private Path directory;

    @Test
    void sigstoreAcceptsOursAndRejectsTamperedTwins() throws Exception {
        Path verifier = installed();
        Path script = directory.resolve("check.js");
        try (var in = SigstoreVerifierTest.class.getResourceAsStream("/node/check.js")) {
            Files.write(script, Objects.requireNonNull(in).readAllBytes());
        }
        NoteSigner signer = NoteSigner.generate("example.org/audit", new SecureRandom());
        ProofTree tree = new ProofTree();
        for (int i = 0; i < 300; i++) {
            tree.add(EntryHash.of(leaf(i)));
        }
        for (int size : new int[] {1, 2, 7, 256, 300}) {
            int index = size / 2;
            Path note = directory.resolve("note-" + size);
            Files.writeString(
                    note,
                    new Checkpoint(signer.key().name(), size, tree.root(size))
                            .sign(signer)
                            .toString());
            List<String> good = List.of(
                    "node",
                    script.toString(),
                    verifier.toString(),
                    signer.key().toString(),
                    note.toString(),
                    Integer.toString(index),
                    Base64.getEncoder().encodeToString(leaf(index)),
                    tree.inclusion(index, size).stream().map(Digest::hex).collect(Collectors.joining(",")));
            assertThat(output(good)).isEqualTo("ok");
            assertThat(output(with(good, 6, Base64.getEncoder().encodeToString(leaf(index + 1)))))
                    .startsWith("refused");
            assertThat(output(with(good, 5, Integer.toString(size)))).startsWith("refused");
            NoteSigner other = NoteSigner.generate("example.org/audit", new SecureRandom());
            assertThat(output(with(good, 3, other.key().toString()))).startsWith("refused");
            Path changed = directory.resolve("changed-" + size);
            Files.writeString(changed, Files.readString(note).replace("\n" + size + "\n", "\n" + (size + 1) + "\n"));
            assertThat(output(with(good, 4, changed.toString()))).startsWith("refused");
        }
    }

    private static byte[] leaf(int i) {
        return ("leaf " + i).getBytes(UTF_8);
    }

    private static List<String> with(List<String> arguments, int index, String value) {
        List<String> changed = new ArrayList<>(arguments);
        changed.set(index, value);
        return changed;
    }

    private static Path installed() {
        String modules = System.getenv("NODE_PATH");
        Path verifier = Path.of(modules == null ? "" : modules, "@sigstore", "verify");
        assumeTrue(
                Files.isRegularFile(verifier.resolve("dist/tlog/checkpoint.js")),
                "NODE_PATH leads to no @sigstore/verify");
        return verifier;
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        int exit = process.waitFor();
        assertThat(exit).as("%s: %s", command, output).isZero();
        return output;
    }
}
