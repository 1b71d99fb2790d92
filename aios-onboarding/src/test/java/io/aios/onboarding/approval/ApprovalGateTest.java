package io.aios.onboarding.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.ItemKind;
import io.aios.onboarding.pack.OnboardingException;
import io.aios.onboarding.testing.Fixtures;
import io.aios.tenancy.OrgId;
import io.aios.trace.ApprovalStep;
import io.aios.trace.DecisionTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.json.Digest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApprovalGateTest {
    private static final String ITEM = "department:Building";

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final Fixtures.ListLog log = new Fixtures.ListLog();
    private final Fixtures.People people = new Fixtures.People();
    private final ApprovalGate gate = gate(Fixtures.onePerson());

    @Test
    void approvalsNeededAndCanDeployAnswerLikeTheOriginal() {
        ApprovalRequest request = request("package", 0.84);

        assertThat(gate.approvalsNeeded(request))
                .containsExactly(new ApprovalNeed(ITEM, Confidence.of(0.84), List.of("confidence 0.84 is below 0.90")));
        assertThat(gate.check(request).<String>fold(grant -> "", Readiness.Held::reason))
                .isEqualTo("Pending approvals required");
        ApprovalRecord said = gate.approve(request, ITEM, "token-alice", "looked right");
        assertThat(gate.check(request).canDeploy()).isTrue();
        assertThat(said.toJson())
                .containsEntry("approved_by", "alice@cleveland.gov")
                .containsEntry("approved_at", "2026-01-28T07:01:52.642889Z")
                .containsEntry("notes", "looked right")
                .containsEntry("item", ITEM)
                .containsEntry("role", "reviewer")
                .containsEntry("expires_at", "2026-02-04T07:01:52.642889Z")
                .containsKeys("package_hash", "plan_digest", "target_lineage");
    }

    /** Attack 30: bound to the content, not to a flag. */
    @Test
    void anEditVoidsAnApprovalAndGoingBackRevivesIt() {
        gate.approve(request("package", 0.84), ITEM, "token-alice", "");

        assertThat(gate.check(request("edited", 0.84)).canDeploy()).isFalse();
        assertThat(gate.check(request("package", 0.84)).canDeploy()).isTrue();
    }

    /** Attack 33: for another target, organisation or plan. */
    @Test
    void anApprovalCountsForOnePlanOneTargetAndOneOrganisation() {
        gate.approve(request("package", 0.84), ITEM, "token-alice", "");
        ApprovalSubject said = request("package", 0.84).subject();
        OrgId org = Fixtures.CLEVELAND;

        ApprovalSubject otherPlan = new ApprovalSubject(org, said.packageHash(), hash("other plan"), said.lineage());
        ApprovalSubject otherTarget = new ApprovalSubject(org, said.packageHash(), said.planDigest(), "other");
        ApprovalSubject otherOrg =
                new ApprovalSubject(OrgId.of("columbus-gov"), said.packageHash(), said.planDigest(), said.lineage());

        assertThat(gate.check(about(otherPlan)).canDeploy()).isFalse();
        assertThat(gate.check(about(otherTarget)).canDeploy()).isFalse();
        assertThatThrownBy(() -> gate.check(about(otherOrg)).canDeploy()).hasMessageContaining("columbus-gov");
    }

    /** Attack 31: by the author, a stranger, or without the role. */
    @Test
    void authorsStrangersAndPeopleWithoutTheRoleCannotDecide() {
        ApprovalRequest request = request("package", 0.84);

        assertThatThrownBy(() -> gate.approve(request, ITEM, "token-builder", ""))
                .hasMessageContaining("author");
        assertThatThrownBy(() -> gate.approve(request, ITEM, "token-eve", "")).hasMessageContaining("no role");
        assertThatThrownBy(() -> gate.approve(request, ITEM, "stolen", "")).hasMessageContaining("nobody");
        assertThatThrownBy(() -> gate.reject(request, ITEM, "token-builder", ""))
                .hasMessageContaining("author");
        assertThatThrownBy(() -> gate.approve(request, "department:HR", "token-alice", ""))
                .hasMessageContaining("needs no approval");
        assertThat(log.approvals).isEmpty();
    }

    /** Attack 31: a role lost between approval and deployment. */
    @Test
    void aRoleOrPersonLostBeforeDeploymentNoLongerCounts() {
        ApprovalRequest request = request("package", 0.84);
        gate.approve(request, ITEM, "token-alice", "");
        DeployGrant grant = gate.check(request).orElseThrow();

        assertThat(people.known.removeIf(approver -> approver.person().equals("alice")))
                .isTrue();

        assertThatThrownBy(() -> grant.redeem(request, "run")).isInstanceOf(ApprovalException.class);
        assertThat(gate.check(request).canDeploy()).isFalse();
    }

    /** Attack 31: one person with two accounts, or in two roles. */
    @Test
    void aQuorumCountsPersonsNotAccountsOrRoles() {
        people.known.add(new Approver("alice", "alice.private@example.org", Set.of("security")));
        ApprovalGate two =
                gate(ApprovalPolicy.of(new ApprovalRule(2, Set.of("reviewer", "security"), Duration.ofDays(1))));
        ApprovalRequest request = request("package", 0.84);

        two.approve(request, ITEM, "token-alice", "");
        two.approve(request, ITEM, "token-alice", "again");
        assertThat(two.check(request).pending())
                .extracting(PendingApproval::approvals)
                .containsExactly(1);
        two.approve(request, ITEM, "token-bob", "");
        assertThat(two.check(request).canDeploy()).isTrue();
    }

    /** Attack 32: the exact end, a clock that goes back, an approval from the future. */
    @Test
    void anApprovalHasEndedAtExactlyItsEndAndNeverStartsInTheFuture() {
        ApprovalRequest request = request("package", 0.84);
        gate.approve(request, ITEM, "token-alice", "");

        clock.advance(Duration.ofDays(7).minusNanos(1000));
        assertThat(gate.check(request).canDeploy()).isTrue();
        clock.advance(Duration.ofNanos(1000));
        assertThat(gate.check(request).canDeploy()).isFalse();
        clock.advance(Duration.ofDays(-8));
        assertThat(gate.check(request).canDeploy()).isFalse();
    }

    @Test
    void aShorterValiditySetLaterAlsoEndsOldApprovals() {
        ApprovalRequest request = request("package", 0.84);
        gate.approve(request, ITEM, "token-alice", "");
        clock.advance(Duration.ofHours(2));

        ApprovalGate stricter = gate(ApprovalPolicy.of(new ApprovalRule(1, Set.of("reviewer"), Duration.ofHours(1))));
        assertThat(stricter.check(request).canDeploy()).isFalse();
    }

    /** Attack 32: reject after approve, approve after reject, withdraw. */
    @Test
    void aRejectionHoldsUntilItsAuthorTakesItBack() {
        ApprovalRequest request = request("package", 0.84);
        gate.reject(request, ITEM, "token-bob", "no");
        gate.approve(request, ITEM, "token-alice", "yes");
        assertThat(gate.check(request).pending().get(0).rejectedBy()).containsExactly("bob@cleveland.gov");

        gate.withdraw(request, ITEM, "token-bob", "");
        assertThat(gate.check(request).canDeploy()).isTrue();
        gate.withdraw(request, ITEM, "token-alice", "");
        assertThat(gate.check(request).canDeploy()).isFalse();
        gate.approve(request, ITEM, "token-bob", "");
        assertThat(gate.check(request).canDeploy()).isTrue();
    }

    @Test
    void anApprovalAppearsAsAStepOfASealedTraceWithoutNamesOrNotes() {
        ApprovalRequest request = request("package", 0.84);
        ApprovalRecord said = gate.approve(request, ITEM, "token-alice", "checked the org chart");

        SealedTrace sealed = SealedTrace.seal(
                DecisionTrace.builder()
                        .traceId("t-1")
                        .requestId("r-1")
                        .requestText("deploy")
                        .tenantId("cleveland-gov")
                        .userId("alice")
                        .createdAt("2026-01-28T07:01:52.642889+00:00")
                        .steps(List.of(said.toTraceStep("s-1")))
                        .responseText("")
                        .responseType("deployment")
                        .success(true)
                        .simulation(false)
                        .build(),
                new Random(1));
        SealedTrace read = SealedTrace.read(sealed.bytes());

        assertThat(read.traceHash()).isEqualTo(sealed.traceHash());
        assertThat(read.trace().steps()).singleElement().isInstanceOfSatisfying(ApprovalStep.class, step -> {
            assertThat(step.approvalId()).isEqualTo(said.approvalId());
            assertThat(step.resolution()).isEqualTo("approved");
            assertThat(step.outputData())
                    .containsEntry("by", "alice")
                    .containsEntry("at", "2026-01-28T07:01:52.642889Z")
                    .containsEntry("grant", request.subject().planDigest().hex());
            assertThat(step.metadata())
                    .containsEntry(
                            "package_hash", request.subject().packageHash().hex())
                    .containsEntry("target_lineage", request.subject().lineage());
        });
        assertThat(new String(sealed.bytes(), StandardCharsets.UTF_8))
                .doesNotContain("alice@cleveland.gov")
                .doesNotContain("org chart");
        ApprovalRecord other = gate.reject(request, ITEM, "token-bob", "");
        assertThat(other.approvalId()).isNotEqualTo(said.approvalId());
        assertThat(other.toTraceStep("s-2").resolution()).isEqualTo("rejected");
    }

    @Test
    void aRejectionByAPersonWhoLostTheRoleStillHolds() {
        ApprovalRequest request = request("package", 0.84);
        gate.reject(request, ITEM, "token-bob", "no");
        assertThat(people.known.removeIf(approver -> approver.person().equals("bob")))
                .isTrue();
        gate.approve(request, ITEM, "token-alice", "yes");

        assertThat(gate.check(request).canDeploy()).isFalse();
    }

    /** Attack 33: an approval used again. */
    @Test
    void aGrantIsUsedOnceAndByTheSameRunAgain() {
        ApprovalRequest request = request("package", 0.84);
        gate.approve(request, ITEM, "token-alice", "");
        DeployGrant grant = gate.check(request).orElseThrow();

        grant.redeem(request, "run-1");
        grant.redeem(request, "run-1");
        assertThatThrownBy(() -> grant.redeem(request, "run-2")).hasMessageContaining("used by run run-1");
        assertThat(gate.check(request).canDeploy()).isFalse();
        assertThatThrownBy(() -> grant.redeem(request("edited", 0.84), "run-1"))
                .hasMessageContaining("another package");
    }

    /** Attack 32: deployment and withdrawal at once. */
    @Test
    void aWithdrawalThatReachesTheLogBeforeTheUseWins() {
        ApprovalRequest request = request("package", 0.84);
        gate.approve(request, ITEM, "token-alice", "");
        ApprovalLog racing = new ApprovalLog() {
            @Override
            public void append(ApprovalRecord approval) {
                gate.withdraw(request, ITEM, "token-alice", "stop");
                log.append(approval);
            }

            @Override
            public List<ApprovalRecord> read(OrgId org) {
                return log.read(org);
            }
        };
        DeployGrant grant = new ApprovalGate(Fixtures.CLEVELAND, Fixtures.onePerson(), racing, people, clock)
                .check(request)
                .orElseThrow();

        assertThatThrownBy(() -> grant.redeem(request, "run")).hasMessageContaining("Pending approvals required");
    }

    @Test
    void aLogThatForgetsTheUseIsNotTrusted() {
        ApprovalRequest request = request("package", 0.99);
        ApprovalLog forgetful = new ApprovalLog() {
            @Override
            public void append(ApprovalRecord approval) {}

            @Override
            public List<ApprovalRecord> read(OrgId org) {
                return List.of();
            }
        };
        DeployGrant grant = new ApprovalGate(Fixtures.CLEVELAND, Fixtures.onePerson(), forgetful, people, clock)
                .check(request)
                .orElseThrow();

        assertThatThrownBy(() -> grant.redeem(request, "run")).hasMessageContaining("cannot be trusted");
    }

    /** Attack 35: rules that nobody can meet. */
    @Test
    void rulesNobodyCanMeetAreReportedWhenThePolicyIsLoaded() {
        assertThat(people.known.removeIf(approver -> !approver.person().equals("alice")))
                .isTrue();
        assertThatThrownBy(() -> gate(ApprovalPolicy.of(new ApprovalRule(2, Set.of("reviewer"), Duration.ofDays(1)))))
                .hasMessage("the approval policy of cleveland-gov cannot be met: the rule for every item needs 2"
                        + " person(s) of [reviewer] and there are 1");
        ApprovalRule editors = new ApprovalRule(1, Set.of("editor"), Duration.ofDays(1));
        assertThatThrownBy(() -> gate(Fixtures.onePerson().withRule(ItemKind.PROMPT, editors)))
                .hasMessageContaining("prompt items needs 1 person(s) of [editor] and there are 0");
    }

    /** Attack 34: 0.90 and 0.8999999, missing, not a number, no item at all. */
    @Test
    void theThresholdIsThePolicysAndComparedAsADecimal() {
        ApprovalPolicy policy = Fixtures.onePerson();
        assertThat(policy.needs(List.of(candidate("a", 0.90, null)))).isEmpty();
        assertThat(policy.needs(List.of(candidate("a", 0.8999999, null))).get(0).reasons())
                .containsExactly("confidence 0.8999999 is below 0.90");
        assertThat(policy.needs(List.of(
                        candidate("a", null, null), candidate("b", Double.NaN, null), candidate("c", "0.95", null))))
                .extracting(need -> need.reasons().get(0))
                .containsExactly(
                        "confidence is missing", "confidence is not a finite number", "confidence is not a number");
        assertThat(policy.needs(List.of(candidate("policy:a", 1.0, "policy updated"))))
                .extracting(ApprovalNeed::reasons)
                .containsExactly(List.of("policy updated"));
        assertThat(policy.needs(List.of())).extracting(ApprovalNeed::item).containsExactly("package");
        assertThatThrownBy(() -> policy.withThreshold(BigDecimal.ZERO)).isInstanceOf(ApprovalException.class);
        assertThat(policy.withThreshold(new BigDecimal("0.95")).needs(List.of(candidate("a", 0.94, null))))
                .hasSize(1);
    }

    /** Attack 36: what people read hides nothing, and logs take no second line. */
    @Test
    void whatPeopleReadCannotHideAnything() {
        ApprovalRequest request = request("package", 0.84);
        for (String notes : List.of("a\u202eb", "a\u200bb", "a\nb", "a\u0007b", "x".repeat(1 << 20), "\ud800")) {
            assertThatThrownBy(() -> gate.approve(request, ITEM, "token-alice", notes))
                    .isInstanceOf(OnboardingException.class);
        }
        assertThatThrownBy(() -> new Approver("alice", "al\u200bice", Set.of()))
                .isInstanceOf(OnboardingException.class);
        assertThat(log.approvals).isEmpty();
    }

    /** Attack 37: the door without approvals. */
    @Test
    void breakGlassNeedsItsRoleAReasonAndLeavesItsOwnRecord() {
        ApprovalRequest request = request("package", 0.84);
        assertThatThrownBy(() -> gate.deployWithoutApprovals(request, "token-alice", "fire"))
                .hasMessageContaining("break-glass");
        assertThatThrownBy(() -> gate.deployWithoutApprovals(request, "token-eve", " "))
                .hasMessageContaining("reason");

        DeployGrant grant = gate.deployWithoutApprovals(request, "token-eve", "city hall is on fire");

        assertThat(log.approvals)
                .extracting(ApprovalRecord::resolution)
                .containsExactly(ApprovalRecord.Resolution.BREAK_GLASS);
        assertThat(gate.check(request("edited", 0.84)).canDeploy()).isFalse();
        clock.advance(Duration.ofHours(1));
        assertThatThrownBy(() -> grant.redeem(request, "run")).isInstanceOf(ApprovalException.class);
    }

    private ApprovalGate gate(ApprovalPolicy policy) {
        return new ApprovalGate(Fixtures.CLEVELAND, policy, log, people, clock);
    }

    private static ApprovalRequest request(String content, double confidence) {
        return new ApprovalRequest(
                new ApprovalSubject(Fixtures.CLEVELAND, hash(content), hash("plan"), "lineage"),
                Set.of("builder"),
                List.of(candidate(ITEM, confidence, null), candidate("agent:hr_agent", 0.99, null)));
    }

    private static ApprovalRequest about(ApprovalSubject subject) {
        return new ApprovalRequest(subject, Set.of("builder"), List.of(candidate(ITEM, 0.84, null)));
    }

    private static Candidate candidate(String item, @Nullable Object confidence, @Nullable String change) {
        return new Candidate(item, Confidence.of(confidence), change);
    }

    private static Digest hash(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
