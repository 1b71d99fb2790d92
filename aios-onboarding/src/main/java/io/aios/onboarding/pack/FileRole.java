package io.aios.onboarding.pack;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a hashed file is for; its folder says it. */
public enum FileRole {
    /** An agent's definition, {@code agents/*.yaml}. */
    AGENT("agents/", ".yaml"),
    /** A policy, {@code policies/*.yaml}. */
    POLICY("policies/", ".yaml"),
    /** A prompt, anything below {@code prompts/}. */
    PROMPT("prompts/", ""),
    /** What agents may know, {@code context/*.json}. */
    CONTEXT("context/", ".json"),
    /** A golden suite, anything below {@code golden/}; checked before promotion, never deployed. */
    GOLDEN("golden/", "");

    private static final FileRole[] ALL = values();

    private final String wireName = name().toLowerCase(Locale.ROOT);
    private final String folder;
    private final String suffix;

    FileRole(String folder, String suffix) {
        this.folder = folder;
        this.suffix = suffix;
    }

    /** The lower-case name on the wire. */
    public String wireName() {
        return wireName;
    }

    static FileRole parse(String wireName) {
        for (FileRole role : ALL) {
            if (role.wireName.equals(wireName)) {
                return role;
            }
        }
        throw new PackageException("unknown file role " + PortablePath.quoted(wireName));
    }

    String path(String name) {
        return folder + name + suffix;
    }

    /** The id of the item that a file of this role is, {@code agent:hr_agent}; empty for context and golden files. */
    public Optional<String> item(String path) {
        ItemKind kind = switch (this) {
            case AGENT -> ItemKind.AGENT;
            case POLICY -> ItemKind.POLICY;
            case PROMPT -> ItemKind.PROMPT;
            case CONTEXT, GOLDEN -> null;
        };
        return kind == null
                ? Optional.empty()
                : Optional.of(kind.wireName() + ":" + path.substring(folder.length(), path.length() - suffix.length()));
    }

    /** The role of a file, or null when no file of that name belongs into a package. */
    public static @Nullable FileRole of(String path) {
        for (FileRole role : ALL) {
            if (path.startsWith(role.folder) && path.endsWith(role.suffix)) {
                boolean nested = path.indexOf('/', role.folder.length()) >= 0;
                boolean tree = role == PROMPT || role == GOLDEN;
                return tree || !nested ? role : null;
            }
        }
        return null;
    }
}
