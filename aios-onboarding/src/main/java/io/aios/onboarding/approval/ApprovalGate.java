package io.aios.onboarding.approval;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.onboarding.approval.ApprovalRecord.Resolution;
import io.aios.tenancy.OrgId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one gate of an organisation that deployment, replay and rollback pass. Safe for any number of threads.
 */
public final class ApprovalGate {
    /** The role that may deploy without approvals. */
    public static final String BREAK_GLASS_ROLE = "break-glass";

    private static final Duration BREAK_GLASS_VALIDITY = Duration.ofHours(1);
    private static final Logger LOG = LoggerFactory.getLogger(ApprovalGate.class);

    private final OrgId org;
    private final ApprovalPolicy policy;
    private final ApprovalLog log;
    private final ApproverAuthenticator authenticator;
    private final Clock clock;

    /**
     * Opens the gate.
     *
     * @throws ApprovalException when the policy has a rule that the organisation's approvers could never meet
     */
    public ApprovalGate(
            OrgId org, ApprovalPolicy policy, ApprovalLog log, ApproverAuthenticator authenticator, Clock clock) {
        this.org = org;
        this.policy = policy;
        this.log = log;
        this.authenticator = authenticator;
        this.clock = clock;
        List<String> problems = policy.unsatisfiable(authenticator.approvers(org));
        if (!problems.isEmpty()) {
            throw new ApprovalException(
                    "the approval policy of " + org.value() + " cannot be met: " + String.join("; ", problems));
        }
    }

    /** The items of the request that need a human. */
    public List<ApprovalNeed> approvalsNeeded(ApprovalRequest request) {
        return policy.needs(request.candidates());
    }

    /**
     * Whether the request may be deployed now.
     *
     * @throws ApprovalException when the approval log cannot be trusted
     */
    public Readiness check(ApprovalRequest request) {
        return evaluate(request, log.read(org), request.run());
    }

    /**
     * Approves one item.
     *
     * @param credential proves the approver to the host's {@link ApproverAuthenticator}
     * @param notes one visible line, may be empty
     * @throws ApprovalException when the person may not approve, or the item needs nobody
     */
    @CanIgnoreReturnValue
    public ApprovalRecord approve(ApprovalRequest request, String item, String credential, String notes) {
        ApprovalRule rule = policy.ruleFor(item);
        Approver approver = eligible(request, item, credential);
        Instant now = clock.instant();
        return append(request, Resolution.APPROVED, item, approver, rule, now.plus(rule.validity()), notes);
    }

    /** Approves, as one person, every item of the request that needs a human. */
    @CanIgnoreReturnValue
    public List<ApprovalRecord> approveAll(ApprovalRequest request, String credential, String notes) {
        return approvalsNeeded(request).stream()
                .map(need -> approve(request, need.item(), credential, notes))
                .toList();
    }

    /**
     * Forbids one item; no number of approvals outweighs it.
     *
     * @throws ApprovalException when the person may not approve, or the item needs nobody
     */
    @CanIgnoreReturnValue
    public ApprovalRecord reject(ApprovalRequest request, String item, String credential, String notes) {
        Approver approver = eligible(request, item, credential);
        return append(request, Resolution.REJECTED, item, approver, policy.ruleFor(item), null, notes);
    }

    /**
     * Takes back what the person said about an item; whoever said something may, whatever role they hold now.
     *
     * @throws ApprovalException when the credential proves nobody
     */
    @CanIgnoreReturnValue
    public ApprovalRecord withdraw(ApprovalRequest request, String item, String credential, String notes) {
        requireOrg(request);
        Approver approver = authenticator.authenticate(org, credential);
        return append(request, Resolution.WITHDRAWN, item, approver, policy.ruleFor(item), null, notes);
    }

    /**
     * Allows the deployment without approvals, in the role {@value #BREAK_GLASS_ROLE}, once and within an hour. It is
     * recorded and logged as a warning.
     *
     * @param reason why; one visible line
     * @throws ApprovalException when the person does not hold the role
     */
    public DeployGrant deployWithoutApprovals(ApprovalRequest request, String credential, String reason) {
        requireOrg(request);
        Approver approver = authenticator.authenticate(org, credential);
        if (!holds(approver.person(), BREAK_GLASS_ROLE)) {
            throw new ApprovalException(approver.person() + " does not hold the role " + BREAK_GLASS_ROLE);
        }
        if (reason.isBlank()) {
            throw new ApprovalException("deploying without approvals needs a reason");
        }
        Instant now = clock.instant();
        log.append(new ApprovalRecord(
                Resolution.BREAK_GLASS,
                request.subject(),
                ApprovalRecord.WHOLE,
                approver.person(),
                approver.name(),
                BREAK_GLASS_ROLE,
                now,
                now.plus(BREAK_GLASS_VALIDITY),
                reason));
        LOG.warn(
                "break-glass: package {} of {} may be deployed without approvals",
                request.subject().packageHash().hex(),
                org.value());
        return check(request).orElseThrow();
    }

    void require(DeployGrant grant, ApprovalRequest request, @Nullable String run) {
        if (!grant.subject().equals(request.subject())) {
            throw new ApprovalException("the grant is for another package, plan or target");
        }
        DeployGrant again = evaluate(request, log.read(org), run).orElseThrow();
        if (!again.subject().equals(grant.subject())) {
            throw new ApprovalException("the grant is for another package, plan or target");
        }
    }

    /**
     * The log's order decides: the use is appended first, and then counts only if everything before it still held.
     */
    void redeem(DeployGrant grant, ApprovalRequest request, String run) {
        require(grant, request, run);
        ApprovalRecord used = new ApprovalRecord(
                Resolution.USED,
                request.subject(),
                ApprovalRecord.WHOLE,
                "executor",
                "executor",
                "executor",
                clock.instant(),
                null,
                run);
        log.append(used);
        List<ApprovalRecord> records = log.read(org);
        int last = records.lastIndexOf(used);
        if (last < 0) {
            throw new ApprovalException("the approval log lost the use of run " + run + "; it cannot be trusted");
        }
        DeployGrant held = evaluate(request, records.subList(0, last + 1), run).orElseThrow();
        if (!held.subject().equals(grant.subject())) {
            throw new ApprovalException("the grant is for another package, plan or target");
        }
    }

    private Readiness evaluate(ApprovalRequest request, List<ApprovalRecord> records, @Nullable String run) {
        requireOrg(request);
        Collection<Approver> approvers = authenticator.approvers(org);
        String usedBy = Evaluation.usedBy(request.subject(), records);
        if (usedBy != null && !usedBy.equals(run)) {
            return new Readiness.Held(List.of(), "the approvals were used by run " + usedBy + "; plan again");
        }
        List<PendingApproval> pending = new Evaluation(policy, request, approvers, clock.instant()).pending(records);
        return pending.isEmpty()
                ? new Readiness.Ready(new DeployGrant(this, request.subject()))
                : new Readiness.Held(pending, "Pending approvals required");
    }

    private Approver eligible(ApprovalRequest request, String item, String credential) {
        requireOrg(request);
        if (approvalsNeeded(request).stream().noneMatch(need -> need.item().equals(item))) {
            throw new ApprovalException("item " + item + " needs no approval in this request");
        }
        Approver approver = authenticator.authenticate(org, credential);
        if (request.authors().contains(approver.person())) {
            throw new ApprovalException(approver.person() + " is an author of the package and cannot approve it");
        }
        ApprovalRule rule = policy.ruleFor(item);
        boolean holdsRole = authenticator.approvers(org).stream()
                .anyMatch(known -> known.person().equals(approver.person()) && rule.eligible(known));
        if (!holdsRole) {
            throw new ApprovalException(approver.person() + " holds no role that may decide " + item);
        }
        return approver;
    }

    private boolean holds(String person, String role) {
        return authenticator.approvers(org).stream()
                .anyMatch(
                        known -> known.person().equals(person) && known.roles().contains(role));
    }

    private ApprovalRecord append(
            ApprovalRequest request,
            Resolution resolution,
            String item,
            Approver approver,
            ApprovalRule rule,
            @Nullable Instant expiresAt,
            String notes) {
        String role = rule.roles().stream()
                .filter(approver.roles()::contains)
                .sorted()
                .findFirst()
                .orElse("none");
        ApprovalRecord approval = new ApprovalRecord(
                resolution,
                request.subject(),
                item,
                approver.person(),
                approver.name(),
                role,
                clock.instant(),
                expiresAt,
                notes);
        log.append(approval);
        return approval;
    }

    private void requireOrg(ApprovalRequest request) {
        if (!request.subject().org().equals(org)) {
            throw new ApprovalException(
                    "the request is of " + request.subject().org().value() + ", this gate of " + org.value());
        }
    }
}
