package io.aios.onboarding.pack;

import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code manifest.json} says: whose package it is, its version and its files.
 *
 * @param orgId the organisation
 * @param tenantName its name for people
 * @param packageVersion counts up from 1
 * @param previous the package hash this version follows, or null for the first
 * @param createdAt when it was built, at microseconds
 * @param createdBy who built it; never one of its approvers
 * @param files every hashed file but the manifest, sorted by path
 * @param items what is approved, sorted by kind and name
 */
public record Manifest(
        OrgId orgId,
        String tenantName,
        long packageVersion,
        @Nullable Digest previous,
        Instant createdAt,
        String createdBy,
        List<FileEntry> files,
        List<PackageItem> items) {
    static final String SCHEMA = "aios-package/1";

    /** Checks every field; an empty file list is refused. */
    public Manifest {
        Objects.requireNonNull(orgId, "orgId");
        PlainText.require("tenant_name", tenantName, 200);
        PlainText.require("created_by", createdBy, 128);
        if (packageVersion < 1) {
            throw new PackageException("package_version " + packageVersion + " is below 1");
        }
        if (!createdAt.equals(createdAt.truncatedTo(ChronoUnit.MICROS))) {
            throw new PackageException("created_at is finer than a microsecond");
        }
        files = List.copyOf(files);
        items = List.copyOf(items);
        if (files.isEmpty()) {
            throw new PackageException("the manifest lists no file; an empty package proves nothing");
        }
        requireSortedFiles(files);
        requireDistinctItems(items);
    }

    private static void requireSortedFiles(List<FileEntry> files) {
        for (int i = 1; i < files.size(); i++) {
            if (files.get(i - 1).path().compareTo(files.get(i).path()) >= 0) {
                throw new PackageException("the manifest's files are not sorted, or name "
                        + PortablePath.quoted(files.get(i).path()) + " twice");
            }
        }
    }

    private static void requireDistinctItems(List<PackageItem> items) {
        Set<String> ids = new HashSet<>();
        for (PackageItem item : items) {
            if (!ids.add(item.id())) {
                throw new PackageException("item " + PortablePath.quoted(item.id()) + " is there twice");
            }
        }
    }

    /** How many agents the package holds. */
    public int agentsCount() {
        return (int)
                files.stream().filter(file -> file.role() == FileRole.AGENT).count();
    }
}
