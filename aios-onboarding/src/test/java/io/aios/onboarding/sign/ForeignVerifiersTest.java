package io.aios.onboarding.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifiers that we did not write accept what we sign, and refuse it with one bit flipped. */
class ForeignVerifiersTest {
    private static final DeploymentPackage BUILT = Fixtures.cleveland().build();

    @TempDir
    Path dir;

    private static KeyPair keyPair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.startsWith("RSA")) {
            generator.initialize(new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));
        }
        return generator.generateKeyPair();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS"})
    void opensslVerifiesTheSignatureOverThePreAuthenticationEncoding(String algorithm) throws Exception {
        assumeTrue(Tool.run(List.of("openssl", "version")).ok(), "openssl is not here");
        KeyPair pair = keyPair(algorithm);
        Dsse envelope =
                Dsse.parse(new PackageSigner(pair.getPrivate(), "k").sign(BUILT).bundle());
        Path key = Files.writeString(dir.resolve("key.pem"), pem(pair));
        Path signature = Files.write(dir.resolve("sig"), envelope.signature());
        byte[] message = Dsse.pae(envelope.payload());
        Path good = Files.write(dir.resolve("pae"), message);
        message[message.length - 3] ^= 1;
        Path tampered = Files.write(dir.resolve("tampered"), message);

        assertThat(openssl(algorithm, key, good, signature).exit()).isZero();
        assertThat(openssl(algorithm, key, tampered, signature).exit()).isNotZero();
    }

    private static Tool.Result openssl(String algorithm, Path key, Path message, Path signature) throws Exception {
        List<String> command = algorithm.equals("Ed25519")
                ? List.of("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "" + key, "-rawin")
                : List.of(
                        "openssl",
                        "dgst",
                        "-sha256",
                        "-sigopt",
                        "rsa_padding_mode:pss",
                        "-sigopt",
                        "rsa_pss_saltlen:32");
        List<String> files = algorithm.equals("Ed25519")
                ? List.of("-in", "" + message, "-sigfile", "" + signature)
                : List.of("-verify", "" + key, "-signature", "" + signature, "" + message);
        return Tool.run(
                java.util.stream.Stream.of(command, files).flatMap(List::stream).toList());
    }

    /** Attack 24: a key this library accepts is one that the peer accepts too. */
    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS"})
    void sigstoreVerifiesTheBundle(String algorithm) throws Exception {
        assumeTrue(
                Tool.run(List.of("node", "-e", "require('@sigstore/verify');require('@sigstore/bundle')"))
                        .ok(),
                "NODE_PATH leads to no @sigstore/verify");
        KeyPair pair = keyPair(algorithm);
        byte[] bundle =
                new PackageSigner(pair.getPrivate(), "ops-2026").sign(BUILT).bundle();
        Path key = Files.writeString(dir.resolve("key.pem"), pem(pair));

        Tool.Result good = sigstore(bundle, key);
        assertThat(good.output()).isEqualTo("verified\n");
        String text = new String(bundle, StandardCharsets.UTF_8);
        for (String field : List.of("\"payload\":\"", "\"sig\":\"")) {
            int at = text.indexOf(field) + field.length() + 40;
            char other = text.charAt(at) == 'A' ? 'B' : 'A';
            String flipped = text.substring(0, at) + other + text.substring(at + 1);
            assertThat(sigstore(flipped.getBytes(StandardCharsets.UTF_8), key).exit())
                    .as(field)
                    .isNotZero();
        }
    }

    private Tool.Result sigstore(byte[] bundle, Path key) throws Exception {
        Path script = Path.of(Objects.requireNonNull(
                        ForeignVerifiersTest.class.getClassLoader().getResource("sigstore-verify.js"))
                .toURI());
        Path file = Files.write(dir.resolve("bundle.json"), bundle);
        return Tool.run(List.of("node", "" + script, "" + file, "" + key, "ops-2026"));
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }
}
