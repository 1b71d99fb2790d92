package io.aios.example.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder that a program may empty, because it made it: it holds the program's mark. */
public final class OwnFolder {
    private OwnFolder() {}

    /**
     * Makes a folder the program's own.
     *
     * @param program a name for the mark
     * @throws IllegalArgumentException if it is a file, or holds something and not the mark
     */
    public static void claim(Path folder, String program) {
        Path mark = folder.resolve(".written-by-" + program);
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("not a folder: " + folder.toAbsolutePath());
            }
            Files.createDirectories(folder);
            if (Files.exists(mark)) {
                return;
            }
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new IllegalArgumentException("not empty, and not written by " + program
                            + ", which would delete what is in it: " + folder.toAbsolutePath());
                }
            }
            Files.createFile(mark);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be written to: " + folder.toAbsolutePath(), e);
        }
    }

    /** An empty folder inside a folder of the program's own, where perhaps one of an earlier run stood. */
    public static Path fresh(Path folder) {
        try {
            if (Files.exists(folder)) {
                delete(folder);
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be emptied: " + folder.toAbsolutePath(), e);
        }
    }

    /** Deletes a folder and all that is in it. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
