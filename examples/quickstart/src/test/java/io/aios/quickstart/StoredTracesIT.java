package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.example.servers.PostgresServer;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.quickstart.StoredTraces.Stored;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.ErasedTrace;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
    private static StoredTraces traces;
    private static SealedTrace sealed;

    @BeforeAll
    static void open() {
        server = PostgresServer.start();
        RlsSchema schema =
                RlsSchema.builder().table(TenantTable.decisionTraces()).build();
        db = TenantDb.over(server.install(schema)).build();
        traces = new StoredTraces(db);
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
        assertThat(traces.find(A, id())).contains(new Stored.Whole(sealed));
        assertThat(traces.find(B, id())).isEmpty();
        assertThat(traces.page(B, 10)).isEmpty();
        assertThat(traces.page(A, 10)).containsExactly(new Stored.Whole(sealed));
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
        assertThatThrownBy(() -> traces.find(A, id())).isNotNull();
        assertThatThrownBy(() -> traces.page(A, 10)).isNotNull();
    }

    @Test
    void aHashThatAnAdministratorExchangedIsFoundOnRead() throws SQLException {
        server.run("update aios.decision_traces set trace_hash = repeat('0', 64)");
        assertThatThrownBy(() -> traces.find(A, id())).hasStackTraceContaining("does not fit its sealed bytes");
    }

    @Test
    void aTraceMovedToAnotherTenantByAnAdministratorIsFoundOnRead() throws SQLException {
        server.run("update aios.decision_traces set org_id = 'lakewood-gov'");
        assertThatThrownBy(() -> traces.find(B, id())).hasStackTraceContaining("does not fit its sealed bytes");
    }

    private static String id() {
        return sealed.trace().traceId();
    }

    private static String body() throws SQLException {
        try (Connection connection = server.admin().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select convert_from(body, 'UTF8') || trace_hash from aios.decision_traces");
                ResultSet row = statement.executeQuery()) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    @Test
    void anErasedTraceStandsInThePlaceOfTheWholeOneAndSaysSo() throws SQLException {
        assertThat(body()).contains("FMLA", "emp-1", sealed.traceHash().hex());

        ErasedTrace erased = traces.erase(A, id()).orElseThrow();

        assertThat(erased.recordHash()).isEqualTo(sealed.recordHash());
        assertThat(body()).doesNotContain("FMLA", "emp-1", sealed.traceHash().hex());
        assertThat(traces.page(A, 10)).singleElement().satisfies(stored -> {
            assertThat(stored).isInstanceOf(Stored.Erased.class);
            assertThat(((Stored.Erased) stored).erased().bytes()).isEqualTo(erased.bytes());
        });
        assertThat(traces.erase(A, id()).orElseThrow().bytes()).isEqualTo(erased.bytes());
    }

    @Test
    void anotherTenantErasesNothing() {
        assertThat(traces.erase(B, id())).isEmpty();
        assertThat(traces.find(A, id())).contains(new Stored.Whole(sealed));
    }

    @Test
    void anErasedTraceIsCheckedWhenItIsRead() throws SQLException {
        traces.erase(A, id());
        for (String edit : new String[] {
            "body = convert_to(replace(convert_from(body, 'UTF8'), '\"success\":true', '\"success\":false'), 'UTF8')",
            "record_hash = repeat('1', 64)",
            "trace_hash = '" + sealed.traceHash().hex() + "'",
            "status = 'sealed'",
            "org_id = 'lakewood-gov'"
        }) {
            OrgId reader = edit.startsWith("org_id") ? B : A;
            server.run("create table public.kept as select * from aios.decision_traces");
            server.run("update aios.decision_traces set " + edit);
            assertThatThrownBy(() -> traces.find(reader, id())).as(edit).isNotNull();
            server.run("truncate aios.decision_traces; insert into aios.decision_traces select * from public.kept;"
                    + " drop table public.kept");
        }
        assertThat(traces.find(A, id())).containsInstanceOf(Stored.Erased.class);
    }

    @Test
    void aWholeTraceThatIsCalledErasedIsRefused() throws SQLException {
        server.run("update aios.decision_traces set status = 'erased'");
        assertThatThrownBy(() -> traces.find(A, id())).isNotNull();
    }
}
