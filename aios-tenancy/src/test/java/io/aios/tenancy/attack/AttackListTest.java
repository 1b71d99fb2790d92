package io.aios.tenancy.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The list of attacks in the documentation and the tests are the same list. */
class AttackListTest {
    private static final Pattern TEST = Pattern.compile("attack(\\d\\d)[A-Z].*");
    private static final Pattern GROUP = Pattern.compile("^`(\\w+AttacksIT)`: (.*)$", Pattern.MULTILINE);
    private static final Pattern NUMBER = Pattern.compile("\\*\\*(\\d+)\\*\\*");
    /** A sealed mode and encryption, which this library does not have. */
    private static final List<Integer> NOT_OURS = List.of(58, 68, 69, 70, 71, 72);

    private static final List<Class<?>> SUITES = List.of(
            ContextAttacksIT.class,
            WriteAttacksIT.class,
            ObjectAttacksIT.class,
            SessionAttacksIT.class,
            RoleAttacksIT.class,
            RequestAttacksIT.class);

    private static Map<Integer, String> tests() {
        Map<Integer, String> tests = new TreeMap<>();
        for (Class<?> suite : SUITES) {
            for (Method method : suite.getDeclaredMethods()) {
                Matcher name = TEST.matcher(method.getName());
                if (method.isAnnotationPresent(Test.class) && name.matches()) {
                    String other = tests.put(Integer.valueOf(name.group(1)), suite.getSimpleName());
                    assertThat(other).as("second test of %s", method.getName()).isNull();
                }
            }
        }
        return tests;
    }

    @Test
    void everyNumberIsATest() {
        List<Integer> expected =
                new ArrayList<>(IntStream.rangeClosed(1, 77).boxed().toList());
        expected.removeAll(NOT_OURS);
        assertThat(tests().keySet()).containsExactlyElementsOf(expected);
    }

    @Test
    void theDocumentationListsThemWhereTheyAre() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("aios.root"), "docs", "TENANCY_MODEL.md"));
        Map<Integer, String> listed = new HashMap<>();
        Matcher group = GROUP.matcher(page);
        while (group.find()) {
            Matcher number = NUMBER.matcher(group.group(2));
            while (number.find()) {
                listed.put(Integer.valueOf(number.group(1)), group.group(1));
            }
        }
        assertThat(listed).isEqualTo(tests());
    }
}
