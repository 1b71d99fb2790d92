package io.aios.onboarding.pack;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for credentials in every file of a package. A package travels, is kept for ever and is shown to approvers, so a
 * secret belongs in the host's secret store and the package names it.
 *
 * <p>Found are: headers of private keys; tokens of well-known shape (AWS, GitHub, GitLab, Slack, Google, Stripe, npm, PyPI,
 * Hugging Face, {@code sk-} keys, JSON Web Tokens); passwords in URLs; and what is assigned to a name such as
 * {@code password}, {@code secret}, {@code token} or {@code api_key} and looks random: 16 characters or more, hexadecimal
 * or letters and digits mixed, at least 3.2 bits of entropy a character. Agents, policies and context are also read as the
 * values they stand for, so that escapes hide nothing. There is no ignore list, and no message repeats what was found.
 */
public final class SecretScan {
    private static final int LISTED = 20;

    private SecretScan() {}

    /**
     * Everything that looks like a credential, each file and sort once: its message names file and line, or the path of the
     * value where an escape hid it.
     */
    public static List<Finding> of(PackageContent content) {
        List<Finding> findings = new ArrayList<>();
        for (FileEntry file : content.manifest().files()) {
            byte[] bytes = content.bytes(file.path());
            String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("\0", "");
            Set<SecretDetector> left = new LinkedHashSet<>(SecretDetector.ALL);
            for (SecretDetector detector : SecretDetector.ALL) {
                int at = detector.find(text);
                if (at >= 0) {
                    left.remove(detector);
                    findings.add(finding(file, "line " + line(text, at), detector));
                }
            }
            values("$", "", parsed(file, bytes), (path, line) -> {
                for (SecretDetector detector : List.copyOf(left)) {
                    if (detector.find(line) >= 0) {
                        left.remove(detector);
                        findings.add(finding(file, path, detector));
                    }
                }
            });
        }
        return findings;
    }

    /**
     * Requires that a package holds no credential.
     *
     * @throws PackageException naming file, line and sort of each, never the value
     */
    public static void requireNone(PackageContent content) {
        List<Finding> findings = of(content);
        if (!findings.isEmpty()) {
            throw new PackageException(
                    findings.stream().limit(LISTED).map(Finding::message).collect(Collectors.joining("; "))
                            + "; keep secrets in the host's secret store and name them here");
        }
    }

    private static long line(String text, int at) {
        return 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    private static Finding finding(FileEntry file, String where, SecretDetector detector) {
        String message = PortablePath.quoted(file.path()) + " " + where + " holds what looks like " + detector.what();
        return new Finding(Finding.Kind.SECRET, file.path(), null, where, message);
    }

    /** The values of a file, or null when it has none that could be escaped; whether it can be read is asked elsewhere. */
    private static @Nullable Object parsed(FileEntry file, byte[] bytes) {
        try {
            return switch (file.role()) {
                case AGENT, POLICY -> StrictYaml.read(file.path(), bytes);
                case CONTEXT -> CanonicalJson.parse(bytes);
                case PROMPT, GOLDEN -> null;
            };
        } catch (YamlException | InvalidJsonException e) {
            return null;
        }
    }

    private interface Line {
        void accept(String path, String line);
    }

    private static void values(String path, String name, @Nullable Object value, Line each) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> values(path + "." + key, String.valueOf(key), inner, each));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                values(path + "[" + i + "]", name, list.get(i), each);
            }
        } else if (value instanceof String text) {
            each.accept(path, name + ": " + text);
        }
    }
}
