package io.aios.certify;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.contract.WallUnderTest;
import io.aios.certify.Result.Status;
import io.aios.onboarding.approval.ApprovalPolicy;
import io.aios.onboarding.approval.ApprovalRule;
import io.aios.policy.Policy;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.contract.TenantStore;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.simulation.DecisionPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertifyIT {
    private static final List<String> ORIGINAL = List.of(
            "simulation_never_calls_tools",
            "simulation_trace_is_deterministic_for_same_input",
            "golden_traces",
            "trace_deterministic_across_100_runs",
            "null_tool_executor_blocks_all_tools",
            "tool_call_blocked_step_logged",
            "cross_tenant_read_is_blocked",
            "cross_tenant_read_blocked_without_where",
            "cross_tenant_write_blocked",
            "end_to_end_api_propagation",
            "tenant_context_propagation",
            "isolation_levels",
            "approve_and_deploy_creates_deployment_package",
            "preview_returns_confidence_scores",
            "checklist_approval_workflow",
            "preview_returns_package_hash_and_checksums",
            "approve_and_deploy_creates_deployment_structure",
            "hitl_approvals_enforced_via_confidence",
            "replay_deployment_produces_identical_state");

    private static Host host;

    @TempDir
    Path out;

    @BeforeAll
    static void open() {
        host = new EmbeddedHost();
    }

    @AfterAll
    static void close() {
        host.close();
    }

    @Test
    void everyRequiredCheckOfTheOriginalIsThereAndPasses() throws IOException {
        Certification certification = Certification.run(Group.of(host), List.of(), result -> {});
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = Certify.report(
                certification, EmbeddedHost.class, out, new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(certification.groups())
                .allSatisfy(group -> assertThat(group.results())
                        .filteredOn(result -> result.status() != Status.PASSED)
                        .isEmpty());
        assertThat(certification.groups().stream().flatMap(group -> group.group().required().stream()))
                .containsAll(ORIGINAL);
        assertThat(certification.groups().subList(0, 3))
                .extracting(group ->
                        group.count(Status.PASSED) >= atLeast(group.group().id()))
                .containsExactly(true, true, true);
        assertThat(exit).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .allMatch(line -> line.length() <= 120)
                .last()
                .asString()
                .matches("ALL REQUIRED CHECKS PASSED \\((\\d+)/\\1\\)");
        Map<String, Object> json =
                Checks.object(CanonicalJson.parse(Files.readAllBytes(out.resolve("certification.json"))));
        assertThat(json.get("passed")).isEqualTo(true);
        assertThat(Files.readString(out.resolve("review-pack.md")))
                .contains(ORIGINAL)
                .doesNotContain("certified");
    }

    /** How many tests stood behind the original's groups. */
    private static int atLeast(String group) {
        return Map.of("TRACE-001", 45, "TENANT-001", 44, "ONBOARD-001", 41).getOrDefault(group, 1);
    }

    @Test
    void aPipelineThatDecidesOtherwiseEachTimeFailsItsGroup() {
        DecisionPipeline moody = host.pipeline()
                .withResponse((situation, tools) ->
                        new DecisionPipeline.Response(UUID.randomUUID().toString(), "moody"));

        assertThat(unmet(TraceChecks::group, "pipeline", moody))
                .contains(
                        "simulation_trace_is_deterministic_for_same_input",
                        "trace_deterministic_across_100_runs",
                        "golden_traces");
    }

    @Test
    void aRepositoryThatForgetsTheTenantFailsItsGroup() {
        assertThat(unmet(TenantChecks::group, "store", new Leaky()))
                .contains(
                        "cross_tenant_read_is_blocked",
                        "cross_tenant_read_blocked_without_where",
                        "cross_tenant_write_blocked");
    }

    @Test
    void aPolicyThatLetsUnsureItemsThroughFailsItsGroup() {
        ApprovalPolicy lax = ApprovalPolicy.of(new ApprovalRule(1, Set.of("owner"), Duration.ofDays(1)))
                .withThreshold(new BigDecimal("0.1"));

        assertThat(unmet(OnboardingChecks::group, "approvals", lax)).contains("hitl_approvals_enforced_via_confidence");
    }

    @Test
    void aWriterWithTooManyRightsFailsItsGroup() {
        try (Host sacrificed = new EmbeddedHost()) {
            WallUnderTest good = sacrificed.auditLogins();
            WallUnderTest tooStrong = new WallUnderTest(
                    good.primary(),
                    sacrificed.auditAdministrator().orElseThrow(),
                    good.reader(),
                    good.signer(),
                    good.eraser());
            Certification result = Certification.run(
                    List.of(AuditChecks.group(with(sacrificed, "auditLogins", tooStrong))), List.of(), group -> {});

            assertThat(result.passed()).isFalse();
            assertThat(result.groups().get(0).count(Status.FAILED)).isPositive();
        }
    }

    @Test
    void aDecisionPointThatPermitsEverythingFailsItsGroup() {
        Policy everything =
                Policy.of("everything", "1", Map.of("rules", List.of(Map.of("id", "yes", "effect", "permit"))));
        try (PolicyDecisionPoint lax = PolicyDecisionPoint.of(everything)) {
            Certification result = Certification.run(
                    List.of(PolicyChecks.group(with(host, "decisions", lax))), List.of(), group -> {});

            assertThat(result.passed()).isFalse();
            assertThat(result.verdict()).startsWith("NOT PASSED");
        }
    }

    @Test
    void aMissingOrSkippedRequiredCheckFailsItsGroup() {
        Check skipped = new Check("there", "CertifyIT", () -> {
            throw new Check.SkippedException("not here");
        });
        Group group = new Group("X-001", "x", List.of("there", "absent"), List.of(skipped));

        Certification result = Certification.run(List.of(group), List.of(), each -> {});

        assertThat(result.passed()).isFalse();
        assertThat(result.groups().get(0).unmet()).containsExactly("there", "absent");
    }

    @Test
    void theTestNamedBehindEachCheckExists() throws IOException {
        Path root = Path.of(System.getProperty("aios.root"));
        Set<String> missing = new TreeSet<>();
        for (Group group : Group.of(host)) {
            for (Check check : group.checks()) {
                String[] named = check.test().split("\\.", -1);
                String source = source(root, named[0]);
                if (source.isEmpty() || (named.length > 1 && !source.contains(" " + named[1] + "("))) {
                    missing.add(check.test());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String source(Path root, String type) throws IOException {
        for (String module : List.of(
                "aios-policy-spi", "aios-trace", "aios-tenancy", "aios-audit", "aios-onboarding", "examples/certify")) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/test/java"))) {
                for (Path file : files.toList()) {
                    if (file.getFileName().toString().equals(type + ".java")) {
                        return Files.readString(file);
                    }
                }
            }
        }
        return "";
    }

    /** As a team would: a class of its own, compiled elsewhere, named on the command line. */
    @Test
    void aHostFromAnotherClassPathIsCertified() throws IOException {
        Path source = Path.of(
                System.getProperty("aios.root"), "examples/certify/src/test/resources/host/com/acme/AcmeHost.java");
        Path classes = Files.createDirectory(out.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-d", classes.toString(), source.toString()))
                .isZero();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        int exit = Certify.run(
                List.of(
                        "--host",
                        "com.acme.AcmeHost",
                        "--classpath",
                        classes.toString(),
                        "--only",
                        "TRACE-001,ONBOARD-001",
                        "--out",
                        out.resolve("pack").toString()),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(exit).as(printed.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.resolve("pack/review-pack.md"))
                .content()
                .contains("com.acme.AcmeHost")
                .contains("IN PART: ")
                .contains("not run: TENANT-001, AUDIT-001, POLICY-001");
        assertThat(out.resolve("pack/certification.json")).content().contains("\"passed\":false");
    }

    @Test
    void wrongOptionsAreNamed() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);

        assertThat(Certify.run(List.of("--hots", "x"), stream)).isEqualTo(2);
        assertThat(Certify.run(List.of("--host", "io.aios.certify.Nobody"), stream))
                .isEqualTo(2);
        assertThat(Certify.run(List.of("--classpath", out.resolve("nothing").toString()), stream))
                .isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("--hots")
                .contains("io.aios.certify.Nobody")
                .contains("nothing");
    }

    private static List<String> unmet(Function<Host, Group> group, String part, Object broken) {
        Certification result = Certification.run(List.of(group.apply(with(host, part, broken))), List.of(), each -> {});
        assertThat(result.passed()).isFalse();
        return result.groups().get(0).unmet();
    }

    /** The host with one part replaced. */
    private static Host with(Host host, String part, Object replacement) {
        return (Host) Proxy.newProxyInstance(
                Host.class.getClassLoader(), new Class<?>[] {Host.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(part)) {
                        return replacement;
                    }
                    try {
                        return method.invoke(host, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Keeps everybody's rows in one list, as code without policies does. */
    private static final class Leaky implements TenantStore {
        private final List<String> rows = new CopyOnWriteArrayList<>();

        @Override
        public void write(OrgId acting, OrgId owner, String text) {
            rows.add(text);
        }

        @Override
        public List<String> readAll(OrgId acting) {
            return new ArrayList<>(rows);
        }

        @Override
        public List<String> readAllInScope() {
            return TenantScope.current().map(this::readAll).orElse(List.of());
        }

        @Override
        public void inTransaction(OrgId acting, TransactionIsolationLevel level, Runnable work) {
            work.run();
        }

        @Override
        public void deleteAll(OrgId acting) {
            rows.clear();
        }
    }
}
