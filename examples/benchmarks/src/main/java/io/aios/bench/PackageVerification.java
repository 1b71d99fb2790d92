package io.aios.bench;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/** Verifying a package of 10,000 files beside a bare loop of reading and hashing them, and beside sha256sum. */
public final class PackageVerification {
    private static final int FILES = 10_000;

    private PackageVerification() {}

    public static void main(String[] args) throws Exception {
        Path root = Files.createTempDirectory("aios-bench");
        try {
            Path directory = root.resolve("package");
            build().writeTo(directory);
            List<Path> files = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(directory)) {
                walk.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
            List<Paired.Timing> timings = Paired.of(9, 1)
                    .add("bare MessageDigest loop over the same files", () -> hash(files))
                    .add(
                            "PackageVerifier.verify",
                            () -> PackageVerifier.verify(directory).orElseThrow())
                    .run();
            timings.forEach(System.out::println);
            System.out.printf(
                    Locale.ROOT, "ratio of medians %.3f%n", timings.get(1).over(timings.get(0)));
            System.out.printf(Locale.ROOT, "sha256sum -c SHA256SUMS: %.0f ms wall%n", sha256sum(directory));
        } finally {
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
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

    private static byte[] hash(List<Path> files) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] last = new byte[0];
        for (Path file : files) {
            digest.update(Files.readAllBytes(file));
            last = digest.digest();
        }
        return last;
    }

    private static double sha256sum(Path directory) throws InterruptedException {
        long start = System.nanoTime();
        try {
            int exit = new ProcessBuilder("sha256sum", "--quiet", "-c", "SHA256SUMS")
                    .directory(directory.toFile())
                    .start()
                    .waitFor();
            return exit == 0 ? (System.nanoTime() - start) / 1e6 : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
