package io.aios.onboarding;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shape of the house, held over all five modules at once: directions, package order, what may be exported. */
class HouseRulesTest {
    /** Packages of each module in reading order: each imports only those before it. */
    private static final Map<String, List<String>> PACKAGES = Map.of(
            "aios-policy-spi",
                    List.of(
                            "io.aios.policy",
                            "io.aios.policy.spi",
                            "io.aios.policy.rules",
                            "io.aios.policy.opa",
                            "io.aios.policy.pdp",
                            "io.aios.policy.contract"),
            "aios-trace",
                    List.of(
                            "io.aios.trace.json",
                            "io.aios.trace",
                            "io.aios.trace.tool",
                            "io.aios.trace.simulation",
                            "io.aios.trace.golden"),
            "aios-tenancy",
                    List.of(
                            "io.aios.tenancy.rls",
                            "io.aios.tenancy",
                            "io.aios.tenancy.request",
                            "io.aios.tenancy.contract"),
            "aios-audit",
                    List.of(
                            "io.aios.audit",
                            "io.aios.audit.proof",
                            "io.aios.audit.verify",
                            "io.aios.audit.wall",
                            "io.aios.audit.contract"),
            "aios-onboarding",
                    List.of(
                            "io.aios.onboarding.pack",
                            "io.aios.onboarding.sign",
                            "io.aios.onboarding.approval",
                            "io.aios.onboarding.deploy",
                            "io.aios.onboarding",
                            "io.aios.onboarding.contract"));

    /** Modules each module may need; nothing points back. */
    private static final Map<String, Set<String>> NEEDS = Map.of(
            "aios-policy-spi", Set.of(),
            "aios-trace", Set.of("aios-policy-spi"),
            "aios-tenancy", Set.of(),
            "aios-audit", Set.of("aios-policy-spi", "aios-trace", "aios-tenancy"),
            "aios-onboarding", Set.of("aios-policy-spi", "aios-trace", "aios-tenancy", "aios-audit"));

    private static List<Path> outputs;
    private static JavaClasses house;

    @BeforeAll
    static void readTheHouseOnce() {
        Path root = Path.of(System.getProperty("aios.root"));
        outputs = PACKAGES.keySet().stream()
                .map(module -> root.resolve(module).resolve("target/classes"))
                .toList();
        house = new ClassFileImporter().importPaths(outputs);
        assertThat(house).as("compiled classes of the five modules").hasSizeGreaterThan(PACKAGES.size());
    }

    @Test
    void everyPackageHasItsPlaceInTheHouse() {
        assertThat(packagesInUse()).isSubsetOf(moduleOfPackage().keySet());
    }

    @Test
    void modulesNeedOnlyThoseBelowThemAndPackagesOnlyThoseBeforeThem() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass type : house) {
            type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency ->
                            dependency.getTargetClass().getPackageName().startsWith("io.aios."))
                    .filter(dependency -> !allowed(
                            type.getPackageName(), dependency.getTargetClass().getPackageName()))
                    .forEach(dependency -> wrong.add(dependency.getDescription()));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theDecisionPointFindsEnginesThroughTheirInterfaceOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.aios.policy.pdp")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.aios.policy.rules").or(resideInAPackage("io.aios.policy.opa")))
                .check(house);
    }

    @Test
    void noPackageSitsInACycle() {
        slices().assignedFrom(new EachPackage()).should().beFreeOfCycles().check(house);
    }

    @Test
    void noPackageIsCalledInternal() {
        assertThat(packagesInUse()).noneMatch(name -> name.contains("internal"));
    }

    @Test
    void noJacksonOrBouncyCastleTypeStandsInAnExportedSignature() {
        Set<String> leaks = new TreeSet<>();
        exportedTypes().forEach(type -> {
            type.getCodeUnits().stream()
                    .filter(unit -> visible(unit.getModifiers()))
                    .forEach(unit -> signature(unit)
                            .filter(HouseRulesTest::foreign)
                            .forEach(leaked -> leaks.add(unit.getFullName() + " shows " + leaked.getName())));
            type.getFields().stream()
                    .filter(field -> visible(field.getModifiers()))
                    .map(JavaField::getRawType)
                    .filter(HouseRulesTest::foreign)
                    .forEach(leaked -> leaks.add(type.getName() + " has a field of " + leaked.getName()));
            Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                    .filter(HouseRulesTest::foreign)
                    .forEach(leaked -> leaks.add(type.getName() + " extends " + leaked.getName()));
        });
        assertThat(leaks).isEmpty();
    }

    @Test
    void exportedTypesAreFinalSealedOrInterfaces() {
        assertThat(exportedTypes()
                        .filter(type -> !type.isInterface() && !type.isEnum() && !type.isRecord())
                        .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
                        .filter(type -> !RuntimeException.class.isAssignableFrom(type.reflect()))
                        .filter(type -> !type.reflect().isSealed())
                        .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void modulesNeverPrint() {
        noClasses().should(ACCESS_STANDARD_STREAMS).check(house);
    }

    /** {@code formatted} is left out: with nothing but {@code %s} it has no locale in it. */
    @Test
    void nothingReadsTheDefaultLocaleZoneCharsetOrClock() {
        Set<String> calls = house.stream()
                .flatMap(type -> type.getCodeUnitAccessesFromSelf().stream())
                .map(access -> access.getTarget().getFullName())
                .collect(Collectors.toSet());
        assertThat(calls)
                .contains("java.lang.String.getBytes(java.nio.charset.Charset)")
                .doesNotContain(
                        "java.lang.String.toLowerCase()",
                        "java.lang.String.toUpperCase()",
                        "java.lang.String.getBytes()",
                        "java.lang.String.<init>([B)",
                        "java.lang.String.<init>([B, int, int)",
                        "java.lang.String.format(java.lang.String, [Ljava.lang.Object;)",
                        "java.nio.charset.Charset.defaultCharset()",
                        "java.time.Instant.now()",
                        "java.time.LocalDate.now()",
                        "java.time.LocalDateTime.now()",
                        "java.time.OffsetDateTime.now()",
                        "java.time.ZonedDateTime.now()",
                        "java.time.ZoneId.systemDefault()",
                        "java.util.Locale.getDefault()",
                        "java.util.TimeZone.getDefault()");
    }

    @Test
    void onlyTheWallTouchesTheAuditDatabase() {
        noClasses()
                .that()
                .resideInAPackage("io.aios.audit..")
                .and()
                .resideOutsideOfPackage("io.aios.audit.wall")
                .and()
                .resideOutsideOfPackage("io.aios.audit.contract")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("javax.sql.DataSource")
                .check(house);
    }

    private static Set<String> packagesInUse() {
        return house.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static Map<String, String> moduleOfPackage() {
        return PACKAGES.entrySet().stream()
                .flatMap(module -> module.getValue().stream().map(name -> Map.entry(name, module.getKey())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static boolean allowed(String from, String to) {
        String own = moduleOfPackage().get(from);
        String other = moduleOfPackage().get(to);
        if (own == null || other == null) {
            return false;
        }
        if (!own.equals(other)) {
            return NEEDS.getOrDefault(own, Set.of()).contains(other);
        }
        List<String> order = PACKAGES.getOrDefault(own, List.of());
        return order.indexOf(to) <= order.indexOf(from);
    }

    private static Stream<JavaClass> exportedTypes() {
        Set<String> exported = ModuleFinder.of(outputs.toArray(Path[]::new)).findAll().stream()
                .flatMap(module -> module.descriptor().exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        return house.stream()
                .filter(type -> exported.contains(type.getPackageName()))
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC));
    }

    private static boolean visible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> signature(JavaCodeUnit unit) {
        return Stream.concat(
                Stream.of(unit.getReturnType().toErasure()),
                unit.getParameterTypes().stream().flatMap(type -> type.getAllInvolvedRawTypes().stream()));
    }

    private static boolean foreign(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith("com.fasterxml.jackson.core")
                || name.startsWith("com.fasterxml.jackson.databind")
                || name.startsWith("tools.jackson")
                || name.startsWith("org.bouncycastle");
    }

    /** One slice per package, however deep. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
