package io.aios.certify;

import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.Finding;
import io.aios.onboarding.pack.PackageException;
import io.aios.onboarding.pack.PackageVerification;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.StrictYaml;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.pack.YamlException;
import io.aios.trace.json.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The part of ONBOARD-001 that is about packages on disk: every way to change one is found. */
final class PackageChecks {
    private static final String TEST = "PackageVerifierTest.everyFindingIsReportedAtOnce";

    /** A change of a package on disk. */
    @FunctionalInterface
    private interface Tampering {
        void apply(Path root) throws IOException;
    }

    private final Host host;
    private final Checks checks;

    private PackageChecks(Host host, Checks checks) {
        this.host = host;
        this.checks = checks;
    }

    static void addTo(Checks checks, Host host) {
        PackageChecks group = new PackageChecks(host, checks);
        group.tampering();
        group.serving();
        group.yaml();
    }

    private void tampering() {
        String file = host.content().paths().stream()
                .filter(path -> path.startsWith("agents/"))
                .findFirst()
                .orElseThrow();
        for (String changed : List.of(file, "manifest.json", "SHA256SUMS")) {
            found("a_changed_byte_is_found/" + changed, root -> flip(root.resolve(changed)));
        }
        found("a_missing_file_is_found", root -> Files.delete(root.resolve(file)));
        found("an_extra_file_is_found", root -> Files.writeString(root.resolve("agents/extra.yaml"), "name: \"x\"\n"));
        found("an_extra_folder_is_found", root -> Files.createDirectory(root.resolve("tools")));
        found("a_renamed_file_is_found", root -> Files.move(root.resolve(file), root.resolve(file + ".yaml")));
        found(
                "changed_line_endings_are_found",
                root -> Files.writeString(
                        root.resolve(file), Files.readString(root.resolve(file)).replace("\n", "\r\n")));
        found("a_link_is_found", root -> {
            Path outside = Files.move(root.resolve(file), root.resolveSibling("outside.yaml"));
            Files.createSymbolicLink(root.resolve(file), outside);
        });
        found("an_empty_checksum_list_proves_nothing", root -> Files.writeString(root.resolve("SHA256SUMS"), ""));
        found(
                "upper_case_digests_are_refused",
                root -> Files.writeString(
                        root.resolve("SHA256SUMS"),
                        Files.readString(root.resolve("SHA256SUMS")).toUpperCase(Locale.ROOT)));
    }

    private void found(String name, Tampering tampering) {
        checks.add(
                name,
                TEST,
                () -> Folders.with(folder -> {
                    Path root = written(folder);
                    tampering.apply(root);
                    List<Finding> findings = PackageVerifier.verify(root).fold(verified -> List.of(), found -> found);
                    require(!findings.isEmpty(), "the verifier found nothing");
                }));
    }

    private void serving() {
        checks.add(
                "a_file_rewritten_after_verification_is_never_served",
                "PackageVerifierTest.aFileRewrittenAfterVerificationIsNeverServed",
                () -> Folders.with(folder -> {
                    Path root = written(folder);
                    VerifiedPackage verified = PackageVerifier.verify(root).orElseThrow();
                    String path = verified.paths().first();
                    flip(root.resolve(path));
                    refused(PackageException.class, () -> verified.bytes(path));
                }));
        checks.add(
                "another_package_is_not_the_one_asked_for",
                "PackageVerifierTest.anotherPackageThanTheOneAskedForIsRefused",
                () -> Folders.with(folder -> {
                    PackageVerification other = PackageVerifier.verify(
                            written(folder), Digest.sha256("another".getBytes(StandardCharsets.UTF_8)));
                    require(other instanceof PackageVerification.Refused, "another package was accepted");
                }));
        checks.add(
                "the_same_content_has_one_hash",
                "PackageBuilderTest.theHashIsTheSameOnEveryJavaZoneLocaleAndOrderOfInputs",
                () -> Folders.with(folder -> {
                    DeploymentPackage built = host.content();
                    same(built.hash(), host.content().hash(), "hash of two builds");
                    same(
                            built.hash(),
                            PackageVerifier.verify(written(folder))
                                    .orElseThrow()
                                    .hash(),
                            "hash on disk");
                    same(
                            built.hash(),
                            Digest.sha256(Files.readAllBytes(folder.resolve("package/SHA256SUMS"))),
                            "hash of SHA256SUMS");
                }));
    }

    private void yaml() {
        Map<String, String> constructs = new LinkedHashMap<>();
        constructs.put("an_alias", "a: &x \"1\"\nb: *x\n");
        constructs.put("a_tag", "a: !!str \"1\"\n");
        constructs.put("a_duplicate_key", "a: \"1\"\na: \"2\"\n");
        constructs.put("a_merge_key", "<<: {a: \"1\"}\n");
        constructs.put("a_second_document", "a: \"1\"\n---\nb: \"2\"\n");
        constructs.put("a_word_that_readers_take_differently", "a: no\n");
        constructs.forEach((name, text) -> checks.add(
                "yaml_refuses_" + name,
                "StrictYamlTest.refusedConstructsAreNamedWithTheirPosition",
                () -> refused(
                        YamlException.class,
                        () -> StrictYaml.readMapping("certify.yaml", text.getBytes(StandardCharsets.UTF_8)))));
    }

    private Path written(Path folder) {
        Path root = folder.resolve("package");
        host.content().writeTo(root);
        return root;
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
