package io.aios.trace;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Data written by others, read when it stands beside the project. */
public final class Vectors {
    private Vectors() {}

    /** The bytes of a vector file; the test is skipped, with the reason, when it is not there. */
    public static byte[] bytes(String relative) {
        Path file =
                Path.of(System.getProperty("aios.vectors", "../shared/vectors")).resolve(relative);
        assumeTrue(Files.exists(file), () -> "no vectors at " + file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
