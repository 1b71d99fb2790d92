package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    static byte[] encode(Manifest manifest) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("schema", Manifest.SCHEMA);
        json.put("org_id", manifest.orgId().value());
        json.put("tenant_name", manifest.tenantName());
        json.put("package_version", manifest.packageVersion());
        Digest previous = manifest.previous();
        json.put("previous_package_hash", previous == null ? null : previous.hex());
        json.put("created_at", manifest.createdAt().toString());
        json.put("created_by", manifest.createdBy());
        json.put("files", manifest.files().stream().map(ManifestCodec::file).toList());
        json.put("items", manifest.items().stream().map(ManifestCodec::item).toList());
        json.put("agents_count", (long) manifest.agentsCount());
        return CanonicalJson.bytes(json);
    }

    private static Map<String, Object> file(FileEntry file) {
        return Map.of(
                "path",
                file.path(),
                "size",
                file.size(),
                "sha256",
                file.sha256().hex(),
                "role",
                file.role().wireName());
    }

    private static Map<String, Object> item(PackageItem item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", item.kind().wireName());
        json.put("name", item.name());
        if (item.confidence().score() != null) {
            json.put("confidence", item.confidence().score().doubleValue());
        }
        return json;
    }

    static Manifest decode(byte[] bytes) {
        Map<String, @Nullable Object> json = JsonShape.object(WHERE, CanonicalJson.parse(bytes));
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
        if (!Arrays.equals(CanonicalJson.bytes(json), bytes)) {
            throw new PackageException(WHERE + " is not canonical JSON (RFC 8785)");
        }
        return manifest;
    }

    private static List<FileEntry> files(List<?> list) {
        List<FileEntry> files = new ArrayList<>(list.size());
        for (Object element : list) {
            String where = WHERE + ": files[" + files.size() + "]";
            Map<String, @Nullable Object> json = JsonShape.object(where, element);
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
            Map<String, @Nullable Object> json = JsonShape.object(where, element);
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
