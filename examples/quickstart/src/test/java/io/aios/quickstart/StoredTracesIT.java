package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.example.servers.PostgresServer;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantRepository;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The repository of decision traces on a real database, as the application role. */
class StoredTracesIT {
    private static final OrgId A = OrgId.of("cleveland-gov");
    private static final OrgId B = OrgId.of("lakewood-gov");
    private static PostgresServer server;
    private static TenantDb db;
    private static TenantRepository<SealedTrace> traces;
    private static SealedTrace sealed;

    @BeforeAll
    static void open() {
        server = PostgresServer.start();
        RlsSchema schema =
                RlsSchema.builder().table(TenantTable.decisionTraces()).build();
        db = TenantDb.over(server.install(schema)).build();
        traces = StoredTraces.of(db);
        try (PolicyDecisionPoint decisions = PolicyDecisionPoint.of(RulePolicies.defaultGovernance())) {
            sealed = SimulationRunner.strict(RuleBasedPipeline.standard(decisions), TraceSettings.defaults())
                    .run(new DecisionRequest("I need to request FMLA leave", A.value(), "emp-1"))
                    .sealed();
        }
    }

    @AfterAll
    static void close() {
        db.close();
        server.close();
    }

    @BeforeEach
    void oneTrace() {
        server.run("truncate aios.decision_traces");
        traces.insert(A, sealed);
    }

    @Test
    void aTraceComesBackByteForByteForItsTenantOnly() {
        assertThat(traces.find(A, sealed.trace().traceId())).contains(sealed);
        assertThat(traces.find(B, sealed.trace().traceId())).isEmpty();
        assertThat(traces.count(B)).isZero();
        assertThat(traces.page(A, null, 10)).containsExactly(sealed);
    }

    @Test
    void aTraceOfAnotherTenantIsNotTaken() {
        assertThatThrownBy(() -> traces.insert(B, sealed))
                .isInstanceOf(TenancyException.class)
                .hasMessageContaining(A.value());
    }

    @Test
    void aByteThatAnAdministratorFlippedIsFoundOnRead() throws SQLException {
        server.run("update aios.decision_traces set body = set_byte(body, length(body) / 2,"
                + " get_byte(body, length(body) / 2) # 1)");
        assertThatThrownBy(() -> traces.find(A, sealed.trace().traceId())).isNotNull();
        assertThatThrownBy(() -> traces.page(A, null, 10)).isNotNull();
    }

    @Test
    void aHashThatAnAdministratorExchangedIsFoundOnRead() throws SQLException {
        server.run("update aios.decision_traces set trace_hash = repeat('0', 64)");
        assertThatThrownBy(() -> traces.find(A, sealed.trace().traceId()))
                .hasStackTraceContaining("does not fit its sealed bytes");
    }

    @Test
    void aTraceMovedToAnotherTenantByAnAdministratorIsFoundOnRead() throws SQLException {
        server.run("update aios.decision_traces set org_id = 'lakewood-gov'");
        assertThatThrownBy(() -> traces.find(B, sealed.trace().traceId()))
                .hasStackTraceContaining("does not fit its sealed bytes");
    }
}
