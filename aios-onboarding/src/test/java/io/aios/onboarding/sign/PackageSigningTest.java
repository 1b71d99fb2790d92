package io.aios.onboarding.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageSigningTest {
    private static final Instant NOW = Fixtures.NOW;
    private static final KeyPair ALICE = keyPair("Ed25519");
    private static final KeyPair BOB = keyPair("RSASSA-PSS");

    @TempDir
    Path dir;

    private Path root;
    private DeploymentPackage built;

    @BeforeEach
    void write() {
        root = dir.resolve("package");
        built = builder("Hi").build();
        built.writeTo(root);
    }

    private static PackageBuilder builder(String prompt) {
        return DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(NOW)
                .createdBy("builder")
                .agent("a", Confidence.of(1), Map.of())
                .policy("p", Confidence.of(1), Fixtures.tools("t"))
                .prompt("q", Confidence.of(1), prompt)
                .golden("suite.json", "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static KeyPair keyPair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.startsWith("RSA")) {
                generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TrustRoot.TrustedKey trusted(String identity, KeyPair pair, Predicate... purposes) {
        return trusted(identity, pair, null, purposes);
    }

    private static TrustRoot.TrustedKey trusted(
            String identity, KeyPair pair, @Nullable Instant revokedAt, Predicate... purposes) {
        return new TrustRoot.TrustedKey(
                identity, pair.getPublic(), Set.of(purposes), NOW, NOW.plus(Duration.ofDays(1)), revokedAt);
    }

    private VerifiedPackage verified() {
        return PackageVerifier.verify(root).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS"})
    void aSignatureTravelsWithThePackageAndLeavesItsHashAlone(String algorithm) {
        KeyPair pair = algorithm.equals("Ed25519") ? ALICE : BOB;
        new PackageSigner(pair.getPrivate(), "ops-2026").sign(built).writeTo(root, "ops");

        assertThat(verified().hash()).isEqualTo(built.hash());
        assertThat(TrustRoot.of(trusted("ops", pair, Predicate.PACKAGE)).requireSigned(verified(), 1, NOW))
                .containsExactly("ops");
    }

    @Test
    void aStrippedSignatureFailsWhereOneIsRequired() {
        TrustRoot root1 = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        assertThatThrownBy(() -> root1.requireSigned(verified(), 1, NOW))
                .hasMessageContaining("is signed by 0 trusted identities; 1 must");
        assertThatThrownBy(() -> root1.requireSigned(verified(), 0, NOW)).isInstanceOf(SignatureException.class);
    }

    @Test
    void identitiesAreCountedNotKeysOrSignatures() {
        KeyPair second = keyPair("Ed25519");
        PackageSigner signer = new PackageSigner(ALICE.getPrivate(), "a");
        signer.sign(built).writeTo(root, "one");
        signer.sign(built).writeTo(root, "two");
        new PackageSigner(second.getPrivate(), "a").sign(built).writeTo(root, "three");
        TrustRoot one = TrustRoot.of(
                trusted("alice", ALICE, Predicate.PACKAGE),
                trusted("alice", second, Predicate.PACKAGE),
                trusted("bob", BOB, Predicate.PACKAGE));
        assertThatThrownBy(() -> one.requireSigned(verified(), 2, NOW)).hasMessageContaining("1 trusted identities; 2");

        new PackageSigner(BOB.getPrivate(), "a").sign(built).writeTo(root, "four");
        assertThat(one.requireSigned(verified(), 2, NOW)).containsExactly("alice", "bob");
    }

    @Test
    void onePurposeNeverCountsAsAnother() {
        PackageSigner signer = new PackageSigner(ALICE.getPrivate(), "a");
        signer.provenance(built, "https://ci.example", "https://aios.io/build/v1", Map.of("ref", "main"), NOW, NOW)
                .writeTo(root, "provenance");
        TrustRoot all = TrustRoot.of(trusted("ci", ALICE, Predicate.values()));
        assertThatThrownBy(() -> all.requireSigned(verified(), 1, NOW)).isInstanceOf(SignatureException.class);
        assertThat(all.requireProvenance(verified(), NOW).get("runDetails"))
                .isEqualTo(Map.of(
                        "builder",
                        Map.of("id", "https://ci.example"),
                        "metadata",
                        Map.of("startedOn", NOW.toString(), "finishedOn", NOW.toString())));
        TrustRoot builderOnly = TrustRoot.of(trusted("ci", ALICE, Predicate.PROVENANCE));
        signer.sign(built).writeTo(root, "package");
        assertThatThrownBy(() -> builderOnly.requireSigned(verified(), 1, NOW)).isInstanceOf(SignatureException.class);
    }

    @Test
    void aKeyCountsOnlyInItsTimeAndUntilItIsRevoked() {
        new PackageSigner(ALICE.getPrivate(), "a").sign(built).writeTo(root, "one");
        TrustRoot valid = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        for (Instant outside : List.of(NOW.minusNanos(1), NOW.plus(Duration.ofDays(1)))) {
            assertThatThrownBy(() -> valid.requireSigned(verified(), 1, outside))
                    .isInstanceOf(SignatureException.class);
        }
        TrustRoot revoked = TrustRoot.of(trusted("ops", ALICE, NOW.plusSeconds(10), Predicate.PACKAGE));
        assertThat(revoked.requireSigned(verified(), 1, NOW.plusSeconds(9))).hasSize(1);
        assertThatThrownBy(() -> revoked.requireSigned(verified(), 1, NOW.plusSeconds(10)))
                .isInstanceOf(SignatureException.class);
    }

    @Test
    void theBundleOfAnotherPackageOrKeyAndItsKeyIdProveNothing() {
        byte[] other = new PackageSigner(ALICE.getPrivate(), "ops")
                .sign(builder("Ho").build())
                .bundle();
        byte[] stranger = new PackageSigner(keyPair("Ed25519").getPrivate(), "ops")
                .sign(built)
                .bundle();
        TrustRoot ops = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));

        assertThatThrownBy(() -> ops.verify(other, verified(), Predicate.PACKAGE, NOW))
                .hasMessageContaining("another package");
        assertThatThrownBy(() -> ops.verify(stranger, verified(), Predicate.PACKAGE, NOW))
                .hasMessageContaining("no key that is trusted");
    }

    @Test
    void malformedBundlesAreRefused() {
        TrustRoot ops = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        String good = new String(
                new PackageSigner(ALICE.getPrivate(), "ops").sign(built).bundle(), StandardCharsets.UTF_8);
        assertThat(ops.verify(good.getBytes(StandardCharsets.UTF_8), verified(), Predicate.PACKAGE, NOW))
                .isEqualTo("ops");
        String withoutKeyId = good.replace("\"keyid\":\"ops\",", "");
        assertThat(ops.verify(withoutKeyId.getBytes(StandardCharsets.UTF_8), verified(), Predicate.PACKAGE, NOW))
                .isEqualTo("ops");
        for (String wrong : List.of(
                good.replace("vnd.in-toto+json", "vnd.in-toto+text"),
                good.replace("bundle.v0.3", "bundle.v0.2"),
                good.replace("\"payload\":", "\"payload\":\"e30=\",\"payload\":"),
                good.replace("==\"", "\""),
                good.replace("\"sig\":\"", "\"sig\":\" "),
                good.replace("\"signatures\":[", "\"signatures\":[{\"sig\":\"AAAA\"},"),
                good.replaceAll("\"signatures\":\\[.*?\\]", "\"signatures\":[]"),
                good + "x",
                "",
                "[]")) {
            assertThat(wrong).isNotEqualTo(good);
            assertThatThrownBy(() ->
                            ops.verify(wrong.getBytes(StandardCharsets.UTF_8), verified(), Predicate.PACKAGE, NOW))
                    .as(wrong)
                    .isInstanceOf(SignatureException.class);
        }
    }

    @Test
    void signingThePayloadInsteadOfItsEncodingIsRefused() {
        byte[] payload = Dsse.parse(
                        new PackageSigner(ALICE.getPrivate(), "ops").sign(built).bundle())
                .payload();
        byte[] raw = new Dsse(payload, Keys.sign(ALICE.getPrivate(), payload)).bundle("ops");
        assertThatThrownBy(() -> TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE))
                        .verify(raw, verified(), Predicate.PACKAGE, NOW))
                .isInstanceOf(SignatureException.class);
    }

    @Test
    void weakAndForeignKeysAreRefused() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        assertThatThrownBy(() -> trusted("x", rsa.generateKeyPair(), Predicate.PACKAGE))
                .hasMessageContaining("RSASSA-PSS identifier");
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSASSA-PSS");
        small.initialize(1024);
        assertThatThrownBy(() -> trusted("x", small.generateKeyPair(), Predicate.PACKAGE))
                .hasMessageContaining("1024");
        small.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F0));
        assertThatThrownBy(() -> trusted("x", small.generateKeyPair(), Predicate.PACKAGE))
                .hasMessageContaining("exponent");
        assertThatThrownBy(() -> trusted("x", keyPair("EC"), Predicate.PACKAGE)).hasMessageContaining("EC");
        assertThatThrownBy(() -> trusted("x", keyPair("Ed448"), Predicate.PACKAGE))
                .isInstanceOf(SignatureException.class);
    }

    /** One bit of every byte in the normal build, every bit in the long one. */
    @Test
    void everySingleBitFlipOfASignedBundleIsRefused() {
        byte[] good = new PackageSigner(ALICE.getPrivate(), "k").sign(built).bundle();
        TrustRoot ops = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        VerifiedPackage content = verified();
        boolean all = Boolean.getBoolean("aios.slow");
        for (int bit = 0; bit < good.length * 8; bit += all ? 1 : 7) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> ops.verify(flipped, content, Predicate.PACKAGE, NOW))
                    .as("bit " + bit)
                    .isInstanceOf(SignatureException.class);
        }
    }

    @Test
    void goldenSuitesMustHavePassedAgainstExactlyThisPackage() {
        PackageSigner tester = new PackageSigner(ALICE.getPrivate(), "t");
        TrustRoot ci = TrustRoot.of(trusted("ci", ALICE, Predicate.TEST_RESULT));
        assertThatThrownBy(() -> ci.requireGoldenPassed(verified(), NOW)).hasMessageContaining("no golden result");

        tester.testResult(builder("Ho").build(), true, 3, List.of()).writeTo(root, "other");
        assertThatThrownBy(() -> ci.requireGoldenPassed(verified(), NOW)).hasMessageContaining("no golden result");

        tester.testResult(built, true, 3, List.of()).writeTo(root, "passed");
        ci.requireGoldenPassed(verified(), NOW);

        tester.testResult(built, false, 3, List.of("case-2")).writeTo(root, "failed");
        assertThatThrownBy(() -> ci.requireGoldenPassed(verified(), NOW)).hasMessageContaining("is FAILED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS"})
    void opensslVerifiesTheSignatureOverThePreAuthenticationEncoding(String algorithm) throws Exception {
        assumeTrue(run("openssl", "version") == 0, "openssl is not here");
        KeyPair pair = algorithm.equals("Ed25519") ? ALICE : BOB;
        Dsse envelope =
                Dsse.parse(new PackageSigner(pair.getPrivate(), "k").sign(built).bundle());
        Path key = Files.writeString(dir.resolve("key.pem"), pem(pair));
        Path message = Files.write(dir.resolve("pae"), Dsse.pae(envelope.payload()));
        Path signature = Files.write(dir.resolve("sig"), envelope.signature());
        Path tampered = dir.resolve("tampered");
        byte[] flipped = Dsse.pae(envelope.payload());
        flipped[flipped.length - 3] ^= 1;
        Files.write(tampered, flipped);

        assertThat(openssl(algorithm, key, message, signature)).isZero();
        assertThat(openssl(algorithm, key, tampered, signature)).isNotZero();
    }

    private int openssl(String algorithm, Path key, Path message, Path signature) throws Exception {
        return algorithm.equals("Ed25519")
                ? run(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-pubin",
                        "-inkey",
                        key.toString(),
                        "-rawin",
                        "-in",
                        message.toString(),
                        "-sigfile",
                        signature.toString())
                : run(
                        "openssl",
                        "dgst",
                        "-sha256",
                        "-sigopt",
                        "rsa_padding_mode:pss",
                        "-sigopt",
                        "rsa_pss_saltlen:32",
                        "-verify",
                        key.toString(),
                        "-signature",
                        signature.toString(),
                        message.toString());
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private int run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("out").toFile())
                    .start();
            return process.waitFor();
        } catch (IOException e) {
            return 127;
        }
    }

    @Test
    void thePayloadIsAPlainInTotoStatement() {
        Object statement = CanonicalJson.parse(Dsse.parse(
                        new PackageSigner(ALICE.getPrivate(), "k").sign(built).bundle())
                .payload());
        assertThat(statement)
                .isEqualTo(Map.of(
                        "_type",
                        "https://in-toto.io/Statement/v1",
                        "predicateType",
                        "https://aios.io/deployment-package/v1",
                        "predicate",
                        Map.of("org_id", "cleveland-gov", "package_version", 1L),
                        "subject",
                        List.of(Map.of(
                                "name",
                                "SHA256SUMS",
                                "digest",
                                Map.of("sha256", built.hash().hex())))));
    }
}
