package io.aios.certify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that a check works in and that are gone afterwards. */
final class Folders {
    /** Work in a folder. */
    @FunctionalInterface
    interface Work {
        void in(Path folder) throws Exception;
    }

    private Folders() {}

    static void with(Work work) throws Exception {
        Path folder = Files.createTempDirectory("aios-certify");
        try {
            work.in(folder);
        } finally {
            delete(folder);
        }
    }

    /** An empty folder where perhaps one of an earlier run stood. */
    static Path fresh(Path folder) throws IOException {
        if (Files.exists(folder)) {
            delete(folder);
        }
        return Files.createDirectories(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
