package io.aios.certify;

import io.aios.audit.contract.WallUnderTest;
import io.aios.audit.wall.AuditEraser;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.deploy.DeploymentTarget;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.policy.contract.EngineFixture;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.contract.TenantStore;
import io.aios.trace.golden.GoldenFixture;
import io.aios.trace.simulation.DecisionPipeline;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The parts that are certified.
 *
 * <p>{@link EmbeddedHost} brings all of them; a team extends it with its own class, replaces what is its own, and names
 * the class with {@code --host}. Use test databases: checks write and delete.
 */
public interface Host extends AutoCloseable {
    /** The pipeline that decides. */
    DecisionPipeline pipeline();

    /** The decision point in front of the host's policies. */
    PolicyDecisionPoint decisions();

    /** Requests with what must come of them. */
    List<GoldenFixture> fixtures();

    /** The engines that the host relies on, as their contract wants them. */
    List<EngineFixture> engines();

    /** The door to the tenants' data, opened with the application's own login. */
    TenantDb tenants();

    /** The application's own login without the door, for what it must not be able to do. */
    DataSource tenantLogin();

    /** The host's own repository behind that door. */
    TenantStore store();

    /** The audit wall as its writer. */
    AuditWall wall();

    /** The audit wall as its reader. */
    AuditReader auditReader();

    /** The audit wall as its eraser. */
    AuditEraser auditEraser();

    /** The logins of the wall's roles, for what they must and must not be able to do. */
    WallUnderTest auditLogins();

    /** A superuser of the audit server, who tampers; without one those checks are skipped. */
    Optional<DataSource> auditAdministrator();

    /** The organisation whose package is certified. */
    OrgId org();

    /** The package, with at least one department below the threshold of the policy. */
    DeploymentPackage content();

    /** Who must approve what. */
    ApprovalPolicy approvals();

    /** Who approves. */
    ApproverAuthenticator approvers();

    /** A credential with which a person who may approve everything signs in. */
    String approverCredential();

    /** Makes a new, empty target of the kind the host deploys to, at each call. */
    Supplier<? extends DeploymentTarget> targets();

    @Override
    void close();
}
