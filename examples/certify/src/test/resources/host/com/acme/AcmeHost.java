package com.acme;

import io.aios.certify.EmbeddedHost;
import io.aios.trace.golden.GoldenFixture;
import io.aios.trace.simulation.DecisionPipeline;
import io.aios.trace.simulation.DecisionRequest;
import java.util.List;
import java.util.Map;

// tag::host[]
/** Certified with a pipeline of its own and requests whose decisions must not change; the rest is embedded. */
public final class AcmeHost extends EmbeddedHost {
    @Override
    public DecisionPipeline pipeline() {
        return super.pipeline()
                .withResponse((situation, tools) ->
                        new DecisionPipeline.Response("We will call you back.", "call_back"));
    }

    @Override
    public List<GoldenFixture> fixtures() {
        return List.of(
                fixture("leave", "I need two weeks of vacation in June", "hr_leave"),
                fixture("benefits", "Does our plan cover dental work?", "hr_benefits"));
    }

    private static GoldenFixture fixture(String id, String text, String intent) {
        DecisionRequest request = new DecisionRequest(text, "acme-corp", "emp-7");
        return new GoldenFixture(id, request, Map.of("intent", intent, "requires_hitl", false));
    }
}
// end::host[]
