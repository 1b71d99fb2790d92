package io.aios.certify;

import static io.aios.certify.Checks.refused;
import static io.aios.certify.Checks.require;
import static io.aios.certify.Checks.same;

import com.sun.net.httpserver.HttpServer;
import io.aios.tenancy.InvalidOrgIdException;
import io.aios.tenancy.NoTenantException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.TenantKeys;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.TenantSwitchException;
import io.aios.tenancy.contract.IsolationContract;
import io.aios.tenancy.request.OrgResolver;
import io.aios.tenancy.request.RequestView;
import io.aios.tenancy.request.Resolution;
import io.aios.tenancy.rls.Finding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;

/** TENANT-001: one tenant's data is out of another's reach, because the database says so. */
final class TenantChecks {
    private static final List<String> REQUIRED = List.of(
            "cross_tenant_read_is_blocked",
            "cross_tenant_read_blocked_without_where",
            "cross_tenant_write_blocked",
            "end_to_end_api_propagation",
            "tenant_context_propagation",
            "isolation_levels");
    private static final OrgId A = OrgId.of("certify-a");
    private static final OrgId B = OrgId.of("certify-b");
    /** What the contract calls otherwise than the original did. */
    private static final Map<String, String> ORIGINAL = Map.of("context_propagation", "tenant_context_propagation");

    private final Host host;
    private final Checks checks = new Checks("TenantDbIT");

    private TenantChecks(Host host) {
        this.host = host;
    }

    static Group group(Host host) {
        TenantChecks group = new TenantChecks(host);
        for (IsolationContract.Check check : IsolationContract.of(host.store())) {
            group.checks.add(ORIGINAL.getOrDefault(check.name(), check.name()), "IsolationContractIT", check::run);
        }
        group.database();
        group.rows();
        group.door();
        group.scopes();
        group.requests();
        group.names();
        return new Group("TENANT-001", "Tenant isolation", REQUIRED, group.checks.list());
    }

    private void database() {
        checks.add(
                "the_isolation_verifier_finds_nothing",
                "VerifierMutationsIT.theSchemaWrittenByTheGeneratorHasNoFinding",
                () -> same(
                        List.of(),
                        host.tenants().verify().findings().stream()
                                .map(Finding::id)
                                .toList(),
                        "findings"));
        checks.add(
                "the_login_is_bound_by_row_level_security",
                "TenantDbIT.aSuperuserLoginIsRefused",
                () -> same(
                        0L,
                        asLogin(
                                "select count(*) from pg_roles where (rolsuper or rolbypassrls) and rolname = current_user"),
                        "rights beyond row-level security"));
        checks.add(
                "the_login_owns_nothing",
                "VerifierMutationsIT.isFound",
                () -> same(
                        0L,
                        asLogin("select count(*) from pg_class where relowner = current_user::regrole"),
                        "tables and indexes that the login owns"));
    }

    private long asLogin(String sql) throws SQLException {
        try (Connection connection = host.tenantLogin().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            require(rows.next(), "no answer");
            return rows.getLong(1);
        }
    }

    /** The contract's table through every sort of statement, as the wrong tenant. */
    private void rows() {
        checks.add("cross_tenant_read_is_blocked", "TenantDbIT.crossTenantReadReturnsNothing", () -> {
            String text = written();
            require(host.store().readAll(A).contains(text), "the tenant does not see its own row");
            require(!host.store().readAll(B).contains(text), "another tenant reads the row");
        });
        checks.add("two_tenants_reading_at_once_see_their_own", "IsolationContractIT", () -> {
            clear();
            host.store().write(A, A, "of a");
            host.store().write(B, B, "of b");
            List<Thread> readers = new ArrayList<>();
            AtomicReference<String> leak = new AtomicReference<>();
            for (int reader = 0; reader < 8; reader++) {
                OrgId org = reader % 2 == 0 ? A : B;
                List<String> own = List.of(org.equals(A) ? "of a" : "of b");
                Thread thread = new Thread(() -> {
                    for (int turn = 0; turn < 25; turn++) {
                        List<String> seen = host.store().readAll(org);
                        if (!seen.equals(own)) {
                            leak.set(org + " saw " + seen);
                        }
                    }
                });
                thread.start();
                readers.add(thread);
            }
            for (Thread thread : readers) {
                thread.join();
            }
            require(leak.get() == null, String.valueOf(leak.get()));
        });
        checks.add("a_refused_write_leaves_nothing", "TenantDbIT.crossTenantWriteIsRefusedByTheDatabase", () -> {
            clear();
            refused(RuntimeException.class, () -> {
                host.store().write(B, A, "forged");
                return "written";
            });
            same(List.of(), host.store().readAll(A), "rows of the tenant");
            same(List.of(), host.store().readAll(B), "rows of the stranger");
        });
        checks.add(
                "a_statement_without_tenant_is_refused",
                "TenantDbIT.theDatabaseItselfRefusesAStatementWithoutTenant",
                () -> refused(NoTenantException.class, () -> host.store().readAllInScope()));
        checks.add("a_failed_transaction_leaves_nothing", "TenantDbIT.aTransactionRollsBackAsAWhole", () -> {
            clear();
            refused(
                    IllegalStateException.class,
                    () -> host.tenants().inTenant(A, tx -> {
                        host.store().write(A, A, "half");
                        throw new IllegalStateException("stop");
                    }));
            same(List.of(), host.store().readAll(A), "rows after the failure");
        });
    }

    private void door() {
        for (String sql : List.of(
                "set app.org_id = 'certify-b'",
                "reset app.org_id",
                "set role postgres",
                "set session authorization default",
                "set row_security = off",
                "select set_config('app.org_id', 'certify-b', true)",
                "commit",
                "rollback",
                "begin",
                "select 1; select 2",
                "prepare p as select 1",
                "execute p",
                "deallocate all",
                "discard all",
                "do $$ begin perform 1; end $$",
                "copy pg_class to stdout",
                "create temp table t (a int)",
                "select 1 as a into temp t",
                "declare c cursor with hold for select 1",
                "listen certify",
                "lock table pg_class",
                "call certify()")) {
            checks.add(
                    "the_door_refuses: " + sql,
                    "EscapeAttemptsIT.isRefusedInEveryKindOfScope",
                    () -> refused(TenancyException.class, () -> host.tenants().inTenant(A, tx -> tx.execute(sql))));
        }
        checks.add("a_handle_taken_out_does_nothing", "EscapeAttemptsIT.aHandleTakenOutDoesNothing", () -> {
            Handle taken = host.tenants().read(A, q -> q);
            refused(RuntimeException.class, () -> taken.execute("select 1"));
        });
        checks.add(
                "a_read_writes_nothing",
                "TenantDbIT.aReadScopeRefusesWrites",
                () -> refused(
                        RuntimeException.class,
                        () -> host.tenants().read(A, q -> q.execute("create table certify (a int)"))));
    }

    private void scopes() {
        checks.add(
                "a_scope_of_another_tenant_is_refused",
                "TenantScopeTest.aScopeOfAnotherTenantIsRefusedAndTheFirstStays",
                () -> {
                    try (TenantScope scope = TenantScope.open(A)) {
                        refused(TenantSwitchException.class, () -> TenantScope.open(B));
                        same(A, scope.org(), "the tenant of the scope");
                        same(A, TenantScope.require(), "the current tenant");
                    }
                });
        checks.add("a_thread_inherits_no_tenant", "TenantScopeTest.aThreadStartedInsideAScopeInheritsNothing", () -> {
            AtomicReference<Object> seen = new AtomicReference<>();
            try (TenantScope scope = TenantScope.open(A)) {
                Thread thread = new Thread(() -> seen.set(TenantScope.current()));
                thread.start();
                thread.join();
                same(A, scope.org(), "the tenant of the scope");
            }
            same(Optional.empty(), seen.get(), "the tenant of a new thread");
        });
        checks.add(
                "a_nested_transaction_of_another_tenant_is_refused",
                "EscapeAttemptsIT.aNestedScopeOfAnotherTenantIsRefusedAndTheOuterStaysItself",
                () -> refused(
                        TenantSwitchException.class,
                        () -> host.tenants().inTenant(A, outer -> host.tenants().inTenant(B, inner -> 1))));
    }

    private void requests() {
        OrgResolver resolver = OrgResolver.claim(List.of("/health"));
        checks.add("end_to_end_api_propagation", "TenantFilterIT.theTenantOfTheRequestIsTheTenantOfTheRows", () -> {
            String text = written();
            same("200 [" + text + "]", get("/notes", A.value(), A.value(), resolver), "answer for the tenant");
            same("200 []", get("/notes", B.value(), B.value(), resolver), "answer for another tenant");
            same("403", get("/notes", B.value(), A.value(), resolver).substring(0, 3), "a header beside the claim");
        });
        request("a_header_without_a_claim_authorises_nothing", resolver, 401, List.of(A.value()), List.of());
        request("a_header_of_another_tenant_is_forbidden", resolver, 403, List.of(A.value()), List.of(B.value()));
        request("a_repeated_header_is_refused", resolver, 400, List.of("a", "a"), List.of("a"));
        request("two_tenants_in_one_header_are_refused", resolver, 400, List.of("a,b"), List.of("a", "b"));
        request("a_blank_header_is_refused", resolver, 400, List.of(" "), List.of("a"));
        request("several_claims_need_a_selection", resolver, 400, List.of(), List.of("a", "b"));
        request("the_claim_alone_decides", resolver, 200, List.of(), List.of("a"));
    }

    private void request(String name, OrgResolver resolver, int status, List<String> header, List<String> claims) {
        checks.add(
                name,
                "OrgResolverTest",
                () -> same(
                        status,
                        resolver.resolve(new View(header, claims, "/notes"))
                                .fold(resolved -> 200, excluded -> 204, Resolution.Rejected::status),
                        "status"));
    }

    private void names() {
        for (String name :
                List.of("", "Certify", " certify", "certify ", "a/b", "a'b", "__system__", "a\u0131", "x".repeat(64))) {
            checks.add(
                    "no_tenant_is_called \"" + name.substring(0, Math.min(name.length(), 12)) + "\"",
                    "OrgIdTest.refusesWhatDoesNotMatchAsItStands",
                    () -> refused(InvalidOrgIdException.class, () -> OrgId.of(name)));
        }
        checks.add("a_key_cannot_leave_its_tenant", "TenantRepositoryIT.aKeyPartCannotLeaveItsTenant", () -> {
            refused(IllegalArgumentException.class, () -> TenantKeys.key(A, "..", B.value()));
            require(TenantKeys.key(A, "../" + B).startsWith(A + "/"), "a key left its tenant");
        });
    }

    private String written() {
        clear();
        String text = "certify-" + UUID.randomUUID();
        host.store().write(A, A, text);
        return text;
    }

    private void clear() {
        host.store().deleteAll(A);
        host.store().deleteAll(B);
    }

    private record View(List<String> header, List<String> verifiedOrgs, String path) implements RequestView {
        @Override
        public List<String> headers(String name) {
            return name.toLowerCase(Locale.ROOT).equals("x-tenant-id") ? header : List.of();
        }

        @Override
        public List<String> query(String name) {
            return List.of();
        }
    }

    /** One request over loopback, through resolver and scope to the host's repository. */
    private String get(String path, String header, String claim, OrgResolver resolver) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            List<String> headers = exchange.getRequestHeaders().getOrDefault("X-Tenant-ID", List.of());
            Resolution resolution = resolver.resolve(
                    new View(headers, List.of(claim), exchange.getRequestURI().getRawPath()));
            int status = resolution.fold(resolved -> 200, excluded -> 204, Resolution.Rejected::status);
            byte[] body = status == 200 ? rowsOf(resolution.orElseThrow()) : new byte[0];
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
            var response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .header("X-Tenant-ID", header)
                                    .build(),
                            BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } finally {
            server.stop(0);
        }
    }

    private byte[] rowsOf(OrgId org) {
        try (TenantScope scope = TenantScope.open(org)) {
            require(scope.org().equals(org), "the scope has another tenant");
            return host.store().readAllInScope().toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
