package io.aios.policy.pdp;

import io.aios.policy.spi.ActivationReport.Finding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an activation did.
 *
 * @param policyDigest digest of the active set
 * @param findings what authors should look at, such as rules that can never count
 * @param unavailable engines that could not be opened, with the reason; their policies deny
 */
public record Activation(String policyDigest, List<Finding> findings, Map<String, String> unavailable) {
    /** Copies. */
    public Activation {
        Objects.requireNonNull(policyDigest, "policyDigest");
        findings = List.copyOf(findings);
        unavailable = Collections.unmodifiableMap(new LinkedHashMap<>(unavailable));
    }
}
