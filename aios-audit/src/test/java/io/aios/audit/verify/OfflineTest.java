package io.aios.audit.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.proof.NoteKey;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OfflineTest {
    /** What the other process runs: {@code FILE VKEY}. */
    static final class Auditor {
        private Auditor() {}

        public static void main(String[] args) throws Exception {
            for (String absent :
                    List.of("org.jdbi.v3.core.Jdbi", "com.zaxxer.hikari.HikariDataSource", "org.postgresql.Driver")) {
                try {
                    Class.forName(absent);
                    throw new IllegalStateException(absent + " is on the class path");
                } catch (ClassNotFoundException e) {
                    System.out.println("without " + absent);
                }
            }
            NoteKey key =
                    NoteKey.parse(Files.readString(Path.of(args[1]), UTF_8).strip());
            System.out.println(EvidenceVerifier.verify(Path.of(args[0]), key));
        }
    }

    @Test
    void evidenceIsVerifiedWithoutPoolDriverOrJdbi() throws Exception {
        String everything =
                System.getProperty("java.class.path") + File.pathSeparator + System.getProperty("jdk.module.path", "");
        String all = Arrays.stream(everything.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty()
                        && !entry.contains("jdbi")
                        && !entry.contains("HikariCP")
                        && !entry.contains("postgres"))
                .collect(Collectors.joining(File.pathSeparator));
        Path vectors = Path.of("..", "docs", "spec", "vectors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        all,
                        Auditor.class.getName(),
                        vectors.resolve("evidence.jsonl").toString(),
                        vectors.resolve("evidence.vkey").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("without org.postgresql.Driver").contains("Proven[org=cleveland-gov");
    }
}
