package io.aios.onboarding.pack;

import io.aios.policy.JsonValues;
import io.aios.policy.Policy;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link DeploymentPackage}: the same inputs in any order give the same bytes.
 *
 * <p>Defaults: version 1, no previous package, the organisation's id as its name. {@link #createdAt} and
 * {@link #createdBy} must be given.
 */
public final class PackageBuilder {
    private final OrgId org;
    private final SortedMap<String, byte[]> files = new TreeMap<>();
    private final List<PackageItem> items = new ArrayList<>();
    private String tenantName;
    private long version = 1;
    private @Nullable Digest previous;
    private @Nullable Instant createdAt;
    private @Nullable String createdBy;

    PackageBuilder(OrgId org) {
        this.org = org;
        this.tenantName = org.value();
    }

    /** The organisation's name for people. */
    public PackageBuilder tenantName(String name) {
        this.tenantName = name;
        return this;
    }

    /** The package version, from 1. */
    public PackageBuilder version(long number) {
        this.version = number;
        return this;
    }

    /** The hash of the package this one follows. */
    public PackageBuilder previous(Digest packageHash) {
        this.previous = packageHash;
        return this;
    }

    /** When it is built; truncated to microseconds. */
    public PackageBuilder createdAt(Instant instant) {
        this.createdAt = instant.truncatedTo(ChronoUnit.MICROS);
        return this;
    }

    /** Who builds it, by the id that approvers have too: an author never approves. */
    public PackageBuilder createdBy(String person) {
        this.createdBy = person;
        return this;
    }

    /** Adds a department that discovery found. */
    public PackageBuilder department(String name, Confidence confidence) {
        items.add(new PackageItem(ItemKind.DEPARTMENT, name, confidence));
        return this;
    }

    /**
     * Adds {@code agents/<name>.yaml}.
     *
     * @param definition JSON-shaped, as {@link AgentDefinition} describes; its {@code name} is added
     */
    public PackageBuilder agent(String name, Confidence confidence, Map<String, ?> definition) {
        Map<String, @Nullable Object> named = named(name, definition);
        String path = FileRole.AGENT.path(name);
        AgentDefinition agent = AgentDefinition.of(path, named);
        add(path, StrictYaml.write(agent.definition()));
        items.add(new PackageItem(ItemKind.AGENT, agent.name(), confidence));
        return this;
    }

    /**
     * Adds {@code policies/<name>.yaml}.
     *
     * @param body JSON-shaped, what the policy's engine reads
     * @throws PackageException when it is no policy
     */
    public PackageBuilder policy(String name, Confidence confidence, Map<String, ?> body) {
        String path = FileRole.POLICY.path(name);
        Policy policy =
                PackagePolicies.policy(PortablePath.require(path), StrictYaml.write(JsonValues.copyObject(body)));
        add(path, policy.source());
        items.add(new PackageItem(ItemKind.POLICY, policy.id(), confidence));
        return this;
    }

    /** Adds a policy under its id, with its version in the file. */
    public PackageBuilder policy(Policy policy, Confidence confidence) {
        Map<String, @Nullable Object> body = new TreeMap<>(policy.body());
        body.put("version", policy.version());
        return policy(policy.id(), confidence, body);
    }

    /**
     * Adds {@code prompts/<name>}.
     *
     * @param name a relative file name such as {@code hr/system.md}
     */
    public PackageBuilder prompt(String name, Confidence confidence, String text) {
        add(FileRole.PROMPT.path(name), text.getBytes(StandardCharsets.UTF_8));
        items.add(new PackageItem(ItemKind.PROMPT, name, confidence));
        return this;
    }

    /** Adds {@code context/<name>.json} in canonical JSON. */
    public PackageBuilder context(String name, @Nullable Object jsonShaped) {
        add(FileRole.CONTEXT.path(name), CanonicalJson.bytes(jsonShaped));
        return this;
    }

    /** Adds {@code golden/<name>}, byte for byte. */
    public PackageBuilder golden(String name, byte[] bytes) {
        add(FileRole.GOLDEN.path(name), bytes.clone());
        return this;
    }

    /**
     * Builds the package.
     *
     * @throws PackageException when something is missing, there twice, not portable, or looks like a credential
     */
    public DeploymentPackage build() {
        if (createdAt == null || createdBy == null) {
            throw new PackageException("createdAt and createdBy must be given");
        }
        PortablePath.collisions(files.keySet()).forEach((path, other) -> {
            throw new PackageException("files " + PortablePath.quoted(path) + " and " + PortablePath.quoted(other)
                    + " are one where case is ignored");
        });
        List<FileEntry> entries = new ArrayList<>();
        files.forEach((path, bytes) -> entries.add(entry(path, bytes)));
        items.sort(Comparator.comparing(PackageItem::kind).thenComparing(PackageItem::name));
        Manifest manifest = new Manifest(org, tenantName, version, previous, createdAt, createdBy, entries, items);
        DeploymentPackage built = new DeploymentPackage(manifest, new TreeMap<>(files));
        SecretScan.requireNone(built);
        return built;
    }

    private static FileEntry entry(String path, byte[] bytes) {
        FileRole role = FileRole.of(path);
        if (role == null) {
            throw new PackageException("file " + PortablePath.quoted(path) + " has no place in a package");
        }
        return new FileEntry(path, bytes.length, Digest.sha256(bytes), role);
    }

    private static Map<String, @Nullable Object> named(String name, Map<String, ?> definition) {
        Map<String, @Nullable Object> named = new TreeMap<>(JsonValues.copyObject(definition));
        Object given = named.putIfAbsent("name", name);
        if (given != null && !given.equals(name)) {
            throw new PackageException("agent " + PortablePath.quoted(name) + " calls itself by another name");
        }
        return named;
    }

    private void add(String path, byte[] bytes) {
        PortablePath.require(path);
        if (bytes.length > PackageLayout.MAX_FILE) {
            throw new PackageException("file " + PortablePath.quoted(path) + " has " + bytes.length + " bytes; at most "
                    + PackageLayout.MAX_FILE);
        }
        if (files.putIfAbsent(path, bytes) != null) {
            throw new PackageException("file " + PortablePath.quoted(path) + " is there twice");
        }
    }
}
