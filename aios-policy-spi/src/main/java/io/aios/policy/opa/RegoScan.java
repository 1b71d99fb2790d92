package io.aios.policy.opa;

import io.aios.policy.InvalidPolicyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at Rego before it leaves the house, and at the syntax tree the server read from it afterwards: the package, data of
 * others, and built-in functions that reach the network, the server or chance.
 */
final class RegoScan {
    private static final Pattern PACKAGE = Pattern.compile("\\s*package\\s+([A-Za-z_][A-Za-z0-9_]*)((?:\\."
            + "[A-Za-z_][A-Za-z0-9_]*|\\[\"[A-Za-z0-9_-]+\"])*+)[ \\t\\r]*(?:\\n|;|$)");
    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_]+)|\\[\"([A-Za-z0-9_-]+)\"]");
    private static final Pattern DATA = Pattern.compile("(?<![A-Za-z0-9_.])data(?![A-Za-z0-9_])");

    private RegoScan() {}

    /** The package a module declares. */
    static List<String> packagePath(String policy, String rego) {
        Matcher matcher = PACKAGE.matcher(withoutComments(rego));
        if (!matcher.lookingAt()) {
            throw new InvalidPolicyException(
                    policy, "rego must begin with a package of plain names, such as package tenants.acme.tools");
        }
        List<String> path = new ArrayList<>();
        path.add(matcher.group(1));
        Matcher steps = STEP.matcher(matcher.group(2));
        while (steps.find()) {
            path.add(steps.group(1) == null ? steps.group(2) : steps.group(1));
        }
        return path;
    }

    static void refuseForbidden(String policy, String rego, RegoModule.Home home) {
        String code = withoutComments(rego);
        String squeezed = code.replaceAll("\\s*\\.\\s*", ".");
        for (String name : RegoBuiltins.FORBIDDEN) {
            if (Pattern.compile("(?<![A-Za-z0-9_.])" + Pattern.quote(name) + "(?![A-Za-z0-9_])")
                    .matcher(squeezed)
                    .find()) {
                throw refused(policy, "calls " + name);
            }
        }
        Pattern own = Pattern.compile("\\." + Pattern.quote(home.prefix()) + "(\\." + Pattern.quote(home.tenant())
                + "(?![A-Za-z0-9_])|\\[\"" + Pattern.quote(home.tenant()) + "\"])");
        Matcher data = DATA.matcher(squeezed);
        while (data.find()) {
            if (!own.matcher(squeezed).region(data.end(), squeezed.length()).lookingAt()) {
                throw refused(policy, "refers to data outside " + home.prefix() + "." + home.tenant());
            }
        }
    }

    /** The package that a module's syntax tree declares; empty when it shows none. */
    static List<String> packageOf(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> ast
                && ast.get("package") instanceof Map<?, ?> declared
                && declared.get("path") instanceof List<?> path
                && !path.isEmpty()) {
            List<String> names = names(path);
            if (names.size() == path.size() && names.get(0).equals("data")) {
                return names.subList(1, names.size());
            }
        }
        return List.of();
    }

    /**
     * The same on the syntax tree of {@code GET /v1/policies}, which no notation can deceive. There, functions are allowed
     * by name rather than forbidden.
     */
    static void refuseForbiddenTree(
            String policy, @Nullable Object tree, List<String> packagePath, RegoModule.Home home) {
        if (!(tree instanceof Map<?, ?> ast) || !packageOf(tree).equals(packagePath)) {
            throw refused(policy, "is read by the server as another package");
        }
        walk(policy, ast.get("rules"), home);
        walk(policy, ast.get("imports"), home);
    }

    private static void walk(String policy, @Nullable Object node, RegoModule.Home home) {
        if (node instanceof List<?> list) {
            list.forEach(element -> walk(policy, element, home));
        } else if (node instanceof Map<?, ?> map) {
            refuseCall(policy, map);
            refuseReplacement(policy, map);
            if ("ref".equals(map.get("type")) && map.get("value") instanceof List<?> reference) {
                refuseReference(policy, names(reference), home);
            } else if ("var".equals(map.get("type")) && "data".equals(map.get("value"))) {
                throw refused(policy, "refers to all data");
            }
            map.forEach((key, value) -> {
                boolean reference = "value".equals(key) && "ref".equals(map.get("type"));
                boolean steps = reference && value instanceof List<?> list && !list.isEmpty();
                walk(policy, steps ? ((List<?>) value).subList(1, ((List<?>) value).size()) : value, home);
            });
        }
    }

    /** A call is a term of type {@code call}, or an expression whose {@code terms} are a list; the function comes first. */
    private static void refuseCall(String policy, Map<?, ?> node) {
        Object call = "call".equals(node.get("type")) ? node.get("value") : node.get("terms");
        if (call instanceof List<?> terms && !terms.isEmpty()) {
            List<String> function =
                    terms.get(0) instanceof Map<?, ?> first && first.get("value") instanceof List<?> path
                            ? names(path)
                            : List.of();
            boolean own = !function.isEmpty() && function.get(0).equals("data");
            if (!own && !RegoBuiltins.isPure(String.join(".", function))) {
                throw refused(policy, "calls " + (function.isEmpty() ? "something" : String.join(".", function)));
            }
        }
    }

    /** With {@code with}, a function could be replaced by another one. */
    private static void refuseReplacement(String policy, Map<?, ?> node) {
        if (node.get("with") instanceof List<?> replacements) {
            for (Object element : replacements) {
                List<String> target = element instanceof Map<?, ?> one
                                && one.get("target") instanceof Map<?, ?> term
                                && term.get("value") instanceof List<?> path
                        ? names(path)
                        : List.of();
                if (target.isEmpty()
                        || !(target.get(0).equals("input") || target.get(0).equals("data"))) {
                    throw refused(policy, "replaces a function");
                }
            }
        }
    }

    private static void refuseReference(String policy, List<String> names, RegoModule.Home home) {
        if (RegoBuiltins.FORBIDDEN.contains(String.join(".", names))) {
            throw refused(policy, "calls " + String.join(".", names));
        }
        List<String> own = List.of("data", home.prefix(), home.tenant());
        if (!names.isEmpty()
                && names.get(0).equals("data")
                && (names.size() < own.size() || !names.subList(0, own.size()).equals(own))) {
            throw refused(policy, "refers to data outside " + home.prefix() + "." + home.tenant());
        }
    }

    /** The constant start of a reference: its root and the names that follow. */
    private static List<String> names(List<?> reference) {
        List<String> names = new ArrayList<>();
        for (Object element : reference) {
            boolean constant = element instanceof Map<?, ?> term
                    && term.get("value") instanceof String
                    && (names.isEmpty() || "string".equals(term.get("type")));
            if (!constant) {
                break;
            }
            names.add(String.valueOf(((Map<?, ?>) element).get("value")));
        }
        return names;
    }

    /** Blanks comments and text constants, except a constant that is a step of a reference. */
    private static String withoutComments(String rego) {
        StringBuilder code = new StringBuilder(rego.length());
        int i = 0;
        while (i < rego.length()) {
            char unit = rego.charAt(i);
            if (unit == '#') {
                i = end(rego, i, '\n', false);
            } else if (unit == '"' || unit == '`') {
                int close = end(rego, i + 1, unit, unit == '"');
                boolean step = code.length() > 0 && code.charAt(code.length() - 1) == '[';
                code.append(unit)
                        .append(step ? rego.substring(i + 1, close) : "")
                        .append(unit);
                i = close + 1;
            } else {
                code.append(unit);
                i++;
            }
        }
        return code.toString();
    }

    private static int end(String text, int from, char stop, boolean escapes) {
        int i = from;
        while (i < text.length() && text.charAt(i) != stop) {
            i += escapes && text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i, text.length());
    }

    private static InvalidPolicyException refused(String policy, String what) {
        return new InvalidPolicyException(policy, "its Rego " + what + ", which a tenant's policy may not");
    }
}
