package io.aios.onboarding.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Puts a package on disk, never over something that is there. */
final class PackageWriter {
    private PackageWriter() {}

    static void write(Path directory, SortedMap<String, byte[]> files, byte[] checksums) {
        try {
            requireEmpty(directory);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = directory.resolve(file.getKey());
                Path parent = target.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.write(target, file.getValue(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
            Files.write(
                    directory.resolve(Checksums.FILE),
                    checksums,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new PackageException("cannot write the package to " + directory + ": " + e, e);
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new PackageException("cannot write the package to " + directory + ": it is not empty");
                }
            }
        } else {
            Files.createDirectories(directory);
        }
    }
}
