package io.aios.quickstart;

import io.aios.tenancy.OrgId;
import io.aios.trace.golden.GoldenSuite;
import io.aios.trace.simulation.DecisionRequest;
import java.util.List;
import java.util.Optional;

/**
 * One request to decide.
 *
 * @param id names it in files
 * @param request what is asked, and by whom
 * @param tenant for which tenant
 */
record Case(String id, DecisionRequest request, OrgId tenant) {
    Case {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException(
                    "fixture id '" + id + "' cannot name a file: letters, digits, . _ - only");
        }
    }

    /** The requests of the fixtures, or the one request of the options. */
    static List<Case> of(Options options, Optional<GoldenSuite> fixtures) {
        if (fixtures.isEmpty()) {
            DecisionRequest request =
                    new DecisionRequest(options.request(), options.tenant().value(), "emp-12345");
            return List.of(new Case("request", request, options.tenant()));
        }
        return fixtures.get().fixtures().stream()
                .map(fixture -> new Case(
                        fixture.id(),
                        fixture.request(),
                        OrgId.of(fixture.request().tenantId())))
                .toList();
    }
}
