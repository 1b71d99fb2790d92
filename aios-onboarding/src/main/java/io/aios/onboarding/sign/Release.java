package io.aios.onboarding.sign;

import io.aios.trace.json.Digest;
import java.time.Instant;

/**
 * A signed pointer of a channel at the package that should run, as {@link TrustRoot#release} verified it.
 *
 * @param identity who signed it
 * @param channel the channel, for example {@code production}
 * @param serial counts up with every pointer of the channel, whichever package it names
 * @param packageHash the package
 * @param expiresAt when the pointer stops counting, so that withholding newer ones is noticed
 */
public record Release(String identity, String channel, long serial, Digest packageHash, Instant expiresAt) {}
