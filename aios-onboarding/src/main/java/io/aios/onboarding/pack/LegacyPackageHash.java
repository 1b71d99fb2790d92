package io.aios.onboarding.pack;

import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import java.util.TreeSet;

/**
 * The {@code package_hash} of the original Python system, for recognising its old packages.
 *
 * <p>It is weak: it covers names and ids only, so two packages with other prompts or other rules under the same names
 * share it. Nothing here accepts it in place of a package hash.
 *
 * @param digest the hash
 */
public record LegacyPackageHash(Digest digest) {
    /** What to say wherever the hash is shown. */
    public static final String WARNING = "weak: covers names and ids only, not what agents, policies and prompts say";

    /**
     * Recomputes it: SHA-256 of Python's {@code json.dumps(…, sort_keys=True)} over the sorted names.
     *
     * @param orgId the organisation
     * @param agents names of agents
     * @param hitlRules ids of human-review rules
     * @param knowledgeSources names of knowledge sources
     * @param policies ids of policies
     */
    public static LegacyPackageHash of(
            String orgId,
            Collection<String> agents,
            Collection<String> hitlRules,
            Collection<String> knowledgeSources,
            Collection<String> policies) {
        StringBuilder json = new StringBuilder("{\"agents\": ");
        list(json, agents);
        list(json.append(", \"hitl_rules\": "), hitlRules);
        list(json.append(", \"kb_sources\": "), knowledgeSources);
        string(json.append(", \"org_id\": "), orgId);
        list(json.append(", \"policies\": "), policies);
        return new LegacyPackageHash(Digest.sha256(json.append('}').toString().getBytes(StandardCharsets.US_ASCII)));
    }

    private static void list(StringBuilder json, Collection<String> names) {
        json.append('[');
        for (Iterator<String> sorted = new TreeSet<>(names).iterator(); sorted.hasNext(); ) {
            string(json, sorted.next());
            json.append(sorted.hasNext() ? ", " : "");
        }
        json.append(']');
    }

    private static void string(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                default -> {
                    if (c >= 0x20 && c < 0x7f) {
                        json.append(c);
                    } else {
                        json.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
                    }
                }
            }
        }
        json.append('"');
    }

    @Override
    public String toString() {
        return digest.hex() + " (" + WARNING + ")";
    }
}
