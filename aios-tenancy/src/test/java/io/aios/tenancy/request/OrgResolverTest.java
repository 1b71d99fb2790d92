package io.aios.tenancy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.request.OrgResolver.Mode;
import io.aios.tenancy.request.Resolution.Rejected;
import io.aios.tenancy.request.Resolution.Resolved;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrgResolverTest {
    private static final OrgResolver CLAIM = OrgResolver.claim(List.of("/health", "/docs/open"));
    private static final OrgResolver SEED = OrgResolver.of(Mode.SEED_COMPAT, List.of("/health"));
    private static final String TENANT = "x-tenant-id";
    private static final String OLDER = "x-org-id";

    record Fake(Map<String, List<String>> headers, List<String> parameter, List<String> verifiedOrgs, String path)
            implements RequestView {
        @Override
        public List<String> headers(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        }

        @Override
        public List<String> query(String name) {
            return name.equals("org_id") ? parameter : List.of();
        }
    }

    private static Fake request(Map<String, List<String>> headers, List<String> parameter, String... claims) {
        return new Fake(headers, parameter, List.of(claims), "/api/data");
    }

    private static Resolved of(String org) {
        return new Resolved(OrgId.of(org));
    }

    private static int status(Resolution resolution) {
        return resolution.fold(r -> 200, e -> 204, Rejected::status);
    }

    @Test
    void theClaimDecidesWhenNothingElseIsSaid() {
        assertThat(CLAIM.resolve(request(Map.of(), List.of(), "tenant-a"))).isEqualTo(of("tenant-a"));
    }

    @Test
    void aHeaderWithoutAClaimAuthorisesNothing() {
        assertThat(status(CLAIM.resolve(request(Map.of(TENANT, List.of("tenant-a")), List.of()))))
                .isEqualTo(401);
    }

    @Test
    void aHeaderSelectsAmongTheClaimsTenants() {
        Fake request = request(Map.of(TENANT, List.of("tenant-b")), List.of(), "tenant-a", "tenant-b");
        assertThat(CLAIM.resolve(request)).isEqualTo(of("tenant-b"));
        assertThat(status(CLAIM.resolve(request(Map.of(), List.of(), "tenant-a", "tenant-b"))))
                .isEqualTo(400);
    }

    @Test
    void aHeaderOrParameterOfAnotherTenantThanTheClaimIsForbidden() {
        assertThat(status(CLAIM.resolve(request(Map.of(TENANT, List.of("tenant-b")), List.of(), "tenant-a"))))
                .isEqualTo(403);
        assertThat(status(CLAIM.resolve(request(Map.of(OLDER, List.of("tenant-b")), List.of(), "tenant-a"))))
                .isEqualTo(403);
        assertThat(status(CLAIM.resolve(request(Map.of(), List.of("tenant-b"), "tenant-a"))))
                .isEqualTo(403);
    }

    @Test
    void twoHeadersThatDisagreeAreForbiddenEvenIfTheClaimAllowsBoth() {
        Fake request = request(
                Map.of(TENANT, List.of("tenant-a"), OLDER, List.of("tenant-b")), List.of(), "tenant-a", "tenant-b");
        assertThat(status(CLAIM.resolve(request))).isEqualTo(403);
    }

    @Test
    void seedCompatFollowsTheOldOrder() {
        Map<String, List<String>> both = Map.of(TENANT, List.of("tenant-a"), OLDER, List.of("tenant-b"));
        assertThat(SEED.resolve(request(both, List.of("tenant-d"), "tenant-c"))).isEqualTo(of("tenant-a"));
        assertThat(SEED.resolve(request(Map.of(OLDER, List.of("tenant-b")), List.of("tenant-d"), "tenant-c")))
                .isEqualTo(of("tenant-b"));
        assertThat(SEED.resolve(request(Map.of(), List.of("tenant-d"), "tenant-c")))
                .isEqualTo(of("tenant-c"));
        assertThat(SEED.resolve(request(Map.of(), List.of("tenant-d")))).isEqualTo(of("tenant-d"));
    }

    @Test
    void theMissingTenantsBodyIsTheOldOne() {
        Resolution resolution = SEED.resolve(request(Map.of(), List.of()));
        assertThat(resolution)
                .isEqualTo(new Rejected(401, "{\"detail\": \"Missing org_id. Provide X-Tenant-ID header.\"}"));
        assertThatThrownBy(resolution::orElseThrow).isInstanceOf(TenancyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "tenant-a,tenant-b",
                "tenant-a, tenant-a",
                "__system__",
                "system",
                "aios-canary-a",
                "../a",
                "TENANT-A",
                "tenant-a\r\nx: y"
            })
    void aMalformedHeaderIsRefusedInEveryMode(String value) {
        for (OrgResolver resolver : List.of(CLAIM, SEED)) {
            Fake request = request(Map.of(TENANT, List.of(value), OLDER, List.of("tenant-b")), List.of(), "tenant-b");
            assertThat(status(resolver.resolve(request))).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aRepeatedHeaderIsRefusedInEveryMode(Mode mode) {
        OrgResolver resolver = OrgResolver.of(mode, List.of());
        for (List<String> twice : List.of(List.of("tenant-a", "tenant-b"), List.of("tenant-a", "tenant-a"))) {
            assertThat(status(resolver.resolve(request(Map.of(TENANT, twice), List.of(), "tenant-a"))))
                    .isEqualTo(400);
        }
    }

    @Test
    void aRefusalSaysWhatIsTrueAndRepeatsNothing() {
        assertThat(body(CLAIM, request(Map.of(TENANT, List.of("tenant-a")), List.of())))
                .isEqualTo("No verified credential names a tenant.");
        assertThat(body(CLAIM, request(Map.of(), List.of(), "tenant-a", "No Tenant")))
                .isEqualTo("The verified credential names an invalid tenant.");
        assertThat(body(CLAIM, request(Map.of(TENANT, List.of("tenant-a", "tenant-a")), List.of(), "tenant-a")))
                .isEqualTo("Invalid org_id. Give one valid id, once.");
        assertThat(body(CLAIM, request(Map.of(TENANT, List.of("tenant-b")), List.of(), "tenant-a")))
                .isEqualTo("tenant_mismatch");
        assertThat(body(CLAIM, request(Map.of(), List.of(), "tenant-a", "tenant-b")))
                .isEqualTo("Several tenants are allowed. Select one.");
        assertThat(body(CLAIM, new Fake(Map.of(), List.of(), List.of("tenant-a"), "/health/../api")))
                .isEqualTo("Malformed path.");
        assertThat(body(SEED, request(Map.of(), List.of(), "No Tenant")))
                .isEqualTo("Invalid org_id. Give one valid id, once.");
    }

    private static String body(OrgResolver resolver, Fake request) {
        return resolver.resolve(request)
                .fold(
                        resolved -> "resolved",
                        excluded -> "excluded",
                        rejected -> rejected.body().replaceAll("^\\{\"detail\": \"(.*)\"}$", "$1"));
    }

    @Test
    void anExcludedPathNeedsNoTenant() {
        for (String path : List.of("/health", "//health", "/./health", "/docs//open")) {
            assertThat(CLAIM.resolve(new Fake(Map.of(), List.of(), List.of(), path)))
                    .isInstanceOf(Resolution.Excluded.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health/../api",
                "/health;/../api",
                "/health%2f..%2fapi",
                "/health/%2e%2e/api",
                "/health\\..\\api",
                "/health%00",
                "/health%3bx",
                "health",
                "/api/..;/health",
                "/%"
            })
    void aPathThatTwoReadersReadDifferentlyIsRefused(String path) {
        assertThat(status(CLAIM.resolve(new Fake(Map.of(), List.of(), List.of("tenant-a"), path))))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/", "/Health", "/healthz", "/health/api", "/h%65alth", "/api/a%20b"})
    void aPathThatIsNotExactlyExcludedNeedsATenant(String path) {
        int status = status(CLAIM.resolve(new Fake(Map.of(), List.of(), List.of(), path)));
        assertThat(status).isEqualTo(path.equals("/health/") ? 204 : 401);
    }
}
