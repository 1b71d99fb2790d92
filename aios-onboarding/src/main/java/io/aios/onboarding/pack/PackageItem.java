package io.aios.onboarding.pack;

import java.util.Objects;

/**
 * One thing in a package that is approved as a whole.
 *
 * @param kind what it is
 * @param name its name, unique within its kind; for a prompt the path below {@code prompts/}
 * @param confidence how sure discovery was of it
 */
public record PackageItem(ItemKind kind, String name, Confidence confidence) {
    /** Checks the name: one line of visible text, at most 200 characters. */
    public PackageItem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(confidence, "confidence");
        PlainText.require("item name", name, 200);
    }

    /** {@code kind:name}, which approvals name. */
    public String id() {
        return kind.wireName() + ":" + name;
    }
}
