package io.aios.example.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditHead;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.SealedTrace;
import io.aios.trace.json.CanonicalJson;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Over real HTTP, with real signatures, on two real PostgreSQL servers. */
class ServiceIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static House house;

    @BeforeAll
    static void open() {
        house = House.open();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void aRequestIsDecidedTracedStoredAndChained() throws Exception {
        String token = house.tokens().issue("emp-1", HOUR, "akron-gov");
        HttpResponse<String> answer = send(post(token, "I need to request FMLA leave"));

        assertThat(answer.statusCode()).isEqualTo(201);
        Map<?, ?> body = json(answer);
        OrgId akron = OrgId.of("akron-gov");
        byte[] stored = house.db()
                .read(
                        akron,
                        tx -> tx.createQuery("select body from decision_traces")
                                .mapTo(byte[].class)
                                .one());
        SealedTrace trace = SealedTrace.read(stored);
        assertThat(trace.recordHash().hex()).isEqualTo(body.get("record_hash"));
        assertThat(trace.trace().tenantId()).isEqualTo("akron-gov");
        assertThat(trace.trace().userId()).isEqualTo("emp-1");
        assertThat(house.reader().entries(akron, Held.nothing(), entry -> true))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.recordHash()).contains(trace.recordHash());
                    assertThat(entry.actor()).doesNotContain("emp-1");
                });
    }

    @Test
    void aTenantSeesItsOwnTracesOnly() throws Exception {
        String cleveland = house.tokens().issue("emp-1", HOUR, "cleveland-gov");
        String dayton = house.tokens().issue("emp-2", HOUR, "dayton-gov");
        Object id = json(send(post(cleveland, "My laptop does not start"))).get("trace_id");

        assertThat(json(send(get(cleveland))).get("trace_ids")).isEqualTo(List.of(id));
        assertThat(json(send(get(dayton))).get("trace_ids")).isEqualTo(List.of());
    }

    @Test
    void aHeaderSelectsAmongTheTenantsOfTheTokenAndNoOther() throws Exception {
        String both = house.tokens().issue("emp-3", HOUR, "lima-gov", "toledo-gov");

        assertThat(send(get(both)).statusCode()).as("which one?").isEqualTo(400);
        assertThat(send(get(both).header("X-Tenant-ID", "lima-gov")).statusCode())
                .isEqualTo(200);
        assertThat(send(get(both).header("x-tenant-id", "dayton-gov")).statusCode())
                .isEqualTo(403);
        assertThat(send(get(both).header("X-Tenant-ID", "lima-gov").header("X-Tenant-ID", "toledo-gov"))
                        .statusCode())
                .isEqualTo(400);
        HttpRequest.Builder byParameter = HttpRequest.newBuilder(house.service().uri("/decisions?org%5fid=lima-gov"))
                .header("Authorization", both);
        assertThat(send(byParameter).statusCode()).isEqualTo(200);
    }

    @Test
    void withoutAValidTokenThereIsNoTenantWhateverTheHeaderSays() throws Exception {
        String expired = house.tokens().issue("emp-1", Duration.ofSeconds(-1), "cleveland-gov");
        String forged = house.tokens().issue("emp-1", HOUR, "cleveland-gov") + "x";
        for (String token : List.of(expired, forged, "Bearer ", "Basic eDp5")) {
            assertThat(send(get(token).header("X-Tenant-ID", "cleveland-gov")).statusCode())
                    .isEqualTo(401);
        }
        HttpRequest.Builder health = HttpRequest.newBuilder(house.service().uri("/health"));
        assertThat(send(health).statusCode()).isEqualTo(200);
        HttpRequest.Builder around = HttpRequest.newBuilder(house.service().uri("/health/../decisions"));
        assertThat(send(around).statusCode()).isEqualTo(400);
    }

    @Test
    void aDecisionThatTheWallDoesNotAcknowledgeIsNotStored() throws Exception {
        String token = house.tokens().issue("emp-4", HOUR, "kent-gov");
        OrgId kent = OrgId.of("kent-gov");
        house.wallServer().run("revoke usage on schema aios_audit from aios_audit_writer");
        try {
            assertThat(send(post(token, "Pay this invoice")).statusCode()).isEqualTo(503);
        } finally {
            house.wallServer().run("grant usage on schema aios_audit to aios_audit_writer");
        }
        assertThat(json(send(get(token))).get("trace_ids")).isEqualTo(List.of());
        assertThat(house.reader().verify(kent).orElseThrow())
                .extracting(AuditHead::size)
                .isEqualTo(0L);
        assertThat(send(post(token, "Pay this invoice")).statusCode()).isEqualTo(201);
    }

    @Test
    void anEmptyOrOverlongTextIsRefused() throws Exception {
        String token = house.tokens().issue("emp-1", HOUR, "cleveland-gov");
        assertThat(send(post(token, "  ")).statusCode()).isEqualTo(400);
        assertThat(send(post(token, "x".repeat(20_000))).statusCode()).isEqualTo(400);
    }

    private static HttpRequest.Builder get(String token) {
        return HttpRequest.newBuilder(house.service().uri("/decisions")).header("Authorization", token);
    }

    private static HttpRequest.Builder post(String token, String text) {
        return get(token).POST(BodyPublishers.ofString(text));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static Map<?, ?> json(HttpResponse<String> response) {
        return CanonicalJson.parse(response.body().getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> object
                ? object
                : Map.of();
    }
}
