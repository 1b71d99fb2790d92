package io.aios.quickstart;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aios.policy.ReasonCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The reference pages are complete: what the code has, they name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("aios.root"));
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final List<String> MODULES =
            List.of("aios-policy-spi", "aios-trace", "aios-tenancy", "aios-audit", "aios-onboarding");

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(
                    "io.aios.policy", "io.aios.trace", "io.aios.tenancy", "io.aios.audit", "io.aios.onboarding");

    @Test
    void everyPublicExceptionIsExplained() throws IOException {
        assertNamed(
                "docs/reference/errors.md", names(publicTypes().filter(type -> type.isAssignableTo(Throwable.class))));
    }

    @Test
    void everyReasonCodeIsExplained() throws IOException {
        List<String> codes = Arrays.stream(ReasonCodes.class.getFields())
                .map(field -> {
                    try {
                        return String.valueOf(field.get(null));
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
        assertThat(codes).hasSizeGreaterThan(20);
        assertNamed("docs/reference/errors.md", codes);
    }

    /** An answer is a sealed type that can be folded. */
    @Test
    void everyAnswerIsExplainedWithAllItsCases() throws IOException {
        List<Class<?>> answers = publicTypes()
                .filter(JavaClass::isInterface)
                .filter(type -> type.getMethods().stream()
                        .anyMatch(method -> method.getName().equals("fold")))
                .<Class<?>>map(JavaClass::reflect)
                .filter(Class::isSealed)
                .toList();
        assertThat(answers).hasSizeGreaterThan(10);
        assertNamed(
                "docs/reference/errors.md",
                answers.stream()
                        .flatMap(answer -> Arrays.stream(answer.getPermittedSubclasses()))
                        .map(Class::getSimpleName)
                        .toList());
    }

    @Test
    void everyReasonOfADeploymentAndEveryPackageFindingIsExplained() throws IOException {
        assertNamed(
                "docs/reference/errors.md",
                Stream.of(
                                io.aios.onboarding.deploy.DeploymentException.Reason.values(),
                                io.aios.onboarding.pack.Finding.Kind.values())
                        .flatMap(Arrays::stream)
                        .map(Enum::name)
                        .toList());
    }

    @Test
    void everySettingOfABuilderIsListed() throws IOException {
        List<String> settings = publicTypes()
                .filter(type -> List.of(
                                "PolicyDecisionPointBuilder",
                                "TenantDb$Builder",
                                "TenantIsolationVerifier$Builder",
                                "RlsSchema$Builder",
                                "TenantTable$Builder",
                                "TenantRepository$Builder",
                                "AuditWall$Builder")
                        .contains(type.getName().substring(type.getName().lastIndexOf('.') + 1)))
                .flatMap(type -> type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(PUBLIC))
                        .filter(method -> method.getRawReturnType().equals(type)))
                .map(JavaMethod::getName)
                .toList();
        assertThat(settings).hasSizeGreaterThan(30);
        assertNamed("docs/reference/configuration.md", settings);
    }

    @Test
    void theListOfDependenciesIsTheOneOfThePoms() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/DEPENDENCIES.md"));
        for (String module : MODULES) {
            int start = page.indexOf("## " + module + "\n");
            assertThat(start).as("section of %s", module).isNotNegative();
            int end = page.indexOf("\n## ", start + 1);
            String section = end < 0 ? page.substring(start) : page.substring(start, end);
            Set<String> listed = CODE.matcher(section)
                    .results()
                    .map(match -> match.group(1))
                    .filter(name -> name.matches("[a-z0-9.]+:[a-zA-Z0-9.-]+"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(listed).as("dependencies of %s", module).isEqualTo(compileScope(module));
        }
    }

    /** What a user of the module gets or may add: everything but test and provided scope. */
    private static Set<String> compileScope(String module) throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile())
                .getDocumentElement();
        Set<String> names = new TreeSet<>();
        NodeList dependencies = project.getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (List.of("", "compile", "runtime").contains(text(dependency, "scope"))) {
                names.add(text(dependency, "groupId") + ":" + text(dependency, "artifactId"));
            }
        }
        return names;
    }

    private static String text(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return found.getLength() == 0
                ? ""
                : Objects.toString(found.item(0).getTextContent(), "").strip();
    }

    private Stream<JavaClass> publicTypes() {
        return classes.stream()
                .filter(type -> type.getModifiers().contains(PUBLIC))
                .filter(type -> type.getEnclosingClass()
                        .map(outer -> outer.getModifiers().contains(PUBLIC))
                        .orElse(true))
                .filter(type -> !type.getSimpleName().equals("package-info"));
    }

    private static List<String> names(Stream<JavaClass> types) {
        return types.map(JavaClass::getSimpleName).toList();
    }

    private static void assertNamed(String page, Collection<String> names) throws IOException {
        Set<String> named = CODE.matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .flatMap(match -> Arrays.stream(match.group(1).split("[^A-Za-z0-9_]+", -1)))
                .collect(Collectors.toSet());
        assertThat(names).isNotEmpty();
        assertThat(new TreeSet<>(names)).as("named in %s", page).isSubsetOf(named);
    }
}
