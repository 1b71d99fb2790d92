package io.aios.onboarding.pack;

import com.google.errorprone.annotations.MustBeClosed;
import io.aios.trace.json.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Walks a package directory once and hashes what is there, following no link.
 *
 * <p>Where the system offers it, every name is opened relative to its already opened folder, so a folder swapped for a
 * link in between leads nowhere.
 */
final class DirectoryScan {
    private static final int BUFFER = 64 << 10;
    private static final int MAX_DEPTH = 8;
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_FILE = 0100000;
    private static final int TYPE_FOLDER = 0040000;
    private static final Scanned UNHASHED = new Scanned(0, Digest.sha256());

    record Scanned(long size, Digest digest) {}

    private enum Kind {
        FILE,
        SHARED,
        FOLDER,
        OTHER
    }

    private final Path root;
    private final boolean countsNames;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final MessageDigest sha256;
    final SortedMap<String, Scanned> files = new TreeMap<>();
    final SortedMap<String, byte[]> index = new TreeMap<>();
    final List<Finding> findings = new ArrayList<>();

    private DirectoryScan(Path root) {
        this.root = root;
        this.countsNames = root.getFileSystem().supportedFileAttributeViews().contains("unix");
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static DirectoryScan of(Path root) throws IOException {
        DirectoryScan scan = new DirectoryScan(root);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            scan.folder(entries, "", 1);
        }
        return scan;
    }

    private void folder(DirectoryStream<Path> entries, String prefix, int depth) throws IOException {
        boolean empty = true;
        for (Path entry : entries) {
            empty = false;
            Path name = entry.getFileName();
            if (name != null) {
                entry(entries, prefix, name, depth);
            }
        }
        if (empty && !prefix.isEmpty()) {
            String folder = prefix.substring(0, prefix.length() - 1);
            add(Finding.Kind.EXTRA, folder, "the folder " + PortablePath.quoted(folder) + " is empty; remove it");
        }
    }

    private void entry(DirectoryStream<Path> parent, String prefix, Path name, int depth) throws IOException {
        String path = prefix + name;
        String problem = PortablePath.problem(path);
        if (problem != null) {
            String shown = PortablePath.quoted(path);
            findings.add(new Finding(Finding.Kind.NAME, shown, null, null, "file name " + shown + " " + problem));
            return;
        }
        if (files.size() > PackageLayout.MAX_FILES) {
            throw new PackageException("the package has more than " + PackageLayout.MAX_FILES + " files");
        }
        Kind kind = kind(parent, path, name);
        if (kind == Kind.FOLDER && depth < MAX_DEPTH) {
            try (DirectoryStream<Path> entries = open(parent, path, name)) {
                folder(entries, path + "/", depth + 1);
            }
        } else if (kind == Kind.SHARED) {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " has a second name (hard link)");
        } else if (kind == Kind.FILE) {
            file(parent, path, name);
        } else {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " is a link or another thing than a file");
        }
    }

    private void file(DirectoryStream<Path> parent, String path, Path name) throws IOException {
        boolean unhashed = PackageLayout.UNHASHED.contains(path) || path.startsWith(PackageLayout.ATTESTATIONS);
        if (path.equals(PackageLayout.MANIFEST) || path.equals(Checksums.FILE)) {
            try (SeekableByteChannel channel = channel(parent, path, name)) {
                index.put(path, readAll(path, channel));
            }
        }
        if (unhashed) {
            files.put(path, UNHASHED);
            return;
        }
        try (SeekableByteChannel channel = channel(parent, path, name)) {
            long read = 0;
            for (int count = fill(channel); count >= 0; count = fill(channel)) {
                sha256.update(buffer.array(), 0, count);
                read += count;
            }
            files.put(path, new Scanned(read, Digest.of(sha256.digest())));
        }
    }

    private int fill(SeekableByteChannel channel) throws IOException {
        return channel.read(buffer.clear());
    }

    private byte[] readAll(String path, SeekableByteChannel channel) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int count = fill(channel); count >= 0; count = fill(channel)) {
            bytes.write(buffer.array(), 0, count);
            if (bytes.size() > PackageLayout.MAX_INDEX) {
                throw new PackageException(PortablePath.quoted(path) + " is larger than " + PackageLayout.MAX_INDEX);
            }
        }
        return bytes.toByteArray();
    }

    @MustBeClosed
    private DirectoryStream<Path> open(DirectoryStream<Path> parent, String path, Path name) throws IOException {
        SecureDirectoryStream<Path> secure = secure(parent);
        if (secure != null) {
            return secure.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
        return Files.newDirectoryStream(root.resolve(path));
    }

    private SeekableByteChannel channel(DirectoryStream<Path> parent, String path, Path name) throws IOException {
        SecureDirectoryStream<Path> secure = secure(parent);
        return secure != null ? secure.newByteChannel(name, READ) : Files.newByteChannel(root.resolve(path), READ);
    }

    /** On Unix one look tells everything, the number of names included. */
    private Kind kind(DirectoryStream<Path> parent, String path, Path name) throws IOException {
        if (countsNames) {
            Map<String, Object> unix =
                    Files.readAttributes(root.resolve(path), "unix:mode,nlink", LinkOption.NOFOLLOW_LINKS);
            int type = unix.get("mode") instanceof Integer mode ? mode & TYPE_MASK : 0;
            if (type == TYPE_FILE) {
                return Integer.valueOf(1).equals(unix.get("nlink")) ? Kind.FILE : Kind.SHARED;
            }
            return type == TYPE_FOLDER ? Kind.FOLDER : Kind.OTHER;
        }
        SecureDirectoryStream<Path> secure = secure(parent);
        BasicFileAttributes attributes = secure != null
                ? secure.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes()
                : Files.readAttributes(root.resolve(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile() ? Kind.FILE : attributes.isDirectory() ? Kind.FOLDER : Kind.OTHER;
    }

    private static @Nullable SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
        return stream instanceof SecureDirectoryStream<Path> secure ? secure : null;
    }

    private void add(Finding.Kind kind, String path, String message) {
        findings.add(new Finding(kind, path, null, null, message));
    }
}
