package io.aios.tenancy.request;

import io.aios.tenancy.InvalidOrgIdException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.request.Resolution.Rejected;
import io.aios.tenancy.request.Resolution.Resolved;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the tenant of a request.
 *
 * <p>Headers {@code X-Tenant-ID} and {@code x-org-id} and the query parameter {@code org_id} are what a caller says;
 * only a verified claim is what a caller may. A value that is repeated, joined by commas or blank is refused in every
 * mode, because two readers of the request could choose differently.
 */
public final class OrgResolver {
    /** The header that selects a tenant. */
    public static final String TENANT_HEADER = "X-Tenant-ID";

    /** Its older name. */
    public static final String ORG_HEADER = "x-org-id";

    /** The query parameter. */
    public static final String ORG_PARAMETER = "org_id";

    /** The older system's body; true where a header is enough. */
    private static final String MISSING = "{\"detail\": \"Missing org_id. Provide X-Tenant-ID header.\"}";

    private static final String NO_CLAIM = "{\"detail\": \"No verified credential names a tenant.\"}";
    private static final String BAD_CLAIM = "{\"detail\": \"The verified credential names an invalid tenant.\"}";
    private static final String BAD_PATH = "{\"detail\": \"Malformed path.\"}";
    private static final String INVALID = "{\"detail\": \"Invalid org_id. Give one valid id, once.\"}";
    private static final String MISMATCH = "{\"detail\": \"tenant_mismatch\"}";
    private static final String AMBIGUOUS = "{\"detail\": \"Several tenants are allowed. Select one.\"}";
    private static final Logger LOG = LoggerFactory.getLogger(OrgResolver.class);

    /** Who decides. */
    public enum Mode {
        /** The verified claim; a header or parameter only selects among the tenants it names. */
        CLAIM,
        /**
         * Whoever sends a header: X-Tenant-ID, then x-org-id, then the claim, then the query parameter.
         *
         * <p>The order of an older system, which lets any caller name any tenant. Only behind a gateway that strips
         * these headers and sets them itself.
         */
        SEED_COMPAT
    }

    private final Mode mode;
    private final Set<String> excluded;

    private OrgResolver(Mode mode, Set<String> excluded) {
        this.mode = mode;
        this.excluded = excluded;
        if (mode == Mode.SEED_COMPAT) {
            LOG.warn("SEED_COMPAT: any caller can name any tenant by header; put a gateway in front that sets it");
        }
    }

    /**
     * A resolver.
     *
     * @param excludedPaths paths that need no tenant, for example {@code /health}; compared whole, after normalisation
     */
    public static OrgResolver of(Mode mode, List<String> excludedPaths) {
        Set<String> paths = new LinkedHashSet<>();
        for (String path : excludedPaths) {
            String normal = RequestPath.normalise(path);
            if (normal == null || !normal.equals(path)) {
                throw new IllegalArgumentException("excluded path must be absolute and normal: '" + path + "'");
            }
            paths.add(normal);
        }
        return new OrgResolver(mode, Set.copyOf(paths));
    }

    /** A resolver in mode {@link Mode#CLAIM}. */
    public static OrgResolver claim(List<String> excludedPaths) {
        return of(Mode.CLAIM, excludedPaths);
    }

    /** Finds the request's tenant, or the answer it must be given. */
    public Resolution resolve(RequestView request) {
        String path = RequestPath.normalise(request.path());
        if (path == null) {
            return new Rejected(400, BAD_PATH);
        }
        if (excluded.contains(path)) {
            return new Resolution.Excluded();
        }
        try {
            return mode == Mode.CLAIM ? byClaim(request) : bySeedOrder(request);
        } catch (InvalidOrgIdException e) {
            LOG.warn("a request's tenant is refused: {}", e.getMessage());
            return new Rejected(400, INVALID);
        }
    }

    private static Resolution byClaim(RequestView request) {
        Set<OrgId> allowed = new LinkedHashSet<>();
        try {
            request.verifiedOrgs().forEach(org -> allowed.add(OrgId.of(org)));
        } catch (InvalidOrgIdException e) {
            LOG.warn("a verified credential names an invalid tenant: {}", e.getMessage());
            return new Rejected(403, BAD_CLAIM);
        }
        if (allowed.isEmpty()) {
            return new Rejected(401, NO_CLAIM);
        }
        Set<OrgId> selected = new LinkedHashSet<>();
        for (String said : said(request)) {
            selected.add(OrgId.of(said));
        }
        if (selected.size() > 1 || !allowed.containsAll(selected)) {
            LOG.warn("a request names a tenant its claim does not");
            return new Rejected(403, MISMATCH);
        }
        if (selected.isEmpty() && allowed.size() > 1) {
            return new Rejected(400, AMBIGUOUS);
        }
        return new Resolved((selected.isEmpty() ? allowed : selected).iterator().next());
    }

    private static Resolution bySeedOrder(RequestView request) {
        List<String> claims = request.verifiedOrgs();
        String header = only(request.headers(TENANT_HEADER));
        String older = only(request.headers(ORG_HEADER));
        String parameter = only(request.query(ORG_PARAMETER));
        String first = header != null ? header : older;
        if (first == null && !claims.isEmpty()) {
            first = claims.get(0);
        }
        if (first == null) {
            first = parameter;
        }
        return first == null ? new Rejected(401, MISSING) : new Resolved(OrgId.of(first));
    }

    private static List<String> said(RequestView request) {
        Set<String> said = new LinkedHashSet<>();
        for (String value : new @Nullable String[] {
            only(request.headers(TENANT_HEADER)), only(request.headers(ORG_HEADER)), only(request.query(ORG_PARAMETER))
        }) {
            if (value != null) {
                said.add(value);
            }
        }
        return List.copyOf(said);
    }

    /** The one value, or null if there is none; a second value, a comma or a blank is refused by the id's own rules. */
    private static @Nullable String only(List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        return values.size() == 1 ? values.get(0) : String.join(",", values);
    }
}
