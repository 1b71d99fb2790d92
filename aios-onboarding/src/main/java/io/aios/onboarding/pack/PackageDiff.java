package io.aios.onboarding.pack;

import io.aios.trace.json.CanonicalJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two packages, as people read it: fields of agents, policies and context, lines of prompts.
 *
 * @param changes sorted by subject
 */
public record PackageDiff(List<Change> changes) {
    /** The sorts of changes. */
    public enum Kind {
        /** It is new. */
        ADDED,
        /** It is gone. */
        REMOVED,
        /** It is different. */
        CHANGED
    }

    /**
     * One file or item that differs.
     *
     * @param kind how
     * @param subject the file, or the item id whose confidence differs
     * @param details {@code field: old -> new}, or {@code -old} and {@code +new} lines; empty for a golden file
     */
    public record Change(Kind kind, String subject, List<String> details) {
        /** Copies the details. */
        public Change {
            details = List.copyOf(details);
        }
    }

    /** Copies the list. */
    public PackageDiff {
        changes = List.copyOf(changes);
    }

    /**
     * Compares two packages of any age.
     *
     * @throws YamlException when an agent or policy cannot be read
     */
    public static PackageDiff between(PackageContent before, PackageContent after) {
        List<Change> changes = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>(before.paths());
        paths.addAll(after.paths());
        for (String path : paths) {
            boolean was = before.paths().contains(path);
            boolean is = after.paths().contains(path);
            if (!was || !is || !Arrays.equals(before.bytes(path), after.bytes(path))) {
                Kind kind = !was ? Kind.ADDED : is ? Kind.CHANGED : Kind.REMOVED;
                changes.add(new Change(kind, path, details(path, was ? before : null, is ? after : null)));
            }
        }
        confidences(before.manifest(), after.manifest(), changes);
        return new PackageDiff(changes);
    }

    private static void confidences(Manifest before, Manifest after, List<Change> changes) {
        Map<String, Confidence> old = new TreeMap<>();
        before.items().forEach(item -> old.put(item.id(), item.confidence()));
        Map<String, Confidence> now = new TreeMap<>();
        after.items().forEach(item -> now.put(item.id(), item.confidence()));
        TreeSet<String> ids = new TreeSet<>(old.keySet());
        ids.addAll(now.keySet());
        for (String id : ids) {
            Confidence was = old.get(id);
            Confidence is = now.get(id);
            if (!Objects.equals(was, is)) {
                Kind kind = was == null ? Kind.ADDED : is == null ? Kind.REMOVED : Kind.CHANGED;
                changes.add(new Change(kind, id, List.of("confidence: " + was + " -> " + is)));
            }
        }
    }

    private static List<String> details(String path, @Nullable PackageContent before, @Nullable PackageContent after) {
        return switch (Objects.requireNonNull(FileRole.of(path))) {
            case AGENT, POLICY ->
                fields(before == null ? null : before.document(path), after == null ? null : after.document(path));
            case CONTEXT ->
                fields(
                        before == null ? null : CanonicalJson.parse(before.bytes(path)),
                        after == null ? null : CanonicalJson.parse(after.bytes(path)));
            case PROMPT ->
                LineDiff.between(before == null ? "" : before.text(path), after == null ? "" : after.text(path));
            case GOLDEN -> List.of();
        };
    }

    private static List<String> fields(@Nullable Object before, @Nullable Object after) {
        List<String> lines = new ArrayList<>();
        fields("", before, after, lines);
        return lines;
    }

    private static void fields(String at, @Nullable Object before, @Nullable Object after, List<String> lines) {
        if (before instanceof Map<?, ?> || after instanceof Map<?, ?>) {
            Map<String, @Nullable Object> was = before instanceof Map<?, ?> map ? JsonShape.object(map) : Map.of();
            Map<String, @Nullable Object> is = after instanceof Map<?, ?> map ? JsonShape.object(map) : Map.of();
            TreeSet<String> keys = new TreeSet<>(was.keySet());
            keys.addAll(is.keySet());
            for (String key : keys) {
                fields(at.isEmpty() ? key : at + "." + key, was.get(key), is.get(key), lines);
            }
        } else if (!Objects.equals(before, after)) {
            lines.add(at + ": " + shown(before) + " -> " + shown(after));
        }
    }

    private static String shown(@Nullable Object value) {
        return value == null ? "nothing" : CanonicalJson.text(value);
    }

    /** The diff for people, one line a change, details indented. */
    public String render() {
        StringBuilder text = new StringBuilder();
        for (Change change : changes) {
            String sign = change.kind() == Kind.ADDED ? "+ " : change.kind() == Kind.REMOVED ? "- " : "~ ";
            text.append(sign).append(change.subject()).append('\n');
            change.details().forEach(line -> text.append("    ").append(line).append('\n'));
        }
        return text.toString();
    }
}
