package io.aios.example.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.wall.AuditReader;
import io.aios.example.servers.PostgresServer;
import io.aios.example.servers.Tokens;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The real application on a free port, with the logins a host would give it. */
class ApplicationIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static PostgresServer primary;
    private static PostgresServer wall;
    private static ConfigurableApplicationContext application;
    private static Tokens tokens;

    @BeforeAll
    static void start() {
        primary = PostgresServer.start();
        wall = PostgresServer.start();
        application = Program.start(Databases.install(primary, wall));
        tokens = application.getBean(Tokens.class);
    }

    @AfterAll
    static void stop() {
        application.close();
        wall.close();
        primary.close();
    }

    @Test
    void theTenantOfTheHeaderIsTheTenantOfTheDatabase() throws Exception {
        String both = tokens.issue("emp-1", HOUR, "cleveland-gov", "dayton-gov");
        assertThat(send(put(both, "hr_agent").header("X-Tenant-ID", "cleveland-gov"))
                        .statusCode())
                .isEqualTo(204);

        assertThat(send(get("/agents", both).header("X-Tenant-ID", "cleveland-gov"))
                        .body())
                .isEqualTo("[\"hr_agent\"]");
        assertThat(send(get("/agents", both).header("X-Tenant-ID", "dayton-gov"))
                        .body())
                .isEqualTo("[]");
        TenantDb db = application.getBean(TenantDb.class);
        String seen = db.read(
                OrgId.of("cleveland-gov"),
                tx -> tx.createQuery("select org_id || '/' || current_user from agents")
                        .mapTo(String.class)
                        .one());
        assertThat(seen).isEqualTo("cleveland-gov/aios_app");
    }

    @Test
    void aHeaderCannotNameAnotherTenantThanTheToken() throws Exception {
        String dayton = tokens.issue("emp-2", HOUR, "dayton-gov");
        assertThat(send(get("/agents", dayton).header("X-Tenant-ID", "cleveland-gov"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(get("/agents", "").header("X-Tenant-ID", "cleveland-gov"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(send(get("/actuator/health;/../agents", "")).statusCode()).isEqualTo(400);
    }

    @Test
    void aDecisionStandsOnTheWallOfItsTenant() throws Exception {
        String akron = tokens.issue("emp-3", HOUR, "akron-gov");
        assertThat(send(ask(akron, "kb_search"))).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"effect\":\"permit\"");
        });
        assertThat(send(ask(akron, "drop_table"))).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"effect\":\"deny\"");
        });
        AuditReader reader = application.getBean(AuditReader.class);
        assertThat(reader.verify(OrgId.of("akron-gov")).orElseThrow().size()).isEqualTo(2);
        assertThat(reader.verify(OrgId.of("dayton-gov")).orElseThrow().size()).isZero();
    }

    @Test
    void healthGoesDownWhenTheDatabaseNoLongerIsolatesAndComesBack() throws Exception {
        assertThat(send(get("/actuator/health", "")).statusCode()).isEqualTo(200);
        primary.run("alter table aios.agents no force row level security");
        HttpResponse<String> down = send(get("/actuator/health", ""));
        primary.run("alter table aios.agents force row level security");

        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).contains("\"isolation\"").contains("agents");
        assertThat(send(get("/actuator/health", "")).statusCode()).isEqualTo(200);
    }

    @Test
    void healthGoesDownWhenTheWallWasTamperedWith() throws Exception {
        String flip = "set session_replication_role = replica; update aios_audit.entry"
                + " set leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1) where org = 'platform' and seq = 0";
        wall.run(flip);
        HttpResponse<String> down = send(get("/actuator/health", ""));
        wall.run(flip);

        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).contains("Tampered").contains("seq=0");
        assertThat(send(get("/actuator/health", "")).statusCode()).isEqualTo(200);
    }

    private static HttpRequest.Builder get(String path, String token) {
        return Program.request(application, path, token);
    }

    private static HttpRequest.Builder put(String token, String agent) {
        return get("/agents/" + agent, token).PUT(BodyPublishers.ofString("answers questions about leave"));
    }

    private static HttpRequest.Builder ask(String token, String tool) {
        return get("/agents/hr_agent/tools/" + tool, token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"query\": \"leave\", \"limit\": 3}"));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
