package io.aios.onboarding.pack;

import com.google.errorprone.annotations.MustBeClosed;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks a package directory once and hashes what is there, following no link and opening each file once.
 *
 * <p>Where the system offers it, every name is opened relative to its already opened folder, so a folder swapped for a
 * link in between leads nowhere. The files of a large folder are hashed by several threads, each with one buffer.
 */
final class DirectoryScan {
    private static final int MAX_DEPTH = 8;
    /** Below this many names a folder is not worth a second thread. */
    private static final int MANY = 32;

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

    private final boolean countsNames;
    private final Queue<FileHasher> hashers = new ConcurrentLinkedQueue<>();
    private int names;
    final SortedMap<String, Scanned> files = new TreeMap<>();
    /** The bytes of {@code manifest.json} and {@code SHA256SUMS}, as hashed. */
    final SortedMap<String, byte[]> index = new TreeMap<>();

    /** What they say; read from when they are there, beside the walk through the folders. */
    CompletableFuture<Listing> listing = Listing.of(index);

    final List<Finding> findings = new ArrayList<>();

    private DirectoryScan(Path root) {
        this.countsNames = root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    static DirectoryScan of(Path root) throws IOException {
        DirectoryScan scan = new DirectoryScan(root);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            List<Entry> found = scan.look(entries, "");
            for (Entry entry : found) {
                if (entry.read != null) {
                    scan.index.put(entry.path, entry.read);
                }
            }
            scan.listing = Listing.of(scan.index);
            for (Entry entry : found) {
                scan.take(entry, 1);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return scan;
    }

    private List<Entry> look(DirectoryStream<Path> entries, String prefix) {
        List<Entry> found = new ArrayList<>();
        for (Path path : entries) {
            Path name = path.getFileName();
            if (name != null) {
                found.add(new Entry(entries, path, name, prefix + name));
            }
            if (++names > PackageLayout.MAX_FILES) {
                throw new PackageException("the package has more than " + PackageLayout.MAX_FILES + " files");
            }
        }
        Stream<Entry> work = found.size() < MANY ? found.stream() : found.parallelStream();
        work.forEach(Entry::look);
        return found;
    }

    private void folder(DirectoryStream<Path> entries, String prefix, int depth) throws IOException {
        List<Entry> found = look(entries, prefix);
        if (found.isEmpty()) {
            String folder = prefix.substring(0, prefix.length() - 1);
            add(Finding.Kind.EXTRA, folder, "the folder " + PortablePath.quoted(folder) + " is empty; remove it");
        }
        for (Entry entry : found) {
            take(entry, depth);
        }
    }

    private void take(Entry entry, int depth) throws IOException {
        String path = entry.path;
        if (entry.problem != null) {
            String shown = PortablePath.quoted(path);
            findings.add(new Finding(Finding.Kind.NAME, shown, null, null, "file name " + shown + " " + entry.problem));
        } else if (entry.kind == Kind.FOLDER && depth < MAX_DEPTH) {
            try (DirectoryStream<Path> entries = open(entry)) {
                folder(entries, path + "/", depth + 1);
            }
        } else if (entry.kind == Kind.SHARED) {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " has a second name (hard link)");
        } else if (entry.kind == Kind.FILE) {
            files.put(path, entry.scanned);
        } else {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " is a link or another thing than a file");
        }
    }

    @MustBeClosed
    private static DirectoryStream<Path> open(Entry entry) throws IOException {
        SecureDirectoryStream<Path> secure = entry.secure();
        return secure != null
                ? secure.newDirectoryStream(entry.name, LinkOption.NOFOLLOW_LINKS)
                : Files.newDirectoryStream(entry.whole);
    }

    private void add(Finding.Kind kind, String path, String message) {
        findings.add(new Finding(kind, path, null, null, message));
    }

    /** One name of an open folder; looked at by one thread, then taken by the walking one. */
    private final class Entry {
        private final DirectoryStream<Path> parent;
        private final Path whole;
        private final Path name;
        private final String path;
        private @Nullable String problem;
        private Kind kind = Kind.OTHER;
        private long size;
        private Scanned scanned = UNHASHED;
        private byte @Nullable [] read;

        Entry(DirectoryStream<Path> parent, Path whole, Path name, String path) {
            this.parent = parent;
            this.whole = whole;
            this.name = name;
            this.path = path;
        }

        void look() {
            problem = PortablePath.problem(path);
            if (problem != null) {
                return;
            }
            try {
                kind = kind();
                if (kind == Kind.FILE) {
                    hash();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void hash() throws IOException {
            boolean indexed = path.equals(PackageLayout.MANIFEST) || path.equals(Checksums.FILE);
            boolean unhashed = PackageLayout.UNHASHED.contains(path) || path.startsWith(PackageLayout.ATTESTATIONS);
            if (unhashed && !indexed) {
                return;
            }
            FileHasher borrowed = hashers.poll();
            FileHasher hasher = borrowed == null ? new FileHasher() : borrowed;
            try (SeekableByteChannel channel = channel()) {
                if (indexed) {
                    read = hasher.read(path, channel, PackageLayout.MAX_INDEX);
                    scanned = new Scanned(read.length, Digest.sha256(read));
                } else {
                    scanned = hasher.hash(channel, size);
                }
            }
            hashers.add(hasher);
        }

        @MustBeClosed
        private SeekableByteChannel channel() throws IOException {
            SecureDirectoryStream<Path> secure = secure();
            return secure != null ? secure.newByteChannel(name, READ) : Files.newByteChannel(whole, READ);
        }

        /** On Unix one look tells everything, the number of names included. */
        private Kind kind() throws IOException {
            if (countsNames) {
                Map<String, Object> unix =
                        Files.readAttributes(whole, "unix:mode,nlink,size", LinkOption.NOFOLLOW_LINKS);
                size = unix.get("size") instanceof Long bytes ? bytes : 0;
                int type = unix.get("mode") instanceof Integer mode ? mode & TYPE_MASK : 0;
                if (type == TYPE_FILE) {
                    return Integer.valueOf(1).equals(unix.get("nlink")) ? Kind.FILE : Kind.SHARED;
                }
                return type == TYPE_FOLDER ? Kind.FOLDER : Kind.OTHER;
            }
            SecureDirectoryStream<Path> secure = secure();
            BasicFileAttributes attributes = secure != null
                    ? secure.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .readAttributes()
                    : Files.readAttributes(whole, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            size = attributes.size();
            return attributes.isRegularFile() ? Kind.FILE : attributes.isDirectory() ? Kind.FOLDER : Kind.OTHER;
        }

        private @Nullable SecureDirectoryStream<Path> secure() {
            return parent instanceof SecureDirectoryStream<Path> opened ? opened : null;
        }
    }
}
