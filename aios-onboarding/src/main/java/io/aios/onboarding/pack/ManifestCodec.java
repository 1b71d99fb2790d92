package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code manifest.json}: canonical JSON (RFC 8785), every field known. */
final class ManifestCodec {
    private static final String WHERE = "manifest.json";
    private static final Set<String> FIELDS = Set.of(
            "schema",
            "org_id",
            "tenant_name",
            "package_version",
            "previous_package_hash",
            "created_at",
            "created_by",
            "files",
            "items",
            "agents_count");

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
        Map<?, ?> json = JsonShape.object(WHERE, CanonicalJson.parse(bytes));
        JsonShape.requireKeys(WHERE, json, FIELDS, Set.of());
        String schema = JsonShape.string(WHERE, json, "schema");
        if (!schema.equals(Manifest.SCHEMA)) {
            throw new PackageException(
                    WHERE + ": schema " + PortablePath.quoted(schema) + " is not " + Manifest.SCHEMA);
        }
        Manifest manifest = new Manifest(
                OrgId.of(JsonShape.string(WHERE, json, "org_id")),
                JsonShape.string(WHERE, json, "tenant_name"),
                JsonShape.integer(WHERE, json, "package_version"),
                json.get("previous_package_hash") == null
                        ? null
                        : digest(JsonShape.string(WHERE, json, "previous_package_hash")),
                instant(JsonShape.string(WHERE, json, "created_at")),
                JsonShape.string(WHERE, json, "created_by"),
                files(JsonShape.list(WHERE, json, "files")),
                items(JsonShape.list(WHERE, json, "items")));
        if (JsonShape.integer(WHERE, json, "agents_count") != manifest.agentsCount()) {
            throw new PackageException(WHERE + ": agents_count is not the number of agent files");
        }
        boolean canonical = Arrays.equals(encode(manifest), bytes) || Arrays.equals(CanonicalJson.bytes(json), bytes);
        if (!canonical) {
            throw new PackageException(WHERE + " is not canonical JSON (RFC 8785)");
        }
        return manifest;
    }

    private static List<FileEntry> files(List<?> list) {
        List<FileEntry> files = new ArrayList<>(list.size());
        for (Object element : list) {
            String where = WHERE + ": files[" + files.size() + "]";
            Map<?, ?> json = JsonShape.object(where, element);
            JsonShape.requireKeys(where, json, Set.of("path", "size", "sha256", "role"), Set.of());
            String path = PortablePath.require(JsonShape.string(where, json, "path"));
            FileRole role = FileRole.of(path);
            if (role == null || !role.wireName().equals(JsonShape.string(where, json, "role"))) {
                throw new PackageException(
                        where + ": the role does not fit the folder of " + PortablePath.quoted(path));
            }
            files.add(new FileEntry(
                    path,
                    JsonShape.integer(where, json, "size"),
                    digest(JsonShape.string(where, json, "sha256")),
                    role));
        }
        return files;
    }

    private static List<PackageItem> items(List<?> list) {
        List<PackageItem> items = new ArrayList<>(list.size());
        for (Object element : list) {
            String where = WHERE + ": items[" + items.size() + "]";
            Map<?, ?> json = JsonShape.object(where, element);
            JsonShape.requireKeys(where, json, Set.of("kind", "name"), Set.of("confidence"));
            items.add(new PackageItem(
                    ItemKind.parse(JsonShape.string(where, json, "kind")),
                    JsonShape.string(where, json, "name"),
                    Confidence.of(json.get("confidence"))));
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
