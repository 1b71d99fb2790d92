package io.aios.policy.pdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.policy.Policy;
import io.aios.policy.spi.ActivationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/**
 * The same program and the same third-party engine on the class path, on the module path, in a shaded jar and behind a
 * foreign class loader, each time without Jackson.
 */
class DeploymentFormsTest {
    private static final String SERVICE = "META-INF/services/io.aios.policy.spi.PolicyEngineProvider";

    private static final String PROBE = """
            package probe;
            import io.aios.policy.<all>;
            import io.aios.policy.pdp.<all>;
            import io.aios.policy.rules.<all>;
            import java.util.<all>;
            public final class Probe {
                public static void main(String[] plugin) throws Exception {
                    if (plugin.length > 0) {
                        Thread.currentThread().setContextClassLoader(new java.net.URLClassLoader(
                            new java.net.URL[] {java.nio.file.Path.of(plugin[0]).toUri().toURL()},
                            Probe.class.getClassLoader()));
                    }
                    System.out.println(call());
                }
                static String call() {
                    StringBuilder out = new StringBuilder();
                    PolicyRequest request = PolicyRequest.toolCall(PolicyRequest.Subject.of("u", "a"), "t", Map.of());
                    try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
                        point.activate(List.of(RulePolicies.toolAllowList("tools", "1", List.of("t"))));
                        out.append("rules=").append(point.decide(request).effect());
                        Policy third = Policy.of("p", "1", Map.of("engine", "third", "input", Map.of()));
                        point.activate(List.of(third));
                        out.append(" third=").append(point.decide(request).effect());
                        Policy opa = Policy.of("p", "1", Map.of("engine", "opa", "input", Map.of(), "rego", ""));
                        Activation activation = point.activate(List.of(opa));
                        out.append(" opa=").append(point.decide(request).effect());
                        out.append(" hint=").append(activation.unavailable());
                    }
                    return out.toString();
                }
            }
            """;

    private static final String THIRD = """
            package third;
            import io.aios.policy.<all>;
            import io.aios.policy.spi.<all>;
            import java.util.<all>;
            import java.util.concurrent.<all>;
            public final class Third implements PolicyEngineProvider {
                public String id() { return "third"; }
                public int spiMajor() { return 1; }
                public PolicyEngine open(EngineSettings settings) {
                    return new PolicyEngine() {
                        public Capabilities capabilities() { return new Capabilities("1", false, true); }
                        public ActivationReport activate(List<Policy> policies) { return ActivationReport.clean(); }
                        public CompletionStage<Verdict> evaluate(EvaluationRequest request, Deadline deadline) {
                            return CompletableFuture.completedFuture(Verdict.permit());
                        }
                        public void close() {}
                    };
                }
            }
            """;

    @TempDir
    private static Path folder;

    private static Path library;
    private static Path slf4j;
    private static Path annotations;
    private static Path host;
    private static Path plugin;

    @BeforeAll
    static void compileOnce() throws URISyntaxException, IOException {
        library = location(PolicyDecisionPoint.class);
        slf4j = location(Logger.class);
        annotations = location(org.jspecify.annotations.Nullable.class);
        host = compile("host", Map.of("probe/Probe", PROBE), false);
        plugin = compile("plugin", Map.of("third/Third", THIRD), false);
        service(plugin, "third.Third");
    }

    @Test
    void onTheClassPath() throws Exception {
        works(java("-cp", path(library, slf4j, host, plugin), "probe.Probe"));
    }

    @Test
    void onTheModulePath() throws Exception {
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put("probe/Probe", PROBE);
        sources.put("third/Third", THIRD);
        sources.put(
                "module-info",
                "module program { requires io.aios.policy; exports probe;"
                        + " provides io.aios.policy.spi.PolicyEngineProvider with third.Third; }");
        Path program = compile("modules", sources, true);
        works(java("-p", path(library, slf4j, program), "-m", "program/probe.Probe"));
    }

    @Test
    void inAShadedJar() throws Exception {
        Path jar = folder.resolve("shaded.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            copyTree(library, out);
            copyTree(host, out);
            copyTree(plugin, out);
            copyJar(slf4j, out);
            out.putNextEntry(new JarEntry(SERVICE));
            out.write(
                    (Files.readString(library.resolve(SERVICE)) + "\nthird.Third\n").getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        works(java("-cp", path(jar), "probe.Probe"));
    }

    @Test
    void behindAForeignClassLoader() throws Exception {
        works(java("-cp", path(library, slf4j, host), "probe.Probe", plugin.toString()));
    }

    @Test
    void aProviderThatCannotBeMadeTakesOnlyItselfAway() throws Exception {
        String broken = THIRD.replace("package third", "package broken")
                .replace("final class Third", "final class Broken")
                .replace(
                        "public String id()",
                        "public Broken() { throw new IllegalStateException(\"no licence\"); } public String id()");
        Path program = compile("broken", Map.of("broken/Broken", broken), false);
        service(program, "broken.Broken\nno.such.Provider");
        assertThat(java("-cp", path(library, slf4j, host, program), "probe.Probe"))
                .contains("rules=PERMIT third=DENY opa=DENY");
    }

    @Test
    void twoProvidersOfOneIdAreBothNamedAndNeitherIsUsed() {
        FakeEngine one = new FakeEngine(
                "twin",
                true,
                (r, d) -> java.util.concurrent.CompletableFuture.completedFuture(io.aios.policy.spi.Verdict.permit()));
        io.aios.policy.spi.PolicyEngineProvider two = new io.aios.policy.spi.PolicyEngineProvider() {
            @Override
            public String id() {
                return "twin";
            }

            @Override
            public int spiMajor() {
                return 1;
            }

            @Override
            public io.aios.policy.spi.PolicyEngine open(io.aios.policy.spi.EngineSettings settings) {
                return one;
            }
        };
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(one).engine(two).build()) {
            Activation activation = point.activate(List.of(FakeEngine.policy("p", "twin")));
            assertThat(activation.unavailable().get("twin"))
                    .contains(
                            "several providers",
                            one.getClass().getName(),
                            two.getClass().getName());
            assertThat(point.decide(io.aios.policy.Requests.tool("t")).outcome().reasonCodes())
                    .containsExactly("engine_unavailable");
        }
    }

    @Test
    void aMissingEngineNamesThoseThatWereFound() {
        try (PolicyDecisionPoint point = PolicyDecisionPoint.builder().build()) {
            Activation activation = point.activate(List.of(FakeEngine.policy("p", "cedar")));
            assertThat(activation.unavailable().get("cedar")).contains("not found; found [opa, rules]");
        }
    }

    @Test
    void anEngineThatCannotBeOpenedDeniesItsOwnPoliciesOnly() {
        FakeEngine failing =
                new FakeEngine("failing", true, (r, d) -> {
                    throw new IllegalStateException();
                }) {
                    @Override
                    public io.aios.policy.spi.PolicyEngine open(io.aios.policy.spi.EngineSettings settings) {
                        throw new NoClassDefFoundError("org/example/Native");
                    }
                };
        Policy other =
                Policy.of("other", "1", Map.of("actions", List.of("pay"), "engine", "failing", "input", Map.of()));
        try (PolicyDecisionPoint point =
                PolicyDecisionPoint.builder().engine(failing).build()) {
            Activation activation = point.activate(
                    List.of(io.aios.policy.rules.RulePolicies.toolAllowList("tools", "1", List.of("t")), other));
            assertThat(activation.unavailable().get("failing")).contains("org/example/Native");
            assertThat(point.decide(io.aios.policy.Requests.tool("t")).isPermit())
                    .isTrue();
            assertThat(point.decide(io.aios.policy.PolicyRequest.of(
                                    io.aios.policy.PolicyRequest.Subject.of("u", "a"),
                                    io.aios.policy.PolicyRequest.Action.of("pay"),
                                    io.aios.policy.PolicyRequest.Resource.of("x", "y")))
                            .isPermit())
                    .isFalse();
            assertThat(ActivationReport.clean().findings()).isEmpty();
        }
    }

    private static void works(String said) {
        assertThat(said)
                .contains("rules=PERMIT third=PERMIT opa=DENY")
                .contains("add com.fasterxml.jackson.core:jackson-databind");
    }

    /** Runs a Java of its own: inside the test's, the platform class loader would see the test's modules. */
    private static String java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String path(Path... paths) {
        return Stream.of(paths).map(Path::toString).collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private static Path compile(String name, Map<String, String> sources, boolean modules) throws IOException {
        Path source = Files.createDirectories(folder.resolve(name + "-src"));
        Path classes = Files.createDirectories(folder.resolve(name));
        String libraries = library + java.io.File.pathSeparator + slf4j + java.io.File.pathSeparator + annotations;
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-proc:none",
                "-nowarn",
                "-d",
                classes.toString(),
                modules ? "-p" : "-cp",
                libraries));
        for (Map.Entry<String, String> entry : sources.entrySet()) {
            Path file = source.resolve(entry.getKey() + ".java");
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(file, entry.getValue().replace("<all>", "*"));
            arguments.add(file.toString());
        }
        StringWriter output = new StringWriter();
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(new PrintWriter(output), new PrintWriter(output), arguments.toArray(new String[0]));
        assertThat(code).as(output.toString()).isZero();
        return classes;
    }

    private static void service(Path classes, String providers) throws IOException {
        Path file = classes.resolve(SERVICE);
        Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(file, providers + "\n");
    }

    private static void copyTree(Path root, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = root.relativize(file).toString().replace('\\', '/');
                if (!name.equals(SERVICE) && !name.equals("module-info.class")) {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(file, out);
                    out.closeEntry();
                }
            }
        }
    }

    private static void copyJar(Path jar, JarOutputStream out) throws IOException {
        try (InputStream bytes = Files.newInputStream(jar);
                JarInputStream in = new JarInputStream(bytes)) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                if (entry.getName().endsWith(".class") && !entry.getName().contains("module-info")) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    copy(in, out);
                    out.closeEntry();
                }
            }
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
    }

    private static Path location(Class<?> type) throws URISyntaxException {
        URI uri = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        return Path.of(uri);
    }
}
