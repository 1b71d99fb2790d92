package io.aios.onboarding;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.wall.AuditLog;
import io.aios.onboarding.approval.Readiness;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.SignatureException;
import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.util.Map;

/**
 * Lets a package, and so its prompts, reach more traffic only when its golden suites passed for exactly this hash, people
 * approved it, and policy permits it. Every answer is on the audit wall before it is given.
 */
public final class PromotionGate {
    /** The action that the decision point is asked about; its context says {@code approved} and {@code golden_passed}. */
    public static final String ACTION = "package.promote";

    private final GoldenResults golden;
    private final PolicyDecisionPoint policy;
    private final AuditLog audit;

    /** A gate that believes these golden results. */
    public PromotionGate(GoldenResults golden, PolicyDecisionPoint policy, AuditLog audit) {
        this.golden = golden;
        this.policy = policy;
        this.audit = audit;
    }

    /**
     * Asks whether a package may be promoted to a stage.
     *
     * @param readiness what the approval gate says of it
     * @param actor who asks, a pseudonym {@code [A-Za-z0-9._:-]{1,128}}
     * @param stage where to, for example {@code production}
     * @return the audit receipt of the permission
     * @throws WizardException naming what is missing; the refusal is audited
     * @throws io.aios.audit.AuditException when the wall cannot be trusted, or does not take the answer
     */
    public AuditReceipt promote(VerifiedPackage content, Readiness readiness, String actor, String stage) {
        boolean approved =
                readiness.<Boolean>fold(grant -> grant.subject().packageHash().equals(content.hash()), held -> false);
        String problem = goldenProblem(content);
        Decision decision = policy.decide(PolicyRequest.of(
                        PolicyRequest.Subject.of("person", actor),
                        PolicyRequest.Action.of(ACTION),
                        PolicyRequest.Resource.of("package", content.hash().hex()))
                .withContext(Map.of("stage", stage, "approved", approved, "golden_passed", problem.isEmpty())));
        boolean permitted = approved && problem.isEmpty() && decision.isPermit();
        AuditReceipt receipt = audit.tenant(content.manifest().orgId())
                .append(AuditEvent.of("package.promotion")
                        .actor(actor)
                        .subject(stage)
                        .outcome(permitted ? "permit" : "deny")
                        .packageHash(content.hash())
                        .build());
        if (!permitted) {
            String why =
                    !approved ? "it is not approved" : problem.isEmpty() ? "policy says " + decision.effect() : problem;
            throw new WizardException("package " + content.hash().hex() + " may not be promoted: " + why);
        }
        return receipt;
    }

    private String goldenProblem(VerifiedPackage content) {
        try {
            golden.requirePassed(content);
            return "";
        } catch (SignatureException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
