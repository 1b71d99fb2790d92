package io.aios.onboarding.approval;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.FileEntry;
import io.aios.onboarding.pack.PackageContent;
import io.aios.onboarding.pack.PackageItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Something that may need a human: an item of the package or a change the plan makes.
 *
 * @param item its id, such as {@code department:Building}
 * @param confidence how sure discovery was
 * @param change what changes on the target, or null when nothing that always needs a human
 */
public record Candidate(
        String item, Confidence confidence, @Nullable String change) {
    /**
     * All candidates of a package.
     *
     * @param changes what changes on the target, by item id; an id the package does not list becomes a candidate of
     *     its own
     */
    public static List<Candidate> of(PackageContent content, Map<String, String> changes) {
        Map<String, Confidence> items = new TreeMap<>();
        for (PackageItem item : content.manifest().items()) {
            items.put(item.id(), item.confidence());
        }
        for (FileEntry file : content.manifest().files()) {
            file.item().ifPresent(id -> items.putIfAbsent(id, Confidence.missing()));
        }
        changes.keySet().forEach(id -> items.putIfAbsent(id, Confidence.missing()));
        List<Candidate> candidates = new ArrayList<>();
        items.forEach((id, confidence) -> candidates.add(new Candidate(id, confidence, changes.get(id))));
        return candidates;
    }
}
