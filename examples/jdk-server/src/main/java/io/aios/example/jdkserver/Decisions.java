package io.aios.example.jdkserver;

import io.aios.audit.AuditEvents;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Pseudonyms;
import io.aios.audit.wall.AuditLog;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantScope;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.PolicyToolExecutor;
import io.aios.trace.tool.ToolOutcome;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/** Decides requests of the current tenant. A decision that cannot be stored and chained is none. */
final class Decisions {
    private final SecureRandom random = new SecureRandom();
    private final PolicyDecisionPoint policies = PolicyDecisionPoint.of(RulePolicies.defaultGovernance());
    private final DecisionPipeline pipeline = RuleBasedPipeline.standard(policies);
    private final Map<OrgId, Pseudonyms> pseudonyms = new ConcurrentHashMap<>();
    private final TenantDb db;
    private final AuditLog wall;

    Decisions(TenantDb db, AuditLog wall) {
        this.db = db;
        this.wall = wall;
    }

    /**
     * What became of a request.
     *
     * @param trace how it was decided
     * @param receipt where that stands on the audit wall
     */
    record Decided(SealedTrace trace, AuditReceipt receipt) {}

    // tag::decide[]
    Decided decide(String user, String text) {
        OrgId org = TenantScope.require();
        SealedTrace trace = pipeline.decide(
                new DecisionRequest(text, org.value(), user),
                TraceSettings.defaults(),
                journal -> PolicyToolExecutor.guard(
                        policies,
                        Subject.of("user", user),
                        call -> new ToolOutcome.Failed("this service has no tools"),
                        journal));
        return db.inTenant(tx -> {
            insert(tx, org, trace);
            // Inside the transaction: without an entry on the wall nothing is stored, and nobody is answered.
            return new Decided(trace, wall.tenant(org).append(AuditEvents.trace(trace, pseudonyms(org))));
        });
    }
    // end::decide[]

    /** Ids of the current tenant's traces; the database adds the WHERE. */
    List<String> traceIds() {
        return db.read(tx -> tx.createQuery("select trace_id from decision_traces order by created_at, trace_id")
                .mapTo(String.class)
                .list());
    }

    private static void insert(Handle tx, OrgId org, SealedTrace trace) {
        tx.createUpdate("insert into decision_traces (org_id, trace_id, trace_hash, record_hash, body)"
                        + " values (:org, :id, :traceHash, :recordHash, :body)")
                .bind("org", org.value())
                .bind("id", trace.trace().traceId())
                .bind("traceHash", trace.traceHash().hex())
                .bind("recordHash", trace.recordHash().hex())
                .bind("body", trace.bytes())
                .execute();
    }

    /** A host keeps these keys in its vault, one for each tenant. */
    private Pseudonyms pseudonyms(OrgId org) {
        return pseudonyms.computeIfAbsent(org, each -> {
            byte[] key = new byte[32];
            random.nextBytes(key);
            return Pseudonyms.of(key);
        });
    }
}
