package io.aios.tenancy.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.postgres.TestDatabase;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From a header over a real servlet container to the rows of a real database. */
class TenantFilterIT {
    private static TenantDb db;
    private static Server server;

    /** Answers with the tenant and the names that the tenant's rows have. */
    static final class Data extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            List<String> names = db.read(q ->
                    q.createQuery("select name from agents").mapTo(String.class).list());
            String body = "{\"org_id\":\"" + TenantScope.require() + "\",\"names\":" + names + "}";
            response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Answers a form with its tenant and its body, byte for byte. */
    static final class Form extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().write((TenantScope.require() + ": ").getBytes(StandardCharsets.UTF_8));
            request.getInputStream().transferTo(response.getOutputStream());
        }
    }

    @BeforeAll
    static void open() throws Exception {
        TestDatabase database = TestDatabase.with(RlsSchema.builder()
                .table(TenantTable.named("agents")
                        .column("name", "text not null")
                        .key("name")
                        .build())
                .build());
        db = TenantDb.connect(database.url(), "aios_app", TestDatabase.password())
                .build();
        for (String org : List.of("tenant-a", "tenant-b")) {
            db.write(
                    OrgId.of(org),
                    w -> w.execute(
                            "insert into agents (org_id, name) values (current_org(), 'agent of ' || current_org())"));
        }
        // The container of this test takes an unsigned header for a verified credential; a host checks a token here.
        TenantFilter filter = new TenantFilter(
                OrgResolver.claim(List.of("/health")),
                request -> request.getHeader("Verified") == null ? List.of() : List.of(request.getHeader("Verified")));
        server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Data()), "/*");
        context.addServlet(new ServletHolder(new Form()), "/form");
        server.setHandler(context);
        server.start();
    }

    @AfterAll
    static void close() throws Exception {
        server.stop();
        db.close();
    }

    record Answer(int statusCode, String body) {}

    private static Answer get(String path, String... headers) throws IOException {
        return send(path, "", headers);
    }

    private static Answer send(String path, String form, String... headers) throws IOException {
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        for (int i = 0; i < headers.length; i += 2) {
            connection.addRequestProperty(headers[i], headers[i + 1]);
        }
        if (!form.isEmpty()) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void theTenantOfTheRequestIsTheTenantOfTheRows() throws Exception {
        assertThat(get("/api/data", "Verified", "tenant-a").body())
                .isEqualTo("{\"org_id\":\"tenant-a\",\"names\":[agent of tenant-a]}");
        assertThat(get("/api/data", "Verified", "tenant-b", "X-Tenant-ID", "tenant-b")
                        .body())
                .contains("agent of tenant-b")
                .doesNotContain("tenant-a");
    }

    @Test
    void aHeaderOfAnotherTenantNeverReachesTheDatabase() throws Exception {
        Answer response = get("/api/data", "Verified", "tenant-a", "X-Tenant-ID", "tenant-b");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).doesNotContain("agent of");
    }

    @Test
    void withoutACredentialTheAnswerIs401() throws Exception {
        Answer response = get("/api/data", "X-Tenant-ID", "tenant-a");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("{\"detail\": \"No verified credential names a tenant.\"}");
    }

    @Test
    void theFilterLeavesAFormsBodyToItsServlet() throws Exception {
        String form = "org_id=tenant-b&text=a+b%26c";
        assertThat(send("/form?org_id=tenant-a", form, "Verified", "tenant-a").body())
                .isEqualTo("tenant-a: " + form);
        assertThat(send("/form", form, "Verified", "tenant-a").body()).isEqualTo("tenant-a: " + form);
    }

    @Test
    void theQueryIsReadAsTheServletWouldReadIt() throws Exception {
        for (String same : List.of("?org_id=tenant-a", "?x&org%5fid=tenant%2Da", "?a=b&org_id=tenant-a&c")) {
            assertThat(get("/api/data" + same, "Verified", "tenant-a").statusCode())
                    .as(same)
                    .isEqualTo(200);
        }
        assertThat(get("/api/data?a=b&org_id=tenant-b", "Verified", "tenant-a").statusCode())
                .isEqualTo(403);
        for (String odd : List.of("?org_id=tenant-a&org%5Fid=tenant-b", "?org_id", "?org_id=", "?org_id=tenant-a+")) {
            assertThat(get("/api/data" + odd, "Verified", "tenant-a").statusCode())
                    .as(odd)
                    .isEqualTo(400);
        }
    }

    @Test
    void twoHeadersAreRefused() throws Exception {
        assertThat(get("/api/data", "Verified", "tenant-a", "X-Tenant-ID", "tenant-a", "X-Tenant-ID", "tenant-b")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aWorkerKeepsNoTenantForTheNextRequest() throws Exception {
        for (int i = 0; i < 40; i++) {
            String org = i % 2 == 0 ? "tenant-a" : "tenant-b";
            assertThat(get("/api/data", "Verified", org).body()).contains("agent of " + org);
            assertThat(get("/health").statusCode()).isEqualTo(500); // no tenant: the servlet's read throws
        }
    }
}
