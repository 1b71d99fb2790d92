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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Walks a package directory once and hashes what is there, following no link and opening each file once.
 *
 * <p>Where the system offers it, every name is opened relative to its already opened folder, so a folder swapped for a
 * link in between leads nowhere. Folders, and the parts of a large one, are looked at by several threads, each with one
 * buffer.
 */
final class DirectoryScan {
    /** So many names of one folder are looked at in one go. */
    private static final int PART = 128;

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
    private final AtomicInteger names = new AtomicInteger();
    final Map<String, Scanned> files = new HashMap<>();
    /** The bytes of {@code manifest.json} and {@code SHA256SUMS}, as hashed. */
    final Map<String, byte[]> index = new HashMap<>();

    /** What they say; read from when they are there, beside the walk through the folders. */
    CompletableFuture<Listing> listing = Listing.of(index);

    final List<Finding> findings = new ArrayList<>();
    /** Whether two names of a folder are one where case is ignored. */
    volatile boolean twins;

    private DirectoryScan(Path root) {
        this.countsNames = root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    static DirectoryScan of(Path root) throws IOException {
        DirectoryScan scan = new DirectoryScan(root);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            List<Entry> found = scan.list(entries, "");
            scan.lookAt(found);
            for (Entry entry : found) {
                if (entry.read != null) {
                    scan.index.put(entry.path, entry.read);
                }
            }
            scan.listing = Listing.of(scan.index);
            scan.take(found);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return scan;
    }

    private List<Entry> list(DirectoryStream<Path> entries, String prefix) {
        List<Entry> found = new ArrayList<>();
        Set<String> folded = new HashSet<>();
        for (Path path : entries) {
            Path name = path.getFileName();
            if (name != null) {
                found.add(new Entry(entries, path, name, prefix + name));
                if (!folded.add(name.toString().toLowerCase(Locale.ROOT))) {
                    twins = true;
                }
            }
            if (names.incrementAndGet() > PackageLayout.MAX_FILES) {
                throw new PackageException("the package has more than " + PackageLayout.MAX_FILES + " files");
            }
        }
        return found;
    }

    private void lookAt(List<Entry> found) {
        List<Runnable> parts = new ArrayList<>();
        for (int from = 0; from < found.size(); from += PART) {
            List<Entry> part = found.subList(from, Math.min(from + PART, found.size()));
            parts.add(() -> {
                FileHasher borrowed = hashers.poll();
                FileHasher hasher = borrowed == null ? new FileHasher() : borrowed;
                part.forEach(entry -> entry.look(hasher));
                hashers.add(hasher);
            });
        }
        runAll(parts);
    }

    /** By this thread and those of the common pool. */
    private static void runAll(List<Runnable> parts) {
        if (parts.size() == 1) {
            parts.get(0).run();
        } else {
            ForkJoinTask.invokeAll(parts.stream().map(ForkJoinTask::adapt).toList());
        }
    }

    /** Takes what was found, folders last; what is too deep has no portable name and is not opened. */
    private void take(List<Entry> found) {
        List<Runnable> folders = new ArrayList<>();
        synchronized (this) {
            for (Entry entry : found) {
                if (entry.problem == null && entry.kind == Kind.FOLDER) {
                    folders.add(() -> folder(entry));
                } else {
                    take(entry);
                }
            }
        }
        runAll(folders);
    }

    private void take(Entry entry) {
        String path = entry.path;
        if (entry.problem != null) {
            String shown = PortablePath.quoted(path);
            findings.add(new Finding(Finding.Kind.NAME, shown, null, null, "file name " + shown + " " + entry.problem));
        } else if (entry.kind == Kind.SHARED) {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " has a second name (hard link)");
        } else if (entry.kind == Kind.FILE) {
            files.put(path, entry.scanned);
        } else {
            add(Finding.Kind.NOT_A_FILE, path, PortablePath.quoted(path) + " is a link or another thing than a file");
        }
    }

    private void folder(Entry entry) {
        String path = entry.path;
        try (DirectoryStream<Path> entries = open(entry)) {
            List<Entry> found = list(entries, path + "/");
            lookAt(found);
            if (found.isEmpty()) {
                synchronized (this) {
                    add(Finding.Kind.EXTRA, path, "the folder " + PortablePath.quoted(path) + " is empty; remove it");
                }
            }
            take(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

        void look(FileHasher hasher) {
            problem = PortablePath.problem(path);
            if (problem != null) {
                return;
            }
            try {
                kind = kind();
                if (kind == Kind.FILE) {
                    hash(hasher);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void hash(FileHasher hasher) throws IOException {
            boolean indexed = path.equals(PackageLayout.MANIFEST) || path.equals(Checksums.FILE);
            boolean unhashed = PackageLayout.UNHASHED.contains(path) || path.startsWith(PackageLayout.ATTESTATIONS);
            if (unhashed && !indexed) {
                return;
            }
            try (SeekableByteChannel channel = channel()) {
                if (indexed) {
                    read = hasher.read(path, channel, PackageLayout.MAX_INDEX);
                    scanned = new Scanned(read.length, Digest.sha256(read));
                } else {
                    scanned = hasher.hash(channel, size);
                }
            }
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
