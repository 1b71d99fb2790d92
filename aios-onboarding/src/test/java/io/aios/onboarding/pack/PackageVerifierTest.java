package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.testing.ChildJvm;
import io.aios.onboarding.testing.Fixtures;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageVerifierTest {
    private static final int STEP = Boolean.getBoolean("aios.slow") ? 1 : 11;

    @TempDir
    Path temp;

    private Path root;
    private DeploymentPackage built;

    @BeforeEach
    void write() {
        root = temp.resolve("package");
        built = Fixtures.cleveland()
                .prompt("hr/system.md", Confidence.of(0.99), "You help.\nBe brief.\n")
                .build();
        built.writeTo(root);
    }

    @Test
    void aPackageComesBackAsItWasBuilt() {
        VerifiedPackage verified = PackageVerifier.verify(root).orElseThrow();

        assertThat(verified.hash()).isEqualTo(built.hash());
        assertThat(verified.manifest()).isEqualTo(built.manifest());
        assertThat(verified.paths()).isEqualTo(built.paths());
        assertThat(verified.text("prompts/hr/system.md")).isEqualTo("You help.\nBe brief.\n");
        assertThat(verified.document("agents/hr_agent.yaml")).containsEntry("name", "hr_agent");
    }

    /** Attack 7: names are sorted by their bytes, as {@code LC_ALL=C sort} does. */
    @Test
    void theHashIsWhatCoreutilsPrint() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/sha256sum")), "sha256sum is not here");
        String script = "sha256sum --quiet -c SHA256SUMS && sha256sum SHA256SUMS"
                + " && find agents policies prompts manifest.json -type f -print0 | LC_ALL=C sort -z"
                + " | xargs -0 sha256sum | sha256sum";
        Process process =
                new ProcessBuilder("sh", "-c", script).directory(root.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(out)
                .isEqualTo(built.hash().hex() + "  SHA256SUMS\n" + built.hash().hex() + "  -\n");
    }

    /** Attacks 10 and 11: converted line endings are said as such, and still fail. */
    @Test
    void everyFindingIsReportedAtOnce() throws Exception {
        Files.writeString(root.resolve("agents/extra.yaml"), "a: b\n");
        Files.delete(root.resolve("agents/hr_agent.yaml"));
        Files.move(root.resolve("policies/cost_optimization.yaml"), root.resolve("policies/moved.yaml"));
        Files.writeString(root.resolve("prompts/hr/system.md"), "You help.\r\nBe brief.\r\n");
        Files.writeString(root.resolve("agents/building_agent.yaml"), "x", java.nio.file.StandardOpenOption.APPEND);

        assertThat(findings())
                .extracting(Finding::kind, Finding::file)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.EXTRA, "agents/extra.yaml"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.MISSING, "agents/hr_agent.yaml"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.RENAMED, "policies/cost_optimization.yaml"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.LINE_ENDINGS, "prompts/hr/system.md"),
                        org.assertj.core.groups.Tuple.tuple(Finding.Kind.CHANGED, "agents/building_agent.yaml"));
    }

    /** Attack 13: the hash binds names, not only bytes. */
    @Test
    void swappingTwoFilesOfEqualLengthIsFound() throws Exception {
        Path a = root.resolve("agents/hr_agent.yaml");
        Path b = root.resolve("agents/building_agent.yaml");
        byte[] bytes = Files.readAllBytes(a);
        Files.write(a, Files.readAllBytes(b));
        Files.write(b, bytes);

        assertThat(findings())
                .extracting(Finding::file)
                .containsExactly("agents/building_agent.yaml", "agents/hr_agent.yaml");
    }

    /** Attack 4: links, second names and pipes. */
    @Test
    void linksAndPipesAreNotFilesAndAreNeverOpened() throws Exception {
        Files.createSymbolicLink(root.resolve("agents/link.yaml"), root.resolve("agents/hr_agent.yaml"));
        Files.createSymbolicLink(root.resolve("golden"), root.resolve("agents"));
        Files.createLink(root.resolve("policies/twin.yaml"), root.resolve("policies/cost_optimization.yaml"));
        assumeTrue(
                new ProcessBuilder("mkfifo", root.resolve("prompts/pipe").toString())
                                .start()
                                .waitFor()
                        == 0,
                "no mkfifo");

        assertThat(findings())
                .filteredOn(f -> f.kind() == Finding.Kind.NOT_A_FILE)
                .extracting(Finding::file)
                .containsExactly(
                        "agents/link.yaml",
                        "golden",
                        "policies/cost_optimization.yaml",
                        "policies/twin.yaml",
                        "prompts/pipe");
    }

    /** Attacks 2 and 8: device names, streams, newlines and backslashes in names. */
    @Test
    void namesThatAreNotPortableAreRefused() throws Exception {
        List<String> names = List.of(
                "nul.yaml",
                "COM1.yaml",
                ".hidden.yaml",
                "a b.yaml",
                "-rf.yaml",
                "a:b.yaml",
                "new\nline.yaml",
                "back\\slash.yaml",
                "dot.",
                "aux");
        for (String name : names) {
            Files.writeString(root.resolve("agents").resolve(name), "x");
        }
        assertThat(findings()).filteredOn(f -> f.kind() == Finding.Kind.NAME).hasSize(names.size());
    }

    /** Attack 5: names that are one where case is ignored. */
    @Test
    void namesThatAreOneWhereCaseIsIgnoredAreRefused() throws Exception {
        Files.writeString(root.resolve("agents/HR_agent.yaml"), "x");

        assertThat(findings()).extracting(Finding::kind).contains(Finding.Kind.NAME);
    }

    /** Attack 5: folders too, and a file that a folder is named like. */
    @Test
    void foldersThatAreOneWhereCaseIsIgnoredAreRefused() throws Exception {
        Files.createDirectory(root.resolve("prompts/HR"));
        Files.writeString(root.resolve("prompts/HR/other.md"), "x");
        Files.writeString(root.resolve("Agents"), "x");

        assertThat(findings())
                .filteredOn(finding -> finding.kind() == Finding.Kind.NAME)
                .extracting(Finding::message)
                .anyMatch(message -> message.contains("\"prompts/HR\""))
                .anyMatch(message -> message.contains("\"Agents\""));
    }

    /** Attack 2: names and depths that some system cannot hold. */
    @Test
    void namesThatAreTooLongOrTooDeepAreRefusedWithoutBeingOpened() throws Exception {
        Files.writeString(root.resolve("prompts/" + "a".repeat(250)), "x");
        Path deep = Files.createDirectories(root.resolve("prompts/1/2/3/4/5/6/7/8/9"));
        Files.writeString(deep.resolve("x"), "x");

        assertThat(findings())
                .extracting(Finding::kind)
                .containsExactlyInAnyOrder(Finding.Kind.NAME, Finding.Kind.NAME);
    }

    /** Several threads share a package's folders and a large folder's parts; none of them loses what it found. */
    @Test
    void whatIsWrongInALargePackageIsFoundWhereverItStands() throws Exception {
        PackageBuilder builder = Fixtures.cleveland();
        for (int i = 0; i < 600; i++) {
            builder = builder.prompt("many/" + i, Confidence.of(1), "text " + i)
                    .prompt("p" + i % 40 + "/" + i, Confidence.of(1), "prompt " + i);
        }
        Path large = temp.resolve("large");
        builder.build().writeTo(large);
        assertThat(PackageVerifier.verify(large).<Boolean>fold(ok -> true, findings -> false))
                .isTrue();

        Files.writeString(large.resolve("prompts/many/301"), "other");
        Files.delete(large.resolve("prompts/many/599"));
        Files.writeString(large.resolve("prompts/p7/extra"), "x");
        Files.createLink(temp.resolve("second"), large.resolve("prompts/p39/39"));
        Files.createSymbolicLink(large.resolve("prompts/p0/link"), large.resolve("prompts/p0/0"));
        assertThat(PackageVerifier.verify(large).<List<Finding>>fold(ok -> List.of(), found -> found))
                .extracting(Finding::toString)
                .hasSize(6)
                .anyMatch(text -> text.startsWith("\"prompts/many/301\" was changed"))
                .contains(
                        "\"prompts/many/599\" is missing",
                        "\"prompts/p7/extra\" is there and nothing lists it",
                        "\"prompts/p39/39\" has a second name (hard link)",
                        "\"prompts/p39/39\" is missing",
                        "\"prompts/p0/link\" is a link or another thing than a file");
    }

    /** Attack 5: letters that fold to others, composed and decomposed; only ASCII passes, so none of them meets. */
    @Test
    void namesOutsideAsciiAreRefusedInTheirOwnWords() throws Exception {
        for (String name :
                List.of("\u017fystem.md", "\u212aelvin.md", "caf\u00e9.md", "cafe\u0301.md", "\ufb01le.md")) {
            Files.writeString(root.resolve("prompts").resolve(name), "x");
        }
        assertThat(findings()).hasSize(5).allSatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.NAME);
            assertThat(finding.file()).matches("\"prompts/[ -~]*\\\\u\\{[0-9A-F]+}[ -~]*\"");
        });
    }

    /** Attacks 6 and 9: another process with an ASCII system sees the same hash and the same refusal. */
    @Test
    void aProcessWithAnotherCharsetZoneAndLocaleSaysTheSame() throws Exception {
        Path foreign = temp.resolve("foreign");
        built.writeTo(foreign);
        assumeTrue(
                new ProcessBuilder("sh", "-c", "printf x > \"$0/prompts/Gr$(printf '\\303\\266')\"", foreign.toString())
                                .start()
                                .waitFor()
                        == 0,
                "no shell");
        for (List<String> options : List.of(
                List.of("-Dfile.encoding=ISO-8859-1", "-Duser.language=ar", "-Duser.timezone=Asia/Tokyo"),
                List.of("-Dfile.encoding=US-ASCII", "-Duser.language=hi", "-Duser.country=IN"))) {
            try (ChildJvm child = ChildJvm.start(
                    VerifyMain.class,
                    options,
                    java.util.Map.of("LC_ALL", "C", "LANG", "C"),
                    root.toString(),
                    foreign.toString())) {
                assertThat(child.hear()).isEqualTo("verified " + built.hash().hex());
                assertThat(child.hear()).isEqualTo("refused [NAME]");
            }
        }
    }

    /** Attack 11: files without a byte count like any other. */
    @Test
    void aFileWithoutBytesIsNeitherAddedNorRemovedUnseen() throws Exception {
        Path other = temp.resolve("other");
        Fixtures.cleveland().golden("empty", new byte[0]).build().writeTo(other);
        assertThat(PackageVerifier.verify(other).orElseThrow().bytes("golden/empty"))
                .isEmpty();
        Files.delete(other.resolve("golden/empty"));
        Files.delete(other.resolve("golden"));
        assertThat(PackageVerifier.verify(other).<List<Finding>>fold(ok -> List.of(), f -> f))
                .extracting(Finding::kind, Finding::file)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Finding.Kind.MISSING, "golden/empty"));

        Files.writeString(root.resolve("agents/empty.yaml"), "");
        assertThat(findings()).extracting(Finding::kind).containsExactly(Finding.Kind.EXTRA);
    }

    /** Attack 17: there is no way to verify less; the only choice is to ask for one package in particular. */
    @Test
    void verificationHasNoSwitches() {
        assertThat(java.util.Arrays.stream(PackageVerifier.class.getMethods())
                        .filter(method -> method.getDeclaringClass() == PackageVerifier.class)
                        .map(method -> java.util.Arrays.toString(method.getParameterTypes())))
                .containsExactlyInAnyOrder(
                        "[interface java.nio.file.Path]",
                        "[interface java.nio.file.Path, class io.aios.trace.json.Digest]");
    }

    /**
     * Attack 4: somebody swaps a folder for a link to a twin, back and forth, while it is verified and read. Whatever
     * comes out is refused or is exactly what the package hash stands for.
     */
    @Test
    void aFolderSwappedForALinkWhileItIsReadServesNothingElse() throws Exception {
        Path twin = temp.resolve("twin");
        Fixtures.cleveland()
                .prompt("hr/system.md", Confidence.of(0.99), "You obey.\nBe brief.\n")
                .build()
                .writeTo(twin);
        Path prompts = root.resolve("prompts");
        Path aside = temp.resolve("aside");
        java.util.concurrent.atomic.AtomicBoolean stop = new java.util.concurrent.atomic.AtomicBoolean();
        Thread swapper = new Thread(() -> {
            while (!stop.get()) {
                try {
                    Files.move(prompts, aside);
                    Files.createSymbolicLink(prompts, twin.resolve("prompts"));
                    Files.delete(prompts);
                    Files.move(aside, prompts);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        VerifiedPackage before = PackageVerifier.verify(root).orElseThrow();
        swapper.start();
        int served = 0;
        int refused = 0;
        try {
            for (int i = 0; i < 400; i++) {
                try {
                    if (PackageVerifier.verify(root).<Boolean>fold(ok -> true, findings -> false)) {
                        served++;
                    }
                    assertThat(before.text("prompts/hr/system.md")).isEqualTo("You help.\nBe brief.\n");
                } catch (PackageException e) {
                    refused++;
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
        assertThat(served + refused).isPositive();
        assertThat(PackageVerifier.verify(root).orElseThrow().hash()).isEqualTo(built.hash());
    }

    /** Attack 4: the manifest that is believed is the one that was hashed, however often it changes in between. */
    @Test
    void aManifestSwappedWhileItIsReadIsNeverBelieved() throws Exception {
        Path manifest = root.resolve("manifest.json");
        byte[] good = Files.readAllBytes(manifest);
        byte[] bad = new String(good, StandardCharsets.UTF_8)
                .replace("\"created_by\":\"builder\"", "\"created_by\":\"blinder\"")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(bad).hasSameSizeAs(good).isNotEqualTo(good);
        java.util.concurrent.atomic.AtomicBoolean stop = new java.util.concurrent.atomic.AtomicBoolean();
        Thread swapper = new Thread(() -> {
            Path next = temp.resolve("next");
            for (boolean evil = true; !stop.get(); evil = !evil) {
                try {
                    Files.write(next, evil ? bad : good);
                    Files.move(next, manifest, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        swapper.start();
        try {
            for (int i = 0; i < 400; i++) {
                if (PackageVerifier.verify(root) instanceof PackageVerification.Verified verified) {
                    assertThat(verified.content().manifest().createdBy()).isEqualTo("builder");
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
    }

    @Test
    void anEmptyFolderAndAnUnknownFileAreExtra() throws Exception {
        Files.createDirectory(root.resolve("context"));
        Files.writeString(root.resolve("README"), "x");

        assertThat(findings()).extracting(Finding::kind).containsOnly(Finding.Kind.EXTRA);
        assertThat(findings()).extracting(Finding::file).containsExactly("README", "context");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA256SUMS", "manifest.json"})
    void anIndexThatIsGoneIsMissing(String name) throws Exception {
        Files.delete(root.resolve(name));

        assertThat(findings())
                .extracting(Finding::kind, Finding::file)
                .contains(org.assertj.core.groups.Tuple.tuple(Finding.Kind.MISSING, name));
    }

    /** Attack 11: an empty list. */
    @Test
    void anEmptyChecksumListProvesNothing() throws Exception {
        Files.writeString(root.resolve("SHA256SUMS"), "");

        assertThat(findings()).extracting(Finding::kind).contains(Finding.Kind.MALFORMED, Finding.Kind.EXTRA);
    }

    /** Attacks 2 and 3: listed names are judged before they are resolved. */
    @ParameterizedTest
    @ValueSource(strings = {"../x", "/etc/passwd", "a//b", "./a", "a/", "C:\\x", "agents/../manifest.json"})
    void aPathThatLeadsElsewhereIsRefusedBeforeItIsResolved(String path) throws Exception {
        String sums = Files.readString(root.resolve("SHA256SUMS"));
        Files.writeString(root.resolve("SHA256SUMS"), Digest.sha256(new byte[0]).hex() + "  " + path + "\n" + sums);

        assertThat(findings()).first().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.MALFORMED);
            assertThat(finding.message()).startsWith("SHA256SUMS:1:");
        });
    }

    /** Attack 11: digests in other spellings, of other algorithms, listed twice. */
    @Test
    void upperCaseTruncatedAndRepeatedDigestsAreMalformed() throws Exception {
        String sums = Files.readString(root.resolve("SHA256SUMS"));
        String first = sums.substring(0, sums.indexOf('\n') + 1);
        for (String wrong : List.of(
                first.toUpperCase(java.util.Locale.ROOT) + sums,
                first.substring(1) + sums,
                first.substring(24) + sums,
                first.substring(32) + sums,
                "0".repeat(64) + first.substring(64) + sums,
                first + sums,
                sums.replace("  agents", " *agents"),
                sums.replace("\n", "\r\n"),
                sums.substring(0, sums.length() - 1))) {
            Files.writeString(root.resolve("SHA256SUMS"), wrong);
            assertThat(findings()).extracting(Finding::kind).contains(Finding.Kind.MALFORMED);
        }
    }

    @Test
    void aManifestThatDisagreesWithItsChecksumsIsMalformed() throws Exception {
        String manifest = Files.readString(root.resolve("manifest.json"));
        for (String wrong : List.of(
                manifest.replace("\"agents_count\":2", "\"agents_count\":3"),
                manifest.replace("\"package_version\":1", "\"package_version\":1,\"extra\":true"),
                manifest.replace("\"size\":", "\"size\": "),
                manifest.replace("cleveland-gov", "../etc"),
                manifest.replace("agents/hr_agent.yaml", "agents/xr_agent.yaml"),
                manifest.replaceAll("\"files\":\\[.*?\\]", "\"files\":[]"),
                "{}",
                "[")) {
            assertThat(wrong).isNotEqualTo(manifest);
            Foreign.manifest(root, wrong);
            assertThat(findings()).as(wrong).extracting(Finding::kind).contains(Finding.Kind.MALFORMED);
        }
    }

    @Test
    void aConfidenceThatIsNoNumberIsKeptAsUnknown() throws Exception {
        String manifest = Files.readString(root.resolve("manifest.json"));
        Foreign.manifest(root, manifest.replace("\"confidence\":0.84", "\"confidence\":\"0.95\""));

        PackageItem building =
                PackageVerifier.verify(root).orElseThrow().manifest().items().get(0);
        assertThat(building.id()).isEqualTo("department:Building");
        assertThat(building.confidence().atLeast(java.math.BigDecimal.ZERO)).isFalse();
    }

    @Test
    void anotherPackageThanTheOneAskedForIsRefused() {
        assertThat(PackageVerifier.verify(root, Digest.sha256(new byte[0]))
                        .<List<Finding>>fold(ok -> List.of(), f -> f))
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.OTHER_PACKAGE);
    }

    /** Attack 14: the root written in other ways. */
    @Test
    void theWayTheRootIsWrittenDoesNotMatter() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), root);
        Path relative = Path.of("").toAbsolutePath().relativize(root);
        for (Path way : List.of(link, relative, root.resolve("."), root.resolve("agents/.."), Path.of(root + "/"))) {
            assertThat(PackageVerifier.verify(way).orElseThrow().hash()).isEqualTo(built.hash());
        }
    }

    /** Attack 15: a file rewritten between verification and use. */
    @Test
    void aFileRewrittenAfterVerificationIsNeverServed() throws Exception {
        VerifiedPackage verified = PackageVerifier.verify(root).orElseThrow();
        Files.writeString(root.resolve("prompts/hr/system.md"), "You help.\nBe Brief.\n");

        assertThatThrownBy(() -> verified.bytes("prompts/hr/system.md"))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("prompts/hr/system.md")
                .hasMessageContaining("changed after");
    }

    /** Attack 16: sixteen verifications at once. */
    @Test
    void verificationsInParallelDoNotShareAnything() throws Exception {
        Path bad = temp.resolve("bad");
        built.writeTo(bad);
        Files.writeString(bad.resolve("prompts/hr/system.md"), "x");
        ExecutorService pool = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Path which = i % 2 == 0 ? root : bad;
                calls.add(() -> PackageVerifier.verify(which).fold(ok -> true, findings -> false));
            }
            List<Future<Boolean>> results = pool.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(i % 2 == 0);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Every bit in the long build, every eleventh in the normal one. */
    @Test
    void everySingleBitFlipOfEveryFileIsRefused() throws Exception {
        Path small = temp.resolve("small");
        DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(Fixtures.NOW)
                .createdBy("b")
                .agent("a", Confidence.of(1), java.util.Map.of())
                .policy("p", Confidence.of(1), Fixtures.tools("t"))
                .prompt("q", Confidence.of(1), "Hi")
                .build()
                .writeTo(small);
        int flips = 0;
        for (String name : new TreeSet<>(
                List.of("SHA256SUMS", "manifest.json", "agents/a.yaml", "policies/p.yaml", "prompts/q"))) {
            Path file = small.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            for (int bit = 0; bit < bytes.length * 8; bit += STEP) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                Files.write(file, flipped);
                Digest expected = PackageVerifierTest.hashOf(small);
                boolean accepted = PackageVerifier.verify(small).fold(ok -> true, findings -> false);
                assertThat(accepted).as(name + " bit " + bit + " " + expected).isFalse();
                flips++;
            }
            Files.write(file, bytes);
        }
        assertThat(flips).isGreaterThan(5000 / STEP);
        assertThat(PackageVerifier.verify(small).<Boolean>fold(ok -> true, findings -> false))
                .isTrue();
    }

    private static Digest hashOf(Path directory) throws IOException {
        return Digest.sha256(Files.readAllBytes(directory.resolve("SHA256SUMS")));
    }

    private List<Finding> findings() {
        return PackageVerifier.verify(root).fold(ok -> List.of(), findings -> findings);
    }
}
