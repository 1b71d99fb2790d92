package io.aios.onboarding.approval;

import io.aios.tenancy.OrgId;
import java.util.Collection;

/**
 * Says who is approving; the host supplies it and there is no default.
 *
 * <p>Both methods map all accounts and keys of one human to one {@link Approver#person()}.
 */
public interface ApproverAuthenticator {
    /**
     * The person behind a credential.
     *
     * @param credential what the host's login issued; never logged
     * @throws ApprovalException when it proves nobody
     */
    Approver authenticate(OrgId org, String credential);

    /** Everybody who may approve for the organisation now; asked again at every evaluation, so a lost role counts. */
    Collection<Approver> approvers(OrgId org);
}
