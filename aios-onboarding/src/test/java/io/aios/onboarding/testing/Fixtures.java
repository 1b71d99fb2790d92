package io.aios.onboarding.testing;

import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.approval.ApprovalLog;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRecord;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.onboarding.approval.Approver;
import io.aios.onboarding.approval.ApproverAuthenticator;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;
import io.aios.onboarding.pack.PackageVerifier;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What many tests start from: Cleveland's package, its approvers and a clock that stands. */
public final class Fixtures {
    public static final OrgId CLEVELAND = OrgId.of("cleveland-gov");
    public static final Instant NOW = Instant.parse("2026-01-28T07:01:52.642889Z");

    private Fixtures() {}

    public static PackageBuilder cleveland() {
        return DeploymentPackage.builder(CLEVELAND)
                .tenantName("City of Cleveland")
                .createdAt(NOW)
                .createdBy("builder")
                .department("Human Resources", Confidence.of(0.97))
                .department("Building", Confidence.of(0.84))
                .agent("hr_agent", Confidence.of(0.95), Map.of("title", "HR", "tools", List.of("kb_search")))
                .agent("building_agent", Confidence.of(0.93), Map.of("title", "Building", "tools", List.of()))
                .policy(RulePolicies.defaultGovernance(), Confidence.of(1.0))
                .policy(RulePolicies.costOptimization(), Confidence.of(0.92));
    }

    /** The body of a policy that lets agents call these tools. */
    public static Map<String, Object> tools(String... names) {
        return Map.of("actions", List.of("tool.call"), "input", Map.of(), "tools", Map.of("allow", List.of(names)));
    }

    public static VerifiedPackage verified(DeploymentPackage built, Path directory) {
        built.writeTo(directory);
        return PackageVerifier.verify(directory).orElseThrow();
    }

    public static ApprovalPolicy onePerson() {
        return ApprovalPolicy.of(new ApprovalRule(1, Set.of("reviewer"), Duration.ofDays(7)));
    }

    public static ApprovalGate gate(Clock clock) {
        return new ApprovalGate(CLEVELAND, onePerson(), new ListLog(), new People(), clock);
    }

    /** An approval log for tests; keeps what it is given in order and forgets with the process. */
    public static final class ListLog implements ApprovalLog {
        public final List<ApprovalRecord> approvals = new ArrayList<>();

        @Override
        public synchronized void append(ApprovalRecord approval) {
            approvals.add(approval);
        }

        @Override
        public synchronized List<ApprovalRecord> read(OrgId org) {
            return approvals.stream()
                    .filter(approval -> approval.subject().org().equals(org))
                    .toList();
        }
    }

    /** Credentials are {@code token-<person>}. */
    public static final class People implements ApproverAuthenticator {
        public final List<Approver> known = new ArrayList<>(List.of(
                new Approver("alice", "alice@cleveland.gov", Set.of("reviewer")),
                new Approver("bob", "bob@cleveland.gov", Set.of("reviewer")),
                new Approver("builder", "ci@cleveland.gov", Set.of("reviewer")),
                new Approver("eve", "eve@cleveland.gov", Set.of("break-glass"))));

        @Override
        public Approver authenticate(OrgId org, String credential) {
            return known.stream()
                    .filter(approver -> credential.equals("token-" + approver.person()))
                    .findFirst()
                    .orElseThrow(() -> new ApprovalException("the credential proves nobody"));
        }

        @Override
        public Collection<Approver> approvers(OrgId org) {
            return List.copyOf(known);
        }
    }

    /** A clock that moves only when told to. */
    public static final class Ticking extends Clock {
        private Instant now = NOW;

        public void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
