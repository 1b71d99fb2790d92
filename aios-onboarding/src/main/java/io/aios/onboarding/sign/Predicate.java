package io.aios.onboarding.sign;

/** What an attestation says; each has a type of its own, so that one never counts as another. */
public enum Predicate {
    /** The signer vouches for the package as a whole. */
    PACKAGE("https://aios.io/deployment-package/v1"),
    /** How the package was built, SLSA provenance version 1. */
    PROVENANCE("https://slsa.dev/provenance/v1"),
    /** The golden suites ran against exactly this package. */
    TEST_RESULT("https://in-toto.io/attestation/test-result/v0.1"),
    /** A channel points at the package. */
    RELEASE("https://aios.io/release/v1");

    private final String type;

    Predicate(String type) {
        this.type = type;
    }

    /** The {@code predicateType}. */
    public String type() {
        return type;
    }
}
