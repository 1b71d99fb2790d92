package io.aios.onboarding.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.onboarding.testing.Fixtures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackageDiffTest {
    @Test
    void fieldsLinesAndConfidencesAreShown() {
        DeploymentPackage before = builder()
                .department("Building", Confidence.of(0.84))
                .department("Parks", Confidence.of(0.97))
                .agent("hr_agent", Confidence.of(0.95), Map.of("title", "HR", "tools", List.of("kb_search")))
                .agent("building_agent", Confidence.of(0.93), Map.of("title", "Building"))
                .policy("tools", Confidence.of(1.0), Fixtures.tools("kb_search"))
                .prompt("hr/system.md", Confidence.of(0.95), "You help.\nBe brief.\nBe kind.\n")
                .context("sources", List.of("handbook"))
                .build();
        DeploymentPackage after = builder()
                .department("Building", Confidence.of(0.91))
                .agent("hr_agent", Confidence.of(0.95), Map.of("title", "HR", "tools", List.of("kb_search", "mail")))
                .policy("tools", Confidence.of(1.0), Fixtures.tools("kb_search", "mail"))
                .prompt("hr/system.md", Confidence.of(0.95), "You help.\nBe very brief.\nBe kind.\n")
                .context("sources", List.of("handbook", "code"))
                .build();

        assertThat(PackageDiff.between(before, after).render()).isEqualTo("""
                - agents/building_agent.yaml
                    name: "building_agent" -> nothing
                    title: "Building" -> nothing
                ~ agents/hr_agent.yaml
                    tools: ["kb_search"] -> ["kb_search","mail"]
                ~ context/sources.json
                    : ["handbook"] -> ["handbook","code"]
                ~ policies/tools.yaml
                    tools.allow: ["kb_search"] -> ["kb_search","mail"]
                ~ prompts/hr/system.md
                    -Be brief.
                    +Be very brief.
                - agent:building_agent
                    confidence: 0.93 -> null
                ~ department:Building
                    confidence: 0.84 -> 0.91
                - department:Parks
                    confidence: 0.97 -> null
                """);
        assertThat(PackageDiff.between(before, before).changes()).isEmpty();
    }

    private static PackageBuilder builder() {
        return DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(Fixtures.NOW)
                .createdBy("builder");
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
