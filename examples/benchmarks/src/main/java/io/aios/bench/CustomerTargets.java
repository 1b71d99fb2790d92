package io.aios.bench;

import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Tally;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.example.servers.PostgresServer;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The customer's three targets, wall time at p99: a policy evaluation under 200 ms, an audit write under 50 ms, an evidence
 * summary over 100,000 entries under 500 ms.
 */
public final class CustomerTargets {
    private static final OrgId ORG = OrgId.of("customer");
    private static final int ENTRIES = 100_000;
    private static final int IN_FLIGHT = 512;

    /** Something that is timed. */
    private interface Work {
        Object run();
    }

    private CustomerTargets() {}

    public static void main(String[] args) throws Exception {
        Report report = new Report();
        run(report, Dose.FULL);
        report.print(System.out);
    }

    static void run(Report report, Dose dose) {
        policy(report, dose);
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer server = PostgresServer.start()) {
            PostgresServer.Wall roles = server.installWall();
            try (AuditWall wall =
                    AuditWall.writer(roles.writer()).primary(primary.admin()).open()) {
                audit(report, dose, wall, AuditReader.open(roles.reader()));
            }
        }
    }

    private static void policy(Report report, Dose dose) {
        PolicyRequest request =
                PolicyRequest.toolCall(Subject.of("agent", "hr"), "kb_search", Map.of("query", "leave"));
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.of(
                RulePolicies.toolAllowList("tools", "1", List.of("kb_search")), RulePolicies.defaultGovernance())) {
            report.atMost(
                    200,
                    "ms",
                    "policy evaluation through the decision point, p99",
                    p99(10 * dose.repeats(), () -> decisions.decide(request)));
        }
    }

    private static void audit(Report report, Dose dose, AuditWall wall, AuditReader reader) {
        Deque<CompletableFuture<AuditReceipt>> pending = new ArrayDeque<>();
        for (int entry = 0; entry < ENTRIES; entry++) {
            pending.add(wall.tenant(ORG).appendAsync(event(entry)));
            if (pending.size() > IN_FLIGHT) {
                Paired.sink = pending.remove().join();
            }
        }
        pending.forEach(CompletableFuture::join);
        report.atMost(
                        50,
                        "ms",
                        "audit write, one durable append after the other, p99",
                        p99(dose.repeats() / 2, () -> wall.tenant(ORG).append(event(0))))
                .atMost(
                        500,
                        "ms",
                        "evidence summary over 100,000 entries, p99",
                        p99(Math.max(20, dose.rounds()), () -> total(reader.tally(ORG))));
    }

    private static AuditEvent event(int number) {
        return AuditEvent.of(number % 3 == 0 ? "tool.called" : "policy.decided")
                .actor("agent-" + number % 50)
                .subject("case-" + number % 1000)
                .outcome(number % 10 == 0 ? "deny" : "permit")
                .build();
    }

    private static long total(List<Tally> tallies) {
        long total = tallies.stream().mapToLong(Tally::entries).sum();
        if (total < ENTRIES) {
            throw new IllegalStateException("the summary counts " + total + " entries");
        }
        return total;
    }

    private static double p99(int times, Work work) {
        List<Double> millis = new ArrayList<>();
        for (int time = -times / 5; time < times; time++) {
            long start = System.nanoTime();
            Paired.sink = work.run();
            if (time >= 0) {
                millis.add((System.nanoTime() - start) / 1e6);
            }
        }
        millis.sort(null);
        return millis.get(millis.size() * 99 / 100);
    }
}
