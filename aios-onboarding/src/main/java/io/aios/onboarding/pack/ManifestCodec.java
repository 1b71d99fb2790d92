package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import io.aios.trace.json.Keys;
import io.aios.trace.json.StrictReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code manifest.json}: canonical JSON (RFC 8785), every field known. */
final class ManifestCodec {
    private static final String WHERE = "manifest.json";
    private static final Keys MANIFEST = Keys.of(
            "agents_count",
            "created_at",
            "created_by",
            "files",
            "items",
            "org_id",
            "package_version",
            "previous_package_hash",
            "schema",
            "tenant_name");
    private static final Keys FILE = Keys.of("path", "role", "sha256", "size");
    private static final Keys ITEM = Keys.of("confidence?", "kind", "name");
    private static final Digest NONE = Digest.sha256();

    private ManifestCodec() {}

    /** Canonical JSON (RFC 8785), keys in its order; written straight away, because a manifest may list many files. */
    static byte[] encode(Manifest manifest) {
        StringBuilder out = new StringBuilder(200 + 200 * manifest.files().size());
        out.append("{\"agents_count\":").append(manifest.agentsCount());
        text(out.append(",\"created_at\":"), manifest.createdAt().toString());
        text(out.append(",\"created_by\":"), manifest.createdBy());
        out.append(",\"files\":");
        list(out, manifest.files(), ManifestCodec::file);
        out.append(",\"items\":");
        list(out, manifest.items(), ManifestCodec::item);
        text(out.append(",\"org_id\":"), manifest.orgId().value());
        out.append(",\"package_version\":").append(manifest.packageVersion());
        Digest previous = manifest.previous();
        text(out.append(",\"previous_package_hash\":"), previous == null ? null : previous.hex());
        text(out.append(",\"schema\":"), Manifest.SCHEMA);
        text(out.append(",\"tenant_name\":"), manifest.tenantName());
        return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static <T> void list(StringBuilder out, List<T> elements, BiConsumer<StringBuilder, T> write) {
        String before = "[";
        for (T element : elements) {
            write.accept(out.append(before), element);
            before = ",";
        }
        out.append(elements.isEmpty() ? "[]" : "]");
    }

    /** A portable path and a role need no escapes. */
    private static void file(StringBuilder out, FileEntry file) {
        out.append("{\"path\":\"").append(file.path());
        out.append("\",\"role\":\"").append(file.role().wireName());
        out.append("\",\"sha256\":\"").append(file.sha256().hex());
        out.append("\",\"size\":").append(file.size()).append('}');
    }

    private static void item(StringBuilder out, PackageItem item) {
        out.append('{');
        BigDecimal score = item.confidence().score();
        if (score != null) {
            out.append("\"confidence\":")
                    .append(CanonicalJson.text(score.doubleValue()))
                    .append(',');
        }
        out.append("\"kind\":\"").append(item.kind().wireName());
        text(out.append("\",\"name\":"), item.name());
        out.append('}');
    }

    private static void text(StringBuilder out, @Nullable String value) {
        out.append(CanonicalJson.text(value));
    }

    static Manifest decode(byte[] bytes) {
        StrictReader in = new StrictReader(bytes);
        long agents = 0;
        Instant createdAt = Instant.EPOCH;
        String createdBy = "";
        List<FileEntry> files = List.of();
        List<PackageItem> items = List.of();
        String org = "";
        long version = 0;
        Digest previous = null;
        String tenantName = "";
        for (String key = in.open(MANIFEST); key != null; key = in.next(MANIFEST)) {
            switch (key) {
                case "agents_count" -> agents = in.integer();
                case "created_at" -> createdAt = instant(in.text());
                case "created_by" -> createdBy = in.text();
                case "files" -> files = files(in);
                case "items" -> items = items(in);
                case "org_id" -> org = in.text();
                case "package_version" -> version = in.integer();
                case "previous_package_hash" -> previous = previous(in.value());
                case "schema" -> requireSchema(in.text());
                default -> tenantName = in.text();
            }
        }
        in.end();
        Manifest manifest =
                new Manifest(OrgId.of(org), tenantName, version, previous, createdAt, createdBy, files, items);
        if (agents != manifest.agentsCount()) {
            throw new PackageException(WHERE + ": agents_count is not the number of agent files");
        }
        boolean canonical = in.isCanonical()
                || Arrays.equals(encode(manifest), bytes)
                || Arrays.equals(CanonicalJson.canonicalize(bytes), bytes);
        if (!canonical) {
            throw new PackageException(WHERE + " is not canonical JSON (RFC 8785)");
        }
        return manifest;
    }

    private static void requireSchema(String schema) {
        if (!schema.equals(Manifest.SCHEMA)) {
            throw new PackageException(
                    WHERE + ": schema " + PortablePath.quoted(schema) + " is not " + Manifest.SCHEMA);
        }
    }

    private static @Nullable Digest previous(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof String hex) {
            return digest(hex);
        }
        throw new PackageException(WHERE + ": previous_package_hash is not a string");
    }

    private static List<FileEntry> files(StrictReader in) {
        List<FileEntry> files = new ArrayList<>();
        in.openArray();
        while (in.element()) {
            String path = "";
            String role = "";
            Digest sha256 = NONE;
            long size = 0;
            for (String key = in.open(FILE); key != null; key = in.next(FILE)) {
                switch (key) {
                    case "path" -> path = in.text();
                    case "role" -> role = in.text();
                    case "sha256" -> sha256 = digest(in.text());
                    default -> size = in.integer();
                }
            }
            files.add(new FileEntry(path, size, sha256, FileRole.parse(role)));
        }
        return files;
    }

    private static List<PackageItem> items(StrictReader in) {
        List<PackageItem> items = new ArrayList<>();
        in.openArray();
        while (in.element()) {
            Object confidence = null;
            String kind = "";
            String name = "";
            for (String key = in.open(ITEM); key != null; key = in.next(ITEM)) {
                switch (key) {
                    case "confidence" -> confidence = in.value();
                    case "kind" -> kind = in.text();
                    default -> name = in.text();
                }
            }
            items.add(new PackageItem(ItemKind.parse(kind), name, Confidence.of(confidence)));
        }
        return items;
    }

    private static Digest digest(String hex) {
        try {
            return Digest.parse(hex);
        } catch (IllegalArgumentException e) {
            throw new PackageException(
                    WHERE + ": " + PortablePath.quoted(hex) + " is not a SHA-256 in lower-case hex", e);
        }
    }

    private static Instant instant(String text) {
        try {
            Instant instant = Instant.parse(text);
            if (instant.toString().equals(text)) {
                return instant;
            }
        } catch (DateTimeException e) {
            throw new PackageException(WHERE + ": created_at " + PortablePath.quoted(text) + " is not a UTC time", e);
        }
        throw new PackageException(
                WHERE + ": created_at " + PortablePath.quoted(text) + " is not in its shortest form");
    }
}
