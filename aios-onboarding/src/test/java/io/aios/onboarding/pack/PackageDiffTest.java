package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.onboarding.testing.Fixtures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackageDiffTest {
    @Test
    void fieldsLinesAndConfidencesAreShown() {
        DeploymentPackage before = Fixtures.cleveland()
                .prompt("hr/system.md", Confidence.of(0.95), "You help.\nBe brief.\nBe kind.\n")
                .context("sources", List.of("handbook"))
                .build();
        DeploymentPackage after = DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(Fixtures.NOW)
                .createdBy("builder")
                .department("Building", Confidence.of(0.91))
                .agent(
                        "hr_agent",
                        Confidence.of(0.95),
                        Map.of("title", "HR", "tools", List.of("kb_search", "send_mail")))
                .policy("default_governance", Confidence.of(1.0), Map.of("rules", List.of()))
                .policy("cost_optimization", Confidence.of(0.92), Map.of("max_cost_usd", 0.5))
                .prompt("hr/system.md", Confidence.of(0.95), "You help.\nBe very brief.\nBe kind.\n")
                .context("sources", List.of("handbook", "code"))
                .build();

        assertThat(PackageDiff.between(before, after).render()).isEqualTo("""
                - agents/building_agent.yaml
                    name: "building_agent" -> nothing
                    title: "Building" -> nothing
                    tools: [] -> nothing
                ~ agents/hr_agent.yaml
                    tools: ["kb_search"] -> ["kb_search","send_mail"]
                ~ context/sources.json
                    : ["handbook"] -> ["handbook","code"]
                ~ policies/cost_optimization.yaml
                    max_cost_usd: 0.25 -> 0.5
                ~ prompts/hr/system.md
                    -Be brief.
                    +Be very brief.
                - agent:building_agent
                    confidence: 0.93 -> null
                ~ department:Building
                    confidence: 0.84 -> 0.91
                - department:Human Resources
                    confidence: 0.97 -> null
                """);
        assertThat(PackageDiff.between(before, before).changes()).isEmpty();
    }

    @Test
    void theOriginalsHashIsRecomputedAndCalledWeak() {
        LegacyPackageHash hash = LegacyPackageHash.of(
                "cleveland-gov",
                List.of("HR Agent", "Building Agent"),
                List.of("hitl_financial_approval", "hitl_hr_hr_agent", "hitl_legal_review", "hitl_public_comms"),
                List.of(),
                List.of("cleveland-gov_default_governance", "cleveland-gov_cost_optimization"));

        assertThat(hash.digest().hex()).isEqualTo("6cc021240d588c59524e58f4436a10bf7c8e9759d501aa053a5e5f27b6c746c8");
        assertThat(hash).asString().contains("weak: covers names and ids only");
    }
}
