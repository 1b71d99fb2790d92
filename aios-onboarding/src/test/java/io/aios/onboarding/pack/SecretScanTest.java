package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.deploy.DeploymentExecutor;
import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.testing.Fixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attack 44. Every token here is made when the test runs. */
class SecretScanTest {
    private static final Random RANDOM = new Random(44);

    private static String random(int length) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static String hex(int length) {
        byte[] bytes = new byte[length / 2];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static Stream<String> secrets() {
        return Stream.of(
                "-----BEGIN " + "PRIVATE KEY-----",
                "-----BEGIN RSA " + "PRIVATE KEY-----",
                "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
                "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
                "PuTTY-User-Key-File-" + "3: ssh-ed25519",
                "AKIA" + "ABCDEFGHIJ234567",
                "ghp_" + random(36),
                "github_pat_" + random(40),
                "glpat-" + random(20),
                "xoxb-" + random(24),
                "https://hooks.slack.com/services/T" + random(30),
                "AIza" + random(35),
                "sk_live_" + random(24),
                "sk-proj-" + random(48),
                "npm_" + random(36),
                "pypi-AgE" + random(60),
                "hf_" + random(34),
                "eyJ" + random(20) + ".eyJ" + random(40) + "." + random(43),
                "postgres://app:" + random(9) + "@db.example/prod",
                "password: " + random(20),
                "client_secret = \"" + random(32) + "\"",
                "\"api_key\":\"" + random(24) + "\"",
                "X-Api-Key: " + random(32),
                "token=" + hex(40));
    }

    @ParameterizedTest
    @MethodSource("secrets")
    void aCredentialInAPromptIsRefusedWithFileAndLineAndNeverRepeated(String secret) {
        PackageBuilder builder =
                Fixtures.cleveland().prompt("hr/system.md", Confidence.of(1), "You help.\nBe brief.\n" + secret + "\n");

        assertThatThrownBy(builder::build)
                .isInstanceOf(PackageException.class)
                .hasMessageStartingWith("\"prompts/hr/system.md\" line 3 holds what looks like a")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password: ${HR_PASSWORD}",
                "password: {{ vault.hr.password }}",
                "token: <your token here>",
                "secret: the-name-of-the-secret-in-the-store",
                "secret_name: kb/human_resources/handbook",
                "api_key_env: HUMAN_RESOURCES_API_KEY",
                "max_tokens: 4096",
                "token_budget: 1000000000000000000000",
                "tokenizer: cl100k_base_tokenizer_version_two",
                "credentials are asked for at the front desk, never by mail",
                "password_policy: minimum-length-14-characters",
                "model: gpt-4o-mini-2026-01-28",
                "agent: risk-assessment-specialist-for-buildings",
                "task-sk-learn-pipeline-for-classification",
                "see https://handbook.example/hr?page=12&lang=en",
                "mail hr@cleveland.gov or https://cleveland.gov:8443/help",
                "digest: 10a3c7d563c3a7014dfa22cd0f54b2fd51b269ee694e9d8b121164561db840d1",
                "id: 123e4567-e89b-12d3-a456-426614174000",
                "-----BEGIN PUBLIC KEY-----",
                "eyJ is how a JSON Web Token starts"
            })
    void whatOnlyTalksAboutCredentialsIsNot(String text) {
        DeploymentPackage built = Fixtures.cleveland()
                .prompt("hr/system.md", Confidence.of(1), text)
                .context("notes", List.of(text, Map.of("note", text)))
                .build();
        assertThat(SecretScan.of(built)).isEmpty();
    }

    @Test
    void escapesUtf16AndSuitesHideNothing() {
        String key = "AKIA" + "ABCDEFGHIJ234567";
        assertThatThrownBy(() -> Fixtures.cleveland()
                        .golden("suite.bin", ("x " + key).getBytes(StandardCharsets.UTF_16LE))
                        .build())
                .hasMessageContaining("golden/suite.bin");
        assertThatThrownBy(() -> Fixtures.cleveland()
                        .agent(
                                "mailer",
                                Confidence.of(1),
                                Map.of("settings", Map.of("smtp", Map.of("password", random(24)))))
                        .build())
                .hasMessageContaining("\"agents/mailer.yaml\" line ");
    }

    @Test
    void aPackageBuiltElsewhereIsRefusedBeforeAnyPlanAndEscapedKeysAreRead(@TempDir Path dir) throws Exception {
        Path root = dir.resolve("package");
        Fixtures.cleveland().build().writeTo(root);
        StringBuilder escaped = new StringBuilder();
        ("AKIA" + "ABCDEFGHIJ234567").chars().forEach(c -> escaped.append(String.format("\\x%02x", c)));
        Foreign.replace(
                root,
                "agents/hr_agent.yaml",
                "\"name\": \"hr_agent\"\n\"settings\":\n  \"key\": \"" + escaped + "\"\n\"tools\": []\n");
        VerifiedPackage foreign = PackageVerifier.verify(root).orElseThrow();
        DirectoryTarget target =
                DirectoryTarget.create(dir.resolve("target"), "t", new Random(1), new Fixtures.Ticking());

        assertThatThrownBy(() -> new DeploymentExecutor("t", new Fixtures.Ticking())
                        .plan(foreign, target)
                        .plan())
                .hasMessageContaining(
                        "\"agents/hr_agent.yaml\" $.settings.key holds what looks like an AWS access key");
    }

    /** What this project itself ships and talks about; one test of another module tries a password in a URL. */
    @Test
    void theProjectsOwnPagesAndSourcesRaiseNoFalseAlarm() throws Exception {
        String root = System.getProperty("aios.root");
        assumeTrue(root != null, "aios.root is not set");
        List<String> alarms = new ArrayList<>();
        int files = 0;
        for (Path file : sources(Path.of(String.valueOf(root)))) {
            byte[] bytes = Files.readAllBytes(file);
            DeploymentPackage holder = new DeploymentPackage(manifestOf(bytes), single(bytes));
            SecretScan.of(holder).forEach(finding -> alarms.add(file.getFileName() + ": " + finding.message()));
            files++;
        }
        assertThat(files).isGreaterThan(300);
        assertThat(alarms).allMatch(alarm -> alarm.startsWith("OpaAttackTest.java: ") && alarm.contains("URL"));
    }

    private static java.util.SortedMap<String, byte[]> single(byte[] bytes) {
        return new java.util.TreeMap<>(Map.of("golden/file", bytes));
    }

    private static Manifest manifestOf(byte[] bytes) {
        return new Manifest(
                Fixtures.CLEVELAND,
                "x",
                1,
                null,
                Fixtures.NOW,
                "b",
                List.of(new FileEntry(
                        "golden/file", bytes.length, io.aios.trace.json.Digest.sha256(bytes), FileRole.GOLDEN)),
                List.of());
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String top : Arrays.asList(
                "aios-policy-spi", "aios-trace", "aios-tenancy", "aios-audit", "aios-onboarding", "docs", "examples")) {
            try (Stream<Path> files = Files.walk(root.resolve(top))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().contains("/target/"))
                        .forEach(sources::add);
            }
        }
        return sources;
    }
}
