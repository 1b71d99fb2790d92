package io.aios.onboarding.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.trace.json.CanonicalJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
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

    /** Attack 20: one identity with two signatures or two keys. */
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

    /** Attack 18: provenance never counts as a signature, nor the other way round. */
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

    /** Attack 23: before, after, revoked. */
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

    /** Attack 18: the right signature over a statement that says another thing. */
    @Test
    void aStatementOfAnotherTypeOrVersionOrShapeDoesNotCount() {
        TrustRoot ops = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        Map<String, Object> good = new java.util.TreeMap<>(Map.of(
                "_type", Statement.TYPE,
                "subject", Statement.subject(built.hash()),
                "predicateType", Predicate.PACKAGE.type(),
                "predicate", Map.of()));
        assertThat(ops.verify(signed(good), verified(), Predicate.PACKAGE, NOW)).isEqualTo("ops");
        Map<String, Object> swaps = Map.of(
                "_type",
                "https://in-toto.io/Statement/v0.1",
                "subject",
                List.of(),
                "predicateType",
                Predicate.PROVENANCE.type(),
                "predicate",
                "yes",
                "more",
                true);
        swaps.forEach((field, value) -> {
            Map<String, Object> wrong = new java.util.TreeMap<>(good);
            wrong.put(field, value);
            assertThatThrownBy(() -> ops.verify(signed(wrong), verified(), Predicate.PACKAGE, NOW))
                    .as(field)
                    .isInstanceOf(SignatureException.class);
        });
        for (byte[] payload :
                List.of(new byte[] {(byte) 0xff, 'x'}, "{}{}".getBytes(StandardCharsets.UTF_8), new byte[0])) {
            byte[] bundle = new Dsse(payload, Keys.sign(ALICE.getPrivate(), Dsse.pae(payload))).bundle("k");
            assertThatThrownBy(() -> ops.verify(bundle, verified(), Predicate.PACKAGE, NOW))
                    .isInstanceOf(SignatureException.class);
        }
    }

    private static byte[] signed(Map<String, Object> statement) {
        byte[] payload = CanonicalJson.bytes(statement);
        return new Dsse(payload, Keys.sign(ALICE.getPrivate(), Dsse.pae(payload))).bundle("k");
    }

    /** Attack 19: two keys under one key id, a key id of one with the signature of the other, none at all. */
    @Test
    void keyIdsAreNeverLookedAt() {
        KeyPair second = keyPair("Ed25519");
        TrustRoot both =
                TrustRoot.of(trusted("alice", ALICE, Predicate.PACKAGE), trusted("second", second, Predicate.PACKAGE));
        String bundle = new String(
                new PackageSigner(second.getPrivate(), "alice").sign(built).bundle(), StandardCharsets.UTF_8);
        for (String spelling : List.of(
                bundle,
                bundle.replace("\"keyid\":\"alice\"", "\"keyid\":\"\""),
                bundle.replace("\"keyid\":\"alice\",", ""),
                bundle.replace("\"keyid\":\"alice\"", "\"keyid\":null"))) {
            assertThat(both.verify(spelling.getBytes(StandardCharsets.UTF_8), verified(), Predicate.PACKAGE, NOW))
                    .isEqualTo("second");
        }
    }

    /** Attack 21: standard and URL-safe base64 are one signature of one identity; a huge file is not read. */
    @Test
    void spellingsOfOneSignatureCountOnceAndHugeFilesAreRefused() throws Exception {
        String bundle = new String(
                new PackageSigner(ALICE.getPrivate(), "a").sign(built).bundle(), StandardCharsets.UTF_8);
        int at = bundle.indexOf("\"sig\":\"") + 7;
        int end = bundle.indexOf('"', at);
        String urlSafe = bundle.substring(0, at)
                + bundle.substring(at, end).replace('+', '-').replace('/', '_')
                + bundle.substring(end);
        Path folder = Files.createDirectories(root.resolve("attestations"));
        Files.writeString(folder.resolve("one.json"), bundle);
        Files.writeString(folder.resolve("two.json"), urlSafe);
        TrustRoot ops = TrustRoot.of(trusted("ops", ALICE, Predicate.PACKAGE));
        assertThat(ops.requireSigned(verified(), 1, NOW)).containsExactly("ops");
        assertThatThrownBy(() -> ops.requireSigned(verified(), 2, NOW)).isInstanceOf(SignatureException.class);

        Files.write(folder.resolve("huge.json"), new byte[(16 << 20) + 1]);
        assertThatThrownBy(() -> ops.requireSigned(verified(), 1, NOW)).hasMessageContaining("is too large");
    }

    /** Attack 22: other salts, another mask function, and keys under which one signature fits any message. */
    @Test
    void otherPssParametersAndKeysOfSmallOrderAreRefused() throws Exception {
        byte[] payload = Dsse.parse(
                        new PackageSigner(BOB.getPrivate(), "b").sign(built).bundle())
                .payload();
        TrustRoot bob = TrustRoot.of(trusted("bob", BOB, Predicate.PACKAGE));
        for (PSSParameterSpec other : List.of(
                new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 0, 1),
                new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 20, 1),
                new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, 32, 1))) {
            java.security.Signature signature = java.security.Signature.getInstance("RSASSA-PSS");
            signature.setParameter(other);
            signature.initSign(BOB.getPrivate());
            signature.update(Dsse.pae(payload));
            byte[] bundle = new Dsse(payload, signature.sign()).bundle("b");
            assertThatThrownBy(() -> bob.verify(bundle, verified(), Predicate.PACKAGE, NOW))
                    .isInstanceOf(SignatureException.class);
        }
        BigInteger field = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
        BigInteger eight = new BigInteger("5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16);
        KeyFactory factory = KeyFactory.getInstance("Ed25519");
        for (BigInteger y : List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                field.subtract(BigInteger.ONE),
                eight,
                field.subtract(eight),
                field.add(BigInteger.ONE))) {
            PublicKey small =
                    factory.generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(false, y)));
            assertThatThrownBy(() -> new TrustRoot.TrustedKey("x", small, Set.of(Predicate.PACKAGE), NOW, NOW, null))
                    .hasMessageContaining("small order");
        }
    }

    /** Attacks 18 and 19: another package, another key, a key id as proof. */
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

    /** Attacks 18, 19 and 21: types swapped, keys there twice, other spellings of base64, bytes behind the end. */
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

    /** Attack 18: a signature over the payload instead of its encoding. */
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

    /** Attacks 22 and 24: short keys, small exponents, RSA without the PSS identifier, other curves. */
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
    void goldenResultsAreAboutExactlyThisPackageAndItsSuites() {
        PackageSigner tester = new PackageSigner(ALICE.getPrivate(), "t");
        TrustRoot trust = TrustRoot.of(trusted("ci", ALICE, Predicate.TEST_RESULT));
        assertThat(trust.goldenResults(verified(), NOW)).isEmpty();

        byte[] other =
                tester.testResult(builder("Ho").build(), true, 3, List.of()).bundle();
        assertThatThrownBy(() -> trust.golden(other, built, NOW)).hasMessageContaining("another package");

        tester.testResult(built, true, 3, List.of()).writeTo(root, "passed");
        tester.testResult(built, true, 0, List.of()).writeTo(root, "without-cases");
        tester.testResult(built, true, 3, List.of("case-2")).writeTo(root, "contradicts-itself");
        assertThat(trust.goldenResults(verified(), NOW))
                .extracting(GoldenResult::passed)
                .containsExactly(false, true, false);
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
