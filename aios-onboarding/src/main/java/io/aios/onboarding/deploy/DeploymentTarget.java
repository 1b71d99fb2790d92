package io.aios.onboarding.deploy;

import io.aios.tenancy.OrgId;
import java.time.Duration;
import java.util.Optional;

/**
 * Where packages run: resources by name, a log, and a lease per organisation. What an adapter's author implements.
 *
 * <p>Nothing but {@link #acquire} and what its lease does may write. All methods may be called from any thread.
 */
public interface DeploymentTarget {
    /** Which target it is; constant for its life. */
    TargetIdentity identity();

    /**
     * What runs for an organisation now, read back from where it runs.
     *
     * @throws DeploymentException with reason LOG when log and anchor do not agree
     */
    TargetState state(OrgId org);

    /** The bytes of a resource as they are now, or empty when there is none. */
    Optional<byte[]> read(OrgId org, String key);

    /**
     * Takes the organisation's lease with a fencing token above all earlier ones.
     *
     * @param holder who takes it, for people
     * @param ttl how long it lasts unless renewed by an append or an effect
     * @throws DeploymentException with reason LEASE when another holds an unexpired lease
     */
    Lease acquire(OrgId org, String holder, Duration ttl);
}
