package io.aios.onboarding.pack;

import io.aios.policy.Policy;
import io.aios.policy.PolicyException;
import io.aios.policy.pdp.Activation;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RuleEngineProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The policies of a package as a decision point takes them: a policy's digest is its file's SHA-256. */
public final class PackagePolicies {
    private PackagePolicies() {}

    /**
     * Reads every policy.
     *
     * @throws PackageException naming the file that is no policy
     */
    public static List<Policy> of(PackageContent content) {
        List<Policy> policies = new ArrayList<>();
        for (FileEntry file : content.manifest().files()) {
            if (file.role() == FileRole.POLICY) {
                policies.add(policy(file.path(), content.bytes(file.path())));
            }
        }
        return policies;
    }

    /**
     * Reads every policy and loads those for the built-in rule engine into one.
     *
     * @throws PackageException naming what is no policy, or what the engine refuses
     */
    public static void check(PackageContent content) {
        for (Policy policy : of(content)) {
            if (policy.engine().equals(RuleEngineProvider.ID)) {
                load(policy);
            }
        }
    }

    private static void load(Policy policy) {
        String file = FileRole.POLICY.path(policy.id());
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
            Activation activation = point.activate(List.of(policy));
            if (!activation.unavailable().isEmpty()) {
                throw new PackageException(file + ": the rule engine is not there: " + activation.unavailable());
            }
        } catch (PolicyException e) {
            throw new PackageException(file + ": the rule engine refuses it: " + e.getMessage(), e);
        }
    }

    static Policy policy(String path, byte[] yaml) {
        Map<String, @Nullable Object> body = StrictYaml.readMapping(path, yaml);
        String name = path.substring(path.indexOf('/') + 1, path.length() - ".yaml".length());
        Object version = body.getOrDefault("version", "1");
        if (!(version instanceof String text)) {
            throw new PackageException(path + ": version is not a string");
        }
        try {
            return Policy.of(name, text, yaml, body);
        } catch (PolicyException e) {
            throw new PackageException(path + ": is no policy: " + e.getMessage(), e);
        }
    }
}
