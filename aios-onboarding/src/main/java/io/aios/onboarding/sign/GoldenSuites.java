package io.aios.onboarding.sign;

import io.aios.onboarding.pack.FileEntry;
import io.aios.onboarding.pack.FileRole;
import io.aios.onboarding.pack.PackageContent;
import java.util.List;
import java.util.Map;

/** The golden suites of a package as a test result names them. */
final class GoldenSuites {
    private GoldenSuites() {}

    static List<Map<String, Object>> of(PackageContent content) {
        return content.manifest().files().stream()
                .filter(file -> file.role() == FileRole.GOLDEN)
                .map(GoldenSuites::named)
                .toList();
    }

    private static Map<String, Object> named(FileEntry file) {
        return Map.of(
                "name", file.path(), "digest", Map.of("sha256", file.sha256().hex()));
    }
}
