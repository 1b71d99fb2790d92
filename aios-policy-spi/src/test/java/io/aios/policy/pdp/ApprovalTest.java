package io.aios.policy.pdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.Decision;
import io.aios.policy.Decision.ReviewRequest;
import io.aios.policy.Effect;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Action;
import io.aios.policy.PolicyRequest.Resource;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.ReasonCodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The only way out of a review, and the ways that are none. */
class ApprovalTest {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    };
    private final AtomicInteger ids = new AtomicInteger();
    private final InMemoryApprovals approvals = new InMemoryApprovals(clock, () -> "a" + ids.incrementAndGet());
    private final PolicyDecisionPoint point = point(approvals);

    @BeforeEach
    void load() {
        activate("1");
    }

    @AfterEach
    void close() {
        point.close();
    }

    @Test
    void anApprovalOfThisVeryRequestPermitsItOnce() {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        Decision decision = point.decide(request, approval.id());
        assertThat(decision.effect()).isEqualTo(Effect.PERMIT);
        assertThat(decision.outcome().approvalId()).contains(approval.id());
        refused(request, approval.id(), ReasonCodes.APPROVAL_USED);
    }

    @Test
    void anotherRequestOrArgumentIsNotApproved() {
        Approval approval = approve(payment("alice", 5000), "bob", List.of("finance"));
        refused(payment("alice", 5001), approval.id(), ReasonCodes.APPROVAL_MISMATCH);
        refused(payment("carol", 5000), approval.id(), ReasonCodes.APPROVAL_MISMATCH);
        PolicyRequest otherContext = payment("alice", 5000).withContext(Map.of("dry_run", false));
        refused(otherContext, approval.id(), ReasonCodes.APPROVAL_MISMATCH);
        assertThat(point.decide(payment("alice", 5000), approval.id()).isPermit())
                .isTrue();
    }

    @Test
    void aChangedPolicyKillsTheApproval() {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        activate("2");
        refused(request, approval.id(), ReasonCodes.APPROVAL_MISMATCH);
    }

    @Test
    void nobodyApprovesTheirOwnRequest() {
        PolicyRequest request = payment("bob", 5000);
        refused(request, approve(request, "bob", List.of("finance")).id(), ReasonCodes.APPROVAL_SELF);
    }

    @Test
    void whoIsNotNamedCannotApprove() {
        PolicyRequest request = payment("alice", 5000);
        refused(request, approve(request, "mallory", List.of("intern")).id(), ReasonCodes.APPROVAL_APPROVER);
    }

    @Test
    void anApprovalExpiresByItsOwnTimeAndByThePolicys() {
        PolicyRequest request = payment("alice", 5000);
        Approval own = approvals.grant(ask(request), "bob", List.of("finance"), Duration.ofMinutes(5));
        Approval longer = approvals.grant(ask(request), "bob", List.of("finance"), Duration.ofDays(3));
        now = now.plus(Duration.ofMinutes(5));
        refused(request, own.id(), ReasonCodes.APPROVAL_EXPIRED);
        now = now.plus(Duration.ofMinutes(55));
        refused(request, longer.id(), ReasonCodes.APPROVAL_EXPIRED);
    }

    @Test
    void anApprovalFromTheFutureDoesNotCount() {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        now = now.minusSeconds(1);
        refused(request, approval.id(), ReasonCodes.APPROVAL_EXPIRED);
    }

    @Test
    void aForgedWithdrawnOrMissingApprovalChangesNothing() {
        PolicyRequest request = payment("alice", 5000);
        refused(request, "made-up", ReasonCodes.APPROVAL_UNKNOWN);
        Approval approval = approve(request, "bob", List.of("finance"));
        approvals.withdraw(approval.id());
        refused(request, approval.id(), ReasonCodes.APPROVAL_UNKNOWN);
        PolicyRequest inContext = request.withContext(Map.of("approval", Map.of("id", "a1", "state", "approved")));
        assertThat(point.decide(inContext).effect()).isEqualTo(Effect.REVIEW);
    }

    @Test
    void anAuthorityThatAnswersWithAnotherApprovalOrFailsChangesNothing() {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        ApprovalAuthority swaps = new ApprovalAuthority() {
            @Override
            public Optional<Approval> find(String approvalId) {
                return Optional.of(approval);
            }

            @Override
            public boolean consume(String approvalId) {
                return true;
            }
        };
        try (PolicyDecisionPoint swapped = point(swaps);
                PolicyDecisionPoint failing = point(new ApprovalAuthority() {
                    @Override
                    public Optional<Approval> find(String approvalId) {
                        throw new IllegalStateException("down");
                    }

                    @Override
                    public boolean consume(String approvalId) {
                        return true;
                    }
                })) {
            for (PolicyDecisionPoint other : List.of(swapped, failing)) {
                assertThat(other.activate(List.of(policy("1"))).unavailable()).isEmpty();
                Decision decision = other.decide(request, "another-id");
                assertThat(decision.effect()).isEqualTo(Effect.REVIEW);
                assertThat(decision.outcome().reasonCodes()).contains(ReasonCodes.APPROVAL_UNKNOWN);
            }
        }
    }

    @Test
    void anApprovalDoesNotTurnADenialIntoAPermit() {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        assertThat(point.activate(List.of(
                                policy("1"),
                                Policy.of("stop", "1", Map.of("rules", List.of(Map.of("id", "x", "effect", "deny"))))))
                        .unavailable())
                .isEmpty();
        assertThat(point.decide(request, approval.id()).effect()).isEqualTo(Effect.DENY);
    }

    @Test
    void ofManyThreadsOneUsesTheApproval() throws Exception {
        PolicyRequest request = payment("alice", 5000);
        Approval approval = approve(request, "bob", List.of("finance"));
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Decision>> decisions = new java.util.ArrayList<>();
            for (int i = 0; i < 32; i++) {
                decisions.add(threads.submit(() -> {
                    start.await();
                    return point.decide(request, approval.id());
                }));
            }
            start.countDown();
            Map<Effect, Integer> count = new HashMap<>();
            for (Future<Decision> decision : decisions) {
                count.merge(decision.get().effect(), 1, Integer::sum);
            }
            assertThat(count).isEqualTo(Map.of(Effect.PERMIT, 1, Effect.REVIEW, 31));
        } finally {
            threads.shutdownNow();
        }
    }

    private void refused(PolicyRequest request, String approvalId, String code) {
        Decision decision = point.decide(request, approvalId);
        assertThat(decision.effect()).isEqualTo(Effect.REVIEW);
        assertThat(decision.outcome().reasonCodes()).contains(code);
        assertThat(decision.outcome().approvalId()).isEmpty();
    }

    private Approval approve(PolicyRequest request, String approver, List<String> roles) {
        return approvals.grant(ask(request), approver, roles, Duration.ofHours(1));
    }

    private ReviewRequest ask(PolicyRequest request) {
        Decision decision = point.decide(request);
        assertThat(decision).isInstanceOf(Decision.Review.class);
        return ((Decision.Review) decision).ask();
    }

    private PolicyDecisionPoint point(ApprovalAuthority authority) {
        return PolicyDecisionPoint.builder().approvals(authority).clock(clock).build();
    }

    private void activate(String version) {
        assertThat(point.activate(List.of(policy(version))).unavailable()).isEmpty();
    }

    private static Policy policy(String version) {
        return Policy.of(
                "payments",
                version,
                Map.of(
                        "rules",
                        List.of(Map.of(
                                "id",
                                "large",
                                "effect",
                                "review",
                                "approvers",
                                List.of("finance"),
                                "timeout",
                                "PT1H",
                                "reason_user",
                                "v" + version))));
    }

    private static PolicyRequest payment(String subject, int amount) {
        return PolicyRequest.of(
                Subject.of("user", subject),
                new Action("pay", Map.of("amount", amount)),
                Resource.of("account", "a-1"));
    }
}
