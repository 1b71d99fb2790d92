package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.testing.Fixtures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package hash as a program in another language computes it from the files alone. */
class ForeignHashTest {
    private static final Path GO_PACKAGES = Path.of("/usr/share/gocode");

    @TempDir
    Path temp;

    @Test
    void theHashIsGosDirhashOfTheHashedFiles() throws Exception {
        Path root = temp.resolve("package");
        DeploymentPackage built = Fixtures.cleveland()
                .prompt("hr/system.md", Confidence.of(0.99), "You help.\n")
                .prompt("hr-b/a.md", Confidence.of(0.99), "A hyphen sorts before a slash.\n")
                .prompt("HR2.md", Confidence.of(0.99), "")
                .golden("empty", new byte[0])
                .build();
        built.writeTo(root);
        Path go = compiled();
        String hash = printed(new ProcessBuilder(go.toString(), root.toString()));
        assertThat(hash).isEqualTo(built.hash().hex());

        Path attestations = Files.createDirectory(root.resolve("attestations"));
        Files.writeString(attestations.resolve("note.json"), "{}");
        assertThat(printed(new ProcessBuilder(go.toString(), root.toString()))).isEqualTo(hash);
        Files.move(root.resolve("prompts/HR2.md"), root.resolve("prompts/HR3.md"));
        assertThat(printed(new ProcessBuilder(go.toString(), root.toString()))).isNotEqualTo(hash);
    }

    private Path compiled() throws Exception {
        assumeTrue(
                Files.isDirectory(GO_PACKAGES.resolve("src/golang.org/x/mod/sumdb/dirhash")),
                "golang-golang-x-mod-dev is not here");
        Path source = temp.resolve("hash.go");
        try (InputStream in = ForeignHashTest.class.getResourceAsStream("/go/hash.go")) {
            Files.write(source, Objects.requireNonNull(in).readAllBytes());
        }
        Path program = temp.resolve("hash");
        ProcessBuilder builder = new ProcessBuilder("go", "build", "-o", program.toString(), source.toString());
        builder.environment()
                .putAll(Map.of(
                        "GO111MODULE", "off",
                        "GOPATH", GO_PACKAGES.toString(),
                        "GOCACHE", temp.resolve("cache").toString(),
                        "GOFLAGS", "",
                        "GOPROXY", "off"));
        try {
            assertThat(printed(builder)).isEmpty();
        } catch (IOException e) {
            assumeTrue(false, "go is not here: " + e.getMessage());
        }
        return program;
    }

    private static String printed(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
