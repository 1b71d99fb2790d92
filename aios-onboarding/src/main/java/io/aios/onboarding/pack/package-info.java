/**
 * The deployment package: what an organisation's agents, policies and prompts are, as files anyone can check with {@code sha256sum}.
 *
 * <p>Start at {@link io.aios.onboarding.pack.DeploymentPackage#builder}; a directory comes back through
 * {@link io.aios.onboarding.pack.PackageVerifier}. YAML is read and written by {@link io.aios.onboarding.pack.StrictYaml}.
 *
 * <p>The format {@code aios-package/1} is stable: packages of this version verify forever.
 */
@NullMarked
@CheckReturnValue
package io.aios.onboarding.pack;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
