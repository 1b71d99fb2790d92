/**
 * Who vouches for a package: DSSE envelopes over in-toto Statements in Sigstore bundles, under keys the caller holds.
 *
 * <p>Start at {@link io.aios.onboarding.sign.PackageSigner} and {@link io.aios.onboarding.sign.TrustRoot}. Formats: DSSE
 * 1.0.2, in-toto Statement v1, Sigstore bundle v0.3 with {@code publicKey.hint}.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding.sign;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
