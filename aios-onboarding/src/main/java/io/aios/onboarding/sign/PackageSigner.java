package io.aios.onboarding.sign;

import io.aios.onboarding.pack.PackageContent;
import io.aios.onboarding.pack.PlainText;
import io.aios.policy.JsonValues;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs packages with a key the caller holds: Ed25519, or RSA that carries the RSASSA-PSS identifier. */
public final class PackageSigner {
    private final PrivateKey key;
    private final String hint;

    /**
     * Creates it.
     *
     * @param hint helps people find the public key; never trusted
     */
    public PackageSigner(PrivateKey key, String hint) {
        this.key = key;
        this.hint = PlainText.require("key hint", hint, 200);
    }

    /** Vouches for a package. */
    public Attestation sign(PackageContent content) {
        return attest(
                content,
                Predicate.PACKAGE,
                Map.of(
                        "org_id", content.manifest().orgId().value(),
                        "package_version", content.manifest().packageVersion()));
    }

    /**
     * Says how a package was built, as SLSA provenance version 1.
     *
     * @param builderId a URI of the builder
     * @param buildType a URI that says how to read the parameters
     * @param parameters what the build was given; JSON-shaped
     */
    public Attestation provenance(
            PackageContent content,
            String builderId,
            String buildType,
            Map<String, ?> parameters,
            Instant startedOn,
            Instant finishedOn) {
        return attest(
                content,
                Predicate.PROVENANCE,
                Map.of(
                        "buildDefinition",
                        Map.of("buildType", buildType, "externalParameters", JsonValues.copyObject(parameters)),
                        "runDetails",
                        Map.of(
                                "builder",
                                Map.of("id", builderId),
                                "metadata",
                                Map.of("startedOn", startedOn.toString(), "finishedOn", finishedOn.toString()))));
    }

    /**
     * Says how the golden suites ended against exactly this package.
     *
     * @param passed whether every case passed
     * @param cases how many ran
     * @param failed the names of those that failed
     */
    public Attestation testResult(PackageContent content, boolean passed, int cases, List<String> failed) {
        return attest(
                content,
                Predicate.TEST_RESULT,
                Map.of(
                        "result",
                        passed && failed.isEmpty() && cases > 0 ? "PASSED" : "FAILED",
                        "configuration",
                        GoldenSuites.of(content),
                        "cases",
                        (long) cases,
                        "failedTests",
                        List.copyOf(failed)));
    }

    /**
     * Points a channel at a package.
     *
     * @param channel the channel, {@code [a-z0-9][a-z0-9_-]{0,62}}
     * @param serial above that of every earlier pointer of the channel; going back to an old package takes a new one too
     * @param expiresAt when the pointer stops counting
     */
    public Attestation release(PackageContent content, String channel, long serial, Instant expiresAt) {
        if (!channel.matches("[a-z0-9][a-z0-9_-]{0,62}") || serial < 1) {
            throw new SignatureException("a channel is [a-z0-9][a-z0-9_-]{0,62} and its serials start at 1");
        }
        return attest(
                content,
                Predicate.RELEASE,
                Map.of("channel", channel, "serial", serial, "expires_at", expiresAt.toString()));
    }

    private Attestation attest(PackageContent content, Predicate predicate, Map<String, ?> says) {
        Map<String, @Nullable Object> statement = new LinkedHashMap<>();
        statement.put("_type", Statement.TYPE);
        statement.put("subject", Statement.subject(content.hash()));
        statement.put("predicateType", predicate.type());
        statement.put("predicate", says);
        byte[] payload = CanonicalJson.bytes(statement);
        return new Attestation(new Dsse(payload, Keys.sign(key, Dsse.pae(payload))).bundle(hint));
    }

    /** A signed statement as a Sigstore bundle. */
    public static final class Attestation {
        private final byte[] bundle;

        Attestation(byte[] bundle) {
            this.bundle = bundle;
        }

        /** The bundle's bytes, a fresh copy. */
        public byte[] bundle() {
            return bundle.clone();
        }

        /**
         * Puts it into a package directory as {@code attestations/<name>.sigstore.json}; the package's hash stays.
         *
         * @throws SignatureException when one of that name is there, or it cannot be written
         */
        public void writeTo(Path packageDirectory, String name) {
            if (!name.matches("[a-z0-9][a-z0-9_-]{0,60}")) {
                throw new SignatureException("an attestation's name is [a-z0-9][a-z0-9_-]{0,60}");
            }
            try {
                Path folder = Files.createDirectories(packageDirectory.resolve("attestations"));
                Files.write(
                        folder.resolve(name + ".sigstore.json"),
                        bundle,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new SignatureException("cannot write the attestation " + name + ": " + e, e);
            }
        }
    }
}
