package io.aios.onboarding.sign;

/**
 * How the golden suites of one package ended, as {@link TrustRoot#golden} verified it.
 *
 * @param identity who signed it
 * @param passed whether every case passed, and at least one ran
 */
public record GoldenResult(String identity, boolean passed) {}
