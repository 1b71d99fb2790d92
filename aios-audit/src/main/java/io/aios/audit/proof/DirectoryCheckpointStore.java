package io.aios.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aios.audit.AuditException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checkpoints as files of a directory, one each, named by size. */
public final class DirectoryCheckpointStore implements CheckpointStore {
    private static final String SUFFIX = ".checkpoint";

    private final Path directory;

    /** In this directory, which is created when it is not there. */
    public DirectoryCheckpointStore(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new AuditException("checkpoint directory " + directory + " cannot be created", e);
        }
    }

    @Override
    public void keep(Checkpoint checkpoint, String note) {
        String digits = Long.toString(checkpoint.size());
        Path file = directory.resolve("0".repeat(19 - digits.length()) + digits + SUFFIX);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(note.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            if (!read(file).equals(note)) {
                throw new AuditException("another checkpoint of size " + digits + " is kept in " + file, e);
            }
        } catch (IOException e) {
            throw new AuditException("checkpoint " + file + " cannot be written", e);
        }
    }

    @Override
    public List<String> notes() {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> notes = new ArrayList<>();
            for (Path file : files.filter(f -> f.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList()) {
                notes.add(read(file));
            }
            return notes;
        } catch (IOException e) {
            throw new AuditException("checkpoint directory " + directory + " cannot be read", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new AuditException("checkpoint " + file + " cannot be read", e);
        }
    }
}
