package io.aios.certify;

import io.aios.example.servers.OwnFolder;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs every check against a host and writes a review pack.
 *
 * <p>Exit code 0 when every required check of the groups that ran passed and none failed, 1 otherwise, 2 when the
 * options are wrong.
 */
public final class Certify {
    private static final String USAGE =
            "options: --host CLASS (default: everything embedded)  --classpath JAR[:FOLDER...] (where that class is)"
                    + "  --only GROUP[,GROUP]  --out FOLDER (default target/certify)";

    private Certify() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    static int run(List<String> args, PrintStream out) {
        String hostClass = EmbeddedHost.class.getName();
        List<Path> classPath = List.of();
        Set<String> only = Set.of();
        Path folder = Path.of("target", "certify");
        try {
            for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
                String option = rest.next();
                switch (option) {
                    case "--host" -> hostClass = value(option, rest);
                    case "--classpath" -> classPath = paths(value(option, rest));
                    case "--only" ->
                        only = new TreeSet<>(List.of(value(option, rest).split(",")));
                    case "--out" -> folder = Path.of(value(option, rest));
                    default -> throw new IllegalArgumentException("unknown option " + option);
                }
            }
            OwnFolder.claim(folder, "certify");
            return certify(load(hostClass, classPath), only, folder, out);
        } catch (IllegalArgumentException | ClassNotFoundException | ClassCastException | LinkageError e) {
            String what = e instanceof ClassNotFoundException ? "no class " + e.getMessage() : e.getMessage();
            out.println(what + "; " + USAGE);
            return 2;
        }
    }

    /** The loader stays open as long as the program runs: the host loads its classes through it at any time. */
    private static Class<? extends Host> load(String name, List<Path> classPath) throws ClassNotFoundException {
        ClassLoader ours = Certify.class.getClassLoader();
        ClassLoader loader = classPath.isEmpty()
                ? ours
                : new URLClassLoader(classPath.stream().map(Certify::url).toArray(URL[]::new), ours);
        return Class.forName(name, true, loader).asSubclass(Host.class);
    }

    private static List<Path> paths(String classPath) {
        List<Path> paths =
                Stream.of(classPath.split(File.pathSeparator)).map(Path::of).toList();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("--classpath names what is not there: " + path.toAbsolutePath());
            }
        }
        return paths;
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("no class path entry: " + path, e);
        }
    }

    private static int certify(Class<? extends Host> type, Set<String> only, Path folder, PrintStream out) {
        try (Host host = open(type)) {
            List<Group> all = Group.of(host);
            List<Group> chosen = all.stream()
                    .filter(group -> only.isEmpty() || only.contains(group.id()))
                    .toList();
            if (chosen.size() < Math.max(1, only.size())) {
                throw new IllegalArgumentException(
                        "--only takes " + all.stream().map(Group::id).collect(Collectors.joining(", ")));
            }
            List<String> left = all.stream()
                    .filter(group -> !chosen.contains(group))
                    .map(Group::id)
                    .toList();
            Certification certification = Certification.run(chosen, left, result -> Table.failures(result, out));
            if (certification.passed()) {
                var unused = OneDecision.produce(host, OwnFolder.fresh(folder.resolve("decision")));
            }
            return report(certification, type, folder, out);
        } catch (IOException e) {
            throw new UncheckedIOException("the evidence cannot be written to " + folder, e);
        }
    }

    /** Prints and writes; the exit code. */
    static int report(Certification certification, Class<? extends Host> type, Path folder, PrintStream out) {
        Table.print(certification, out);
        try {
            new ReviewPack(certification, type.getName()).write(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the review pack cannot be written to " + folder, e);
        }
        out.println("Written to " + folder + ": certification.json, review-pack.md, decision");
        out.println(certification.verdict());
        return certification.passed() ? 0 : 1;
    }

    private static Host open(Class<? extends Host> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    type.getName() + " needs a public constructor without arguments that works", e);
        }
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.next();
    }
}
