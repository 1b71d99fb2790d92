package io.aios.onboarding.pack;

import java.util.Locale;

/** What a package item is; each item carries a confidence and can need a human's approval. */
public enum ItemKind {
    /** An organisational unit that discovery found. */
    DEPARTMENT,
    /** An agent, {@code agents/<name>.yaml}. */
    AGENT,
    /** A policy, {@code policies/<name>.yaml}. */
    POLICY,
    /** A prompt, {@code prompts/<name>}. */
    PROMPT;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The lower-case name on the wire. */
    public String wireName() {
        return wireName;
    }

    static ItemKind parse(String wireName) {
        for (ItemKind kind : values()) {
            if (kind.wireName().equals(wireName)) {
                return kind;
            }
        }
        throw new PackageException(
                "unknown item kind \"" + wireName + "\"; known are department, agent, policy, prompt");
    }
}
