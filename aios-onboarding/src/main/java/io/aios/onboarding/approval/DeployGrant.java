package io.aios.onboarding.approval;

/**
 * Leave to deploy one subject once; only {@link ApprovalGate} makes one.
 *
 * <p>Holding it is not enough: the executor redeems it inside the target's lease, where the approval log is read again.
 */
public final class DeployGrant {
    private final ApprovalGate gate;
    private final ApprovalSubject subject;

    DeployGrant(ApprovalGate gate, ApprovalSubject subject) {
        this.gate = gate;
        this.subject = subject;
    }

    /** What it allows. */
    public ApprovalSubject subject() {
        return subject;
    }

    /**
     * Checks, without using it up, that it would hold for the request now.
     *
     * @throws ApprovalException when it would not
     */
    public void check(ApprovalRequest request) {
        gate.require(this, request, request.run());
    }

    /**
     * Uses it for a run; the same run may use it again when it resumes.
     *
     * @throws ApprovalException when an approval expired or was taken back, or another run was first
     */
    public void redeem(ApprovalRequest request, String run) {
        gate.redeem(this, request, run);
    }
}
