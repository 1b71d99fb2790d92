package io.aios.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.trace.DecisionTrace;
import io.aios.trace.HashCheck;
import io.aios.trace.SealedTrace;
import io.aios.trace.TraceHashes;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationResult;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import org.junit.jupiter.api.Test;

/** The code block of the README, compiled and run. */
class ReadmeSampleTest {
    @Test
    void theSampleDoesWhatTheReadmeSays() {
        // tag::sample[]
        PolicyDecisionPoint decisions = PolicyDecisionPoint.of(RulePolicies.defaultGovernance());
        SimulationRunner simulation =
                SimulationRunner.strict(RuleBasedPipeline.standard(decisions), TraceSettings.defaults());

        SimulationResult result = simulation.run(new DecisionRequest(
                "I need to request FMLA leave for medical treatment", "cleveland-gov", "emp-12345"));
        result.requireClean(); // throws if any tool was so much as tried
        SealedTrace sealed = result.sealed(); // record, bytes and both hashes belong together

        SealedTrace stored = SealedTrace.read(sealed.bytes()); // refuses a trace that does not fit its hashes
        DecisionTrace edited = stored.trace().toBuilder().success(false).build();
        HashCheck check = TraceHashes.check(edited); // Mismatch(trace_hash, expected, actual)
        // end::sample[]

        assertThat(stored).isEqualTo(sealed);
        assertThat(sealed.trace().success()).isTrue();
        assertThat(sealed.trace().governance()).isNotNull();
        assertThat(check).isInstanceOf(HashCheck.Mismatch.class);
        decisions.close();
    }
}
