package io.aios.bench;

import com.sun.management.OperatingSystemMXBean;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Verifying a package of 10,000 files beside bare loops that read and hash the same files, and beside sha256sum. Figures
 * are medians of wall time and of the whole process's CPU time; the verifier hashes on the caller's thread and the common
 * pool, so a bare loop that does the same stands beside it.
 */
public final class PackageVerification {
    private static final int FILES = 10_000;
    private static final String BARE = "bare MessageDigest loop, 1 thread";
    private static final String VERIFIER = "PackageVerifier.verify";

    private PackageVerification() {}

    private record Figure(double wallMillis, double cpuMillis) {}

    public static void main(String[] args) throws Exception {
        run(new Report(), Dose.FULL);
    }

    static void run(Report report, Dose dose) throws Exception {
        Path root = Files.createTempDirectory("aios-bench");
        try {
            Path directory = root.resolve("package");
            build().writeTo(directory);
            List<Path> files = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(directory)) {
                walk.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            contenders.put(BARE, () -> files.forEach(PackageVerification::hash));
            contenders.put(
                    "the same loop as a parallel stream",
                    () -> files.parallelStream().forEach(PackageVerification::hash));
            contenders.put(
                    VERIFIER,
                    () -> Paired.sink = PackageVerifier.verify(directory).orElseThrow());
            contenders.put("sha256sum --quiet -c SHA256SUMS", () -> sha256sum(directory));
            Map<String, List<Figure>> figures = new LinkedHashMap<>();
            int rounds = Math.max(5, dose.rounds() * 3 / 8);
            for (int round = -rounds; round < rounds; round++) {
                for (Map.Entry<String, Runnable> contender : contenders.entrySet()) {
                    Figure figure = measure(contender.getValue());
                    if (round >= 0) {
                        figures.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                                .add(figure);
                    }
                }
            }
            print(figures);
            report.atMost(
                            1.05,
                            "x",
                            "verifying 10,000 files over a bare digest loop on one thread, wall",
                            median(figures, VERIFIER) / median(figures, BARE))
                    .sides(median(figures, VERIFIER), median(figures, BARE), "ms");
        } finally {
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static Figure measure(Runnable contender) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        contender.run();
        return new Figure((System.nanoTime() - start) / 1e6, (system.getProcessCpuTime() - cpu) / 1e6);
    }

    private static void print(Map<String, List<Figure>> figures) {
        List<Figure> bare = Objects.requireNonNull(figures.get(BARE));
        double wall = median(bare, Figure::wallMillis);
        double cpu = median(bare, Figure::cpuMillis);
        figures.forEach((name, list) -> System.out.printf(
                Locale.ROOT,
                "%-36s %7.1f ms wall (%.2f) %7.1f ms CPU (%.2f)%n",
                name,
                median(list, Figure::wallMillis),
                median(list, Figure::wallMillis) / wall,
                median(list, Figure::cpuMillis),
                median(list, Figure::cpuMillis) / cpu));
        System.out.println("(sha256sum's CPU is its own process's and not shown)");
    }

    private static double median(Map<String, List<Figure>> figures, String name) {
        return median(Objects.requireNonNull(figures.get(name)), Figure::wallMillis);
    }

    private static double median(List<Figure> figures, ToDoubleFunction<Figure> of) {
        return figures.stream().mapToDouble(of).sorted().toArray()[figures.size() / 2];
    }

    private static DeploymentPackage build() {
        Random random = new Random(1);
        PackageBuilder builder = DeploymentPackage.builder(OrgId.of("benchmark"))
                .createdAt(Instant.parse("2026-01-28T07:01:52Z"))
                .createdBy("benchmark");
        for (int i = 0; i < FILES; i++) {
            StringBuilder text = new StringBuilder();
            int length = 1000 + random.nextInt(2200);
            while (text.length() < length) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            builder = builder.prompt("p" + i / 100 + "/" + i + ".md", Confidence.of(0.95), text.toString());
        }
        return builder.build();
    }

    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    });

    private static void hash(Path file) {
        try {
            MessageDigest digest = SHA256.get();
            digest.update(Files.readAllBytes(file));
            Paired.sink = digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sha256sum(Path directory) {
        try {
            int exit = new ProcessBuilder("sha256sum", "--quiet", "-c", "SHA256SUMS")
                    .directory(directory.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("sha256sum ended with " + exit);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("sha256sum did not run", e);
        }
    }
}
