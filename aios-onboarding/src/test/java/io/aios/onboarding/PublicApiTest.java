package io.aios.onboarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.policy.PolicyRequest;
import io.aios.tenancy.OrgId;
import io.aios.trace.DecisionTrace;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Everything a host can call stands in {@code api.txt} beside each module, so that a change of the API shows in its diff.
 * {@code -Daios.api.update=true} writes the files again; not where {@code CI} is set.
 */
class PublicApiTest {
    private static final Path ROOT = Path.of(System.getProperty("aios.root"));
    private static final Map<String, Class<?>> MODULES = Map.of(
            "aios-policy-spi", PolicyRequest.class,
            "aios-trace", DecisionTrace.class,
            "aios-tenancy", OrgId.class,
            "aios-audit", AuditEvent.class,
            "aios-onboarding", DeploymentPackage.class);

    /** Implements what is an optional dependency there and none here. */
    private static final String NEEDS_SERVLETS = "io/aios/tenancy/request/TenantFilter";

    @TestFactory
    Stream<DynamicTest> theApiIsTheOneThatWasAgreedOn() {
        return MODULES.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(module -> DynamicTest.dynamicTest(module.getKey(), () -> {
                    Path file = ROOT.resolve(module.getKey()).resolve("api.txt");
                    String api = api(module.getValue());
                    if (Boolean.getBoolean("aios.api.update") && System.getenv("CI") == null) {
                        Files.writeString(file, api);
                    }
                    assertThat(file).content().isEqualTo(api);
                }));
    }

    private static String api(Class<?> member) throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleReference module = ModuleFinder.of(classes).findAll().iterator().next();
        StringBuilder api = new StringBuilder("module " + module.descriptor().name() + "\n");
        for (Map.Entry<String, List<Class<?>>> each :
                exported(module, member.getClassLoader()).entrySet()) {
            api.append("\npackage ").append(each.getKey()).append('\n');
            each.getValue().forEach(type -> api.append(declaration(type)));
        }
        return api.toString();
    }

    private static Map<String, List<Class<?>>> exported(ModuleReference module, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        List<String> packages = module.descriptor().exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .toList();
        List<String> names;
        try (ModuleReader reader = module.open()) {
            names = reader.list()
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .filter(name -> !name.startsWith(NEEDS_SERVLETS))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .toList();
        }
        Map<String, List<Class<?>>> exported = new TreeMap<>();
        for (String name : names) {
            if (packages.contains(name.substring(0, name.lastIndexOf('.')))) {
                Class<?> type = Class.forName(name, false, loader);
                if (isReachable(type)) {
                    exported.computeIfAbsent(type.getPackageName(), any -> new ArrayList<>())
                            .add(type);
                }
            }
        }
        return exported;
    }

    private static boolean isReachable(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return !type.isAnonymousClass()
                && !type.isLocalClass()
                && Modifier.isPublic(type.getModifiers())
                && (outer == null || isReachable(outer));
    }

    private static String declaration(Class<?> type) {
        Set<String> members = new TreeSet<>();
        add(members, type.getDeclaredConstructors(), Constructor::toGenericString);
        add(members, type.getDeclaredMethods(), Executable::toGenericString);
        add(members, type.getDeclaredFields(), Field::toGenericString);
        return head(type) + "\n"
                + members.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    private static String head(Class<?> type) {
        String parents = Stream.concat(
                        Stream.ofNullable(type.getGenericSuperclass()), Arrays.stream(type.getGenericInterfaces()))
                .map(parent -> plain(parent.getTypeName()))
                .filter(name -> !List.of("Object", "Record").contains(name))
                .collect(Collectors.joining(", "));
        String kind = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
        boolean open = !type.isRecord() && !type.isEnum() && !type.isInterface();
        return (type.isSealed() ? "sealed " : open && !Modifier.isFinal(type.getModifiers()) ? "open " : "") + kind
                + " " + plain(type.getName()) + (parents.isEmpty() ? "" : " : " + parents);
    }

    private static <M extends Member> void add(Set<String> lines, M[] members, Function<M, String> text) {
        for (M member : members) {
            if (isApi(member)) {
                String own = plain(member.getDeclaringClass().getName());
                lines.add(plain(text.apply(member))
                        .replace(own + "." + member.getName(), member.getName())
                        .replaceAll(
                                "^(public|protected) (final |abstract |default |synchronized |transient |volatile )*",
                                "$1 ")
                        .replaceFirst("^public ", ""));
            }
        }
    }

    /** What every record has is not worth a line. */
    private static boolean isApi(Member member) {
        return !member.isSynthetic()
                && (Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()))
                && !(member.getDeclaringClass().isRecord()
                        && List.of("equals", "hashCode", "toString").contains(member.getName()));
    }

    /** Names without their packages. */
    private static String plain(String signature) {
        return signature
                .replaceAll("\\b(?:[a-z_][A-Za-z0-9_]*\\.)+(?=[A-Z])", "")
                .replace('$', '.')
                .replace(",", ", ")
                .replace(",  ", ", ");
    }
}
