package io.aios.certify;

import io.aios.example.servers.OwnFolder;
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
            OwnFolder.delete(folder);
        }
    }
}
