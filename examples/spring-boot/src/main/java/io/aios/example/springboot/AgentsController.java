package io.aios.example.springboot;

import io.aios.audit.AuditEvents;
import io.aios.audit.Pseudonyms;
import io.aios.audit.wall.AuditWall;
import io.aios.policy.Decision;
import io.aios.policy.PolicyRequest;
import io.aios.policy.PolicyRequest.Subject;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantScope;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Agents of the current tenant, and whether one may call a tool; no method here names a tenant. */
@RestController
class AgentsController {
    private final SecureRandom random = new SecureRandom();
    private final Map<OrgId, Pseudonyms> pseudonyms = new ConcurrentHashMap<>();
    private final PolicyDecisionPoint decisions;
    private final TenantDb db;
    private final AuditWall wall;

    AgentsController(PolicyDecisionPoint decisions, TenantDb db, AuditWall wall) {
        this.decisions = decisions;
        this.db = db;
        this.wall = wall;
    }

    @PutMapping("/agents/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void put(@PathVariable String name, @RequestBody String purpose) {
        db.inTenant(tx -> tx.createUpdate("insert into agents (org_id, name, purpose) values (:org, :name, :purpose)"
                        + " on conflict (org_id, name) do update set purpose = excluded.purpose")
                .bind("org", TenantScope.require().value())
                .bind("name", name)
                .bind("purpose", purpose)
                .execute());
    }

    @GetMapping("/agents")
    List<String> list() {
        return db.read(tx -> tx.createQuery("select name from agents order by name")
                .mapTo(String.class)
                .list());
    }

    /** The decision stands on the audit wall before anybody hears of it. */
    @PostMapping("/agents/{name}/tools/{tool}")
    ResponseEntity<Map<String, Object>> decide(
            @PathVariable String name, @PathVariable String tool, @RequestBody Map<String, Object> arguments) {
        OrgId org = TenantScope.require();
        PolicyRequest request = PolicyRequest.toolCall(Subject.of("agent", name), tool, arguments);
        Decision decision = decisions.decide(request);
        long seq = wall.tenant(org)
                .append(AuditEvents.decision(request, decision, pseudonyms(org)))
                .seq();
        String effect = decision.effect().name().toLowerCase(Locale.ROOT);
        return ResponseEntity.status(decision instanceof Decision.Permit ? HttpStatus.OK : HttpStatus.FORBIDDEN)
                .body(Map.of("effect", effect, "reasons", decision.outcome().reasonCodes(), "audit_seq", seq));
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
