package io.aios.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.policy.Effect;
import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.ReasonCodes;
import io.aios.policy.pdp.PolicyDecisionPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tenant's author, a hostile server or a bad address may try. */
class OpaAttackTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "package tenants.t2.tools\ndecision := 1",
                "package tenants.t1\ndecision := 1",
                "package tenants\ndecision := 1",
                "package system.authz\nallow := true",
                "package tenants.t12.tools\ndecision := 1",
                "package tenants[\"t2\"].tools\ndecision := 1",
                "package tenants.t1[x].tools\ndecision := 1",
                "package tenants.t1[`a`].tools\ndecision := 1",
                "package tenants.t1.tools.\ndecision := 1",
                "# package tenants.t1.tools\npackage tenants.t2.tools\ndecision := 1",
                "decision := 1",
                "",
                "package tenants.t1.tools import data.tenants.t2",
                "package tenants.t1.tools\nimport data.tenants.t2.tools\ndecision := 1",
                "package tenants.t1.tools\ndecision := data.tenants.t2.tools.decision",
                "package tenants.t1.tools\ndecision := data",
                "package tenants.t1.tools\ndecision := data[\"tenants\"].t2",
                "package tenants.t1.tools\ndecision := data . tenants . t2",
                "package tenants.t1.tools\ndecision := data.tenants[input.x]",
                "package tenants.t1.tools\ndecision := data.tenants.t10",
                "package tenants.t1.tools\ndecision := data.system.main",
                "package tenants.t1.tools\ndecision := http.send({})",
                "package tenants.t1.tools\ndecision := http . send({})",
                "package tenants.t1.tools\ndecision := opa.runtime().env",
                "package tenants.t1.tools\ndecision := net.lookup_ip_addr(\"x\")",
                "package tenants.t1.tools\ndecision := time.now_ns()",
                "package tenants.t1.tools\ndecision := rand.intn(\"x\", 2)",
                "package tenants.t1.tools\ndecision := uuid.rfc4122(\"x\")",
                "package tenants.t1.tools\ndecision := json.match_schema({}, {\"$ref\": \"http://x\"})",
                "package tenants.t1.tools\n# \"\ndecision := http.send({})\n# \""
            })
    void anUploadThatReachesBeyondTheTenantNeverReachesTheServer(String rego) {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools(rego))))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageStartingWith("policy tools: ");
            assertThat(opa.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"http\"},{\"type\":\"string\",\"value\":\"send\"}]}",
                "{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"data\"},{\"type\":\"string\",\"value\":\"tenants\"},"
                        + "{\"type\":\"string\",\"value\":\"t2\"}]}",
                "{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"data\"},{\"type\":\"var\",\"value\":\"x\"}]}",
                "{\"type\":\"var\",\"value\":\"data\"}",
                "{\"type\":\"call\",\"value\":[{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"print\"}]}]}",
                "{\"type\":\"call\",\"value\":[{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"future\"},"
                        + "{\"type\":\"string\",\"value\":\"builtin\"}]}]}",
                "{\"terms\":[{\"type\":\"ref\",\"value\":[{\"type\":\"var\",\"value\":\"internal\"},"
                        + "{\"type\":\"string\",\"value\":\"print\"}]}]}",
                "{\"terms\":[{\"type\":\"var\",\"value\":\"x\"}]}",
                "{\"terms\":{\"type\":\"boolean\",\"value\":true},\"with\":[{\"target\":{\"type\":\"ref\",\"value\":"
                        + "[{\"type\":\"var\",\"value\":\"count\"}]},\"value\":{\"type\":\"ref\",\"value\":[{\"type\":"
                        + "\"var\",\"value\":\"sum\"}]}}]}"
            })
    void whatTheTextHidTheSyntaxTreeShowsAndTheUploadIsTakenBack(String term) {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            opa.rules("[{\"head\":{},\"body\":[" + term + "]}]");
            assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools())))
                    .isInstanceOf(InvalidPolicyException.class);
            assertThat(opa.policies()).isEmpty();
        }
    }

    @Test
    void aServerThatGivesBackOtherBytesIsNotBelieved() {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            opa.manage(question ->
                    question.path().endsWith("/tools") && question.method().equals("GET")
                            ? OpaDouble.Answer.json("{\"result\":{\"raw\":\"package x\"}}")
                            : null);
            assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools())))
                    .hasMessageContaining("did not give back what was uploaded");
            assertThat(opa.policies()).isEmpty();
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).effect()).isEqualTo(Effect.DENY);
        }
    }

    @Test
    void aGoldenCaseThatFailsBringsTheEarlierPolicyBack() {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            opa.answer(question -> OpaDouble.Answer.json("{\"result\":{\"allow\":true}}"));
            assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable())
                    .isEmpty();
            Map<String, Object> body = new HashMap<>(OpaPolicies.body(OpaPolicies.REGO + "\n# second\n"));
            body.put("golden", List.of(Map.of("request", Map.of("x", 1), "expect", "deny")));
            assertThatThrownBy(() -> point.activate(List.of(Policy.of("tools", "2", body))))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("golden case 0 expects DENY and got PERMIT");
            assertThat(opa.policies()).containsExactly(Map.entry("aios/t1/tools", OpaPolicies.REGO));
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).isPermit())
                    .isTrue();
        }
    }

    @Test
    void aRetiredPolicyLeavesTheServer() {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            assertThat(point.activate(List.of(OpaPolicies.tools())).findings())
                    .extracting(finding -> finding.message())
                    .containsExactly("DRAFT -> ACTIVE");
            assertThat(opa.policies()).hasSize(1);
            assertThat(point.activate(List.of()).findings())
                    .extracting(finding -> finding.message())
                    .containsExactly("ACTIVE -> RETIRED");
            assertThat(opa.policies()).isEmpty();
        }
    }

    @Test
    void twoPoliciesOfOnePackageAreRefused() {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            Policy twin = Policy.of("twin", "1", OpaPolicies.body(OpaPolicies.REGO));
            assertThatThrownBy(() -> point.activate(List.of(OpaPolicies.tools(), twin)))
                    .hasMessageContaining("shares package tenants.t1.tools");
            assertThat(opa.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://opa.example.com",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com:8181",
                "ftp://127.0.0.1",
                "https://user:secret@opa.example.com",
                "https://opa.example.com/?x=1",
                "https://opa.example.com/#x",
                "https://opa.example.com/a/../b",
                "https://opa.example.com/a%2fb",
                "https://opa.example.com//v1",
                "file:///etc/passwd",
                "opa.example.com",
                "https://",
                "http://0.0.0.0:8181",
                "http://127.0.0.999",
                "http://localhost.:8181",
                "http://LOCALHOST:8181",
                "http://[::ffff:127.0.0.1]:8181",
                "http://[::]:8181",
                "http://2130706433"
            })
    void anAddressThatIsNotSafeIsRefused(String url) {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder()
                .engineSettings("opa", Map.of("url", url, "tenant", "t1"))
                .build()) {
            assertThat(point.activate(List.of(OpaPolicies.tools()))
                            .unavailable()
                            .get("opa"))
                    .contains("setting url")
                    .doesNotContain("secret");
        }
    }

    @Test
    void theNameLocalhostIsLookedUpOnceAndMustMeanLoopback() throws UnknownHostException {
        InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 2});
        InetAddress six = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        InetAddress outside = InetAddress.getByAddress("localhost", new byte[] {10, 0, 0, 1});
        assertThat(OpaUrl.parse("http://localhost:8181/x", name -> new InetAddress[] {loopback}))
                .hasToString("http://127.0.0.2:8181/x");
        assertThat(OpaUrl.parse("http://localhost", name -> new InetAddress[] {six}))
                .hasToString("http://[::1]");
        assertThatThrownBy(() -> OpaUrl.parse("http://localhost", name -> new InetAddress[] {loopback, outside}))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("no loopback address");
        assertThatThrownBy(() -> OpaUrl.parse("http://localhost", name -> {
                    throw new UnknownHostException(name);
                }))
                .isInstanceOf(EngineUnavailableException.class);
    }

    /** A name that https vouches for is not looked up: the certificate says whose it is. */
    @Test
    void noOtherNameIsLookedUp() {
        assertThat(OpaUrl.parse("https://opa.example.com", name -> {
                    throw new UnknownHostException(name);
                }))
                .hasToString("https://opa.example.com");
    }

    @Test
    void whatMayGoToLoopbackInPlainTextGoesToNoProxy() {
        ProxySelector before = ProxySelector.getDefault();
        List<String> proxied = new ArrayList<>();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                proxied.add(uri.getScheme());
                return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                proxied.add("failed");
            }
        });
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            opa.answer(question -> OpaDouble.Answer.json("{\"result\":{\"allow\":true}}"));
            assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable())
                    .isEmpty();
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).isPermit())
                    .isTrue();
            assertThat(proxied).isEmpty();
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a%2fb", "a\\b", "a\u0000b", "a\nb", "%2e%2e"})
    void aPathSegmentThatCouldChangeThePathIsRefused(String segment) {
        assertThatThrownBy(() -> OpaUrl.path(List.of("tenants", segment, "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherSegmentsAreEncoded() {
        assertThat(OpaUrl.path(List.of("a b", "\u00e9?", "x;y&z=1", "cleveland-gov")))
                .isEqualTo("/a%20b/%C3%A9%3F/x%3By%26z%3D1/cleveland-gov");
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void aGatewayThatRecoversIsAskedAgainAtMostTwice(int status) {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point =
                        OpaPolicies.point(opa).deadline(Duration.ofSeconds(20)).build()) {
            assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable())
                    .isEmpty();
            AtomicInteger asked = new AtomicInteger();
            opa.answer(question -> asked.incrementAndGet() < 3
                    ? new OpaDouble.Answer(status, "application/json", "{}")
                    : OpaDouble.Answer.json("{\"result\":{\"allow\":true}}"));
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).isPermit())
                    .isTrue();
            asked.set(-10);
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).outcome().reasonCodes())
                    .containsExactly(ReasonCodes.ENGINE_STATUS);
            assertThat(asked).hasValue(-7);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 404, 429, 500, 501})
    void everyOtherStatusIsFinal(int status) {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point = OpaPolicies.point(opa).build()) {
            assertThat(point.activate(List.of(OpaPolicies.tools())).unavailable())
                    .isEmpty();
            AtomicInteger asked = new AtomicInteger();
            opa.answer(question -> {
                asked.incrementAndGet();
                return new OpaDouble.Answer(status, "application/json", "{\"result\":{\"allow\":true}}");
            });
            assertThat(point.decide(OpaPolicies.call("search_kb", 5)).effect()).isEqualTo(Effect.DENY);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void theTokenIsSentAndNeverShown() {
        try (OpaDouble opa = new OpaDouble();
                PolicyDecisionPoint point =
                        OpaPolicies.point(opa, Map.of("token", "s3cret")).build()) {
            assertThat(point.activate(List.of(OpaPolicies.tools())).toString()).doesNotContain("s3cret");
            assertThat(opa.asked())
                    .allSatisfy(asked -> assertThat(asked.headers()).containsEntry("Authorization", "Bearer s3cret"));
            assertThat(io.aios.policy.spi.EngineSettings.of("opa", Map.of("token", "s3cret")))
                    .hasToString("EngineSettings[opa [token]]");
        }
    }
}
