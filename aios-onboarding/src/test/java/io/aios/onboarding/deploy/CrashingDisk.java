package io.aios.onboarding.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A disk on which the process dies at the n-th change: just before it, in the middle of its bytes, or just after it.
 * After that nothing more is written, as of a killed process.
 */
final class CrashingDisk extends Disk {
    enum Where {
        BEFORE,
        INSIDE,
        AFTER
    }

    /** The end of the simulated process. */
    static final class Killed extends IOException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed");
        }
    }

    private final int at;
    private final Where where;
    int changes;
    int placed;

    CrashingDisk(int at, Where where) {
        this.at = at;
        this.where = where;
    }

    static CrashingDisk never() {
        return new CrashingDisk(-1, Where.BEFORE);
    }

    @Override
    void replace(Path file, byte[] bytes) throws IOException {
        change(
                () -> {
                    Path next = file.resolveSibling(file.getFileName() + ".next");
                    Files.write(next, bytes);
                    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                },
                () -> Files.write(
                        file.resolveSibling(file.getFileName() + ".next"), Arrays.copyOf(bytes, bytes.length / 2)));
    }

    @Override
    void place(Path scratch, Path file, byte[] bytes) throws IOException {
        change(
                () -> {
                    placed++;
                    Files.write(scratch, bytes);
                    Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                },
                () -> Files.write(scratch, Arrays.copyOf(bytes, bytes.length / 2)));
    }

    @Override
    void append(Path file, byte[] bytes) throws IOException {
        change(() -> append(file, bytes, bytes.length), () -> append(file, bytes, bytes.length / 2));
    }

    private static void append(Path file, byte[] bytes, int length) throws IOException {
        Files.write(
                file,
                Arrays.copyOf(bytes, length),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    void truncate(Path file, long size) throws IOException {
        change(() -> super.truncate(file, size), () -> {});
    }

    @Override
    void delete(Path file) throws IOException {
        change(
                () -> {
                    placed++;
                    Files.delete(file);
                },
                () -> {});
    }

    private void change(Change whole, Change half) throws IOException {
        if (at >= 0 && changes > at) {
            throw new Killed();
        }
        boolean now = changes++ == at;
        if (now && where == Where.INSIDE) {
            half.run();
        }
        if (now && where != Where.AFTER) {
            throw new Killed();
        }
        whole.run();
        if (now) {
            throw new Killed();
        }
    }

    private interface Change {
        void run() throws IOException;
    }
}
