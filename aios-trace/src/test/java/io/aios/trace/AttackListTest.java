package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Attacks on traces by number, each with the tests that hold it off. */
class AttackListTest {
    private static final Map<Integer, List<String>> TESTS = new TreeMap<>(Map.ofEntries(
            // A lone surrogate that hashes like "?".
            Map.entry(
                    1,
                    List.of(
                            "json.CanonicalJsonTest.loneSurrogateIsRefusedOnReading",
                            "json.CanonicalJsonTest.loneSurrogateInKeyIsRefusedOnReadingAndWriting",
                            "json.CanonicalJsonTest.loneSurrogateInALongTextIsNotTakenForAQuestionMark")),
            // A key that is there twice.
            Map.entry(
                    2,
                    List.of(
                            "json.CanonicalJsonTest.duplicateKeyIsRefused",
                            "json.CanonicalJsonTest.keysThatAMapHoldsTwiceAreRefused",
                            "DecisionTraceTest.duplicateKeysAreRefused")),
            // Integers and decimals that a double cannot hold.
            Map.entry(
                    3,
                    List.of(
                            "json.CanonicalJsonTest.integerBeyondTheSafeRangeIsRefused",
                            "json.CanonicalJsonTest.numbersThatAreNotFiniteAreRefused")),
            // Keys in the order of UTF-16 units, in the original system of code points.
            Map.entry(
                    4,
                    List.of(
                            "json.CanonicalJsonTest.keysAreOrderedByUtf16Units",
                            "PythonJsonTest.textIsAsciiAndKeysAreOrderedByCodePoint")),
            // Doubles whose text differs between JDKs.
            Map.entry(
                    5,
                    List.of(
                            "json.EsNumbersTest.theSmallestDoubleHasOneDigit",
                            "json.EsNumbersTest.aMillionNumbersHaveThePublishedChecksum")),
            // Python's number and string text; integers and decimals stay apart.
            Map.entry(
                    6,
                    List.of(
                            "PythonJsonTest.numbersHaveTheTextOfPythonsRepr",
                            "PythonJsonTest.theTextIsThatOfCPythonOnTenThousandRandomDocuments",
                            "json.CanonicalJsonTest.integersAndDecimalsStayApartWhenRead")),
            // Rounding is half-even on the exact binary value.
            Map.entry(7, List.of("DecisionTraceTest.aScoreIsRoundedHalfEvenOnItsExactValue")),
            // The default locale, zone or charset changes a decision.
            Map.entry(
                    8,
                    List.of(
                            "AttackListTest.nothingReadsTheDefaultLocaleZoneOrCharset",
                            "simulation.DeterminismTest"
                                    + ".twentyFixturesHaveTwentyHashesInEveryThreadLocaleAndZone")),
            // A cut through a surrogate pair.
            Map.entry(9, List.of("simulation.TraceRecorderTest.aLongTextIsShownInTheStepWithoutHalfACharacter")),
            // Threads and arrival order.
            Map.entry(
                    10,
                    List.of(
                            "simulation.DeterminismTest.twentyFixturesHaveTwentyHashesInEveryThreadLocaleAndZone",
                            "simulation.SimulationTest.parallelCallsGiveOneHash")),
            // A hash that misses more than it says.
            Map.entry(
                    11,
                    List.of(
                            "MutationCoverageTest.everyLeafIsNoticedOrOnTheClosedList",
                            "MutationCoverageTest.theMaximalTraceFillsEveryComponent")),
            // A format that changes under the same name.
            Map.entry(12, List.of("TraceSchemaTest.aChangeOfTheFormatNeedsANewProfile")),
            // A hash that may fit under any profile.
            Map.entry(
                    13,
                    List.of(
                            "HashProfileTest.relabellingIsCaught",
                            "HashProfileTest.strippingTheProfileNeverYieldsConsistent",
                            "HashProfileTest.aLegacyProfileMustBeNamed")),
            // An editor who computes the hashes again.
            Map.entry(14, List.of("AttackListTest.anEditorWhoHashesAgainIsConsistentButHasAnotherRecordHash")),
            // Times that storage cuts.
            Map.entry(
                    16,
                    List.of(
                            "DecisionTraceTest.aTimeIsCutToMicroseconds",
                            "DecisionTraceTest.anIsoTimestampIsKeptAsItIs")),
            // Absent, null and empty.
            Map.entry(
                    17,
                    List.of(
                            "DecisionTraceTest.unknownKeysWrongTypesAndNullsAreRefusedWithTheirPath",
                            "HashProfileTest.theSampleOfDocument000IsConsistentUnderItsProfileAndKeptVerbatim")),
            // The settings of a host's mapper.
            Map.entry(
                    18,
                    List.of(
                            "JacksonBindingTest.theRecordsBindUnderJackson2",
                            "JacksonBindingTest.theRecordsBindUnderJackson3")),
            // Arguments that change later, cycles, objects that are no JSON.
            Map.entry(
                    19,
                    List.of(
                            "DecisionTraceTest.whatACallerChangesLaterChangesNothing",
                            "json.CanonicalJsonTest.cyclicMapIsRefused",
                            "json.CanonicalJsonTest.whatIsNotJsonShapedIsRefused")),
            // Secrets in arguments.
            Map.entry(20, List.of("simulation.TraceRecorderTest.personalTextIsRedactedBeforeItIsRecorded")),
            // Bombs of depth.
            Map.entry(
                    21,
                    List.of(
                            "json.CanonicalJsonTest.depthOf128PassesAndOneMoreIsRefused",
                            "json.CanonicalJsonTest.twoHundredThousandLevelsDoNotOverflowTheStack")),
            // Unicode normalisation.
            Map.entry(22, List.of("json.CanonicalJsonTest.textIsNeverNormalised")),
            // Expectations rewritten by a build.
            Map.entry(
                    23,
                    List.of(
                            "golden.GoldenSuiteTest.anUpdateIsRefusedInCi",
                            "golden.GoldenSuiteTest"
                                    + ".anUpdateRewritesOnlyWhatIsExpectedAndShowsAChangedHashWithTheDecision")),
            // Class names in data.
            Map.entry(
                    25,
                    List.of(
                            "AttackListTest.stepsAreBoundByNameNeverByClass",
                            "DecisionTraceTest.aStepOfAnUnknownTypeIsWrittenBackByteForByte")),
            // Hex that is compared loosely.
            Map.entry(
                    26,
                    List.of(
                            "HashProfileTest.upperCaseOrPaddedHexIsRefused",
                            "json.DigestTest.onlySixtyFourLowerCaseHexDigitsAreADigest"))));

    /** What reads a default of the JVM. */
    private static final Set<String> DEFAULTS = Set.of(
            "java.lang.String.toLowerCase()",
            "java.lang.String.toUpperCase()",
            "java.lang.String.getBytes()",
            "java.lang.String.<init>([B)",
            "java.lang.String.<init>([B, int, int)",
            "java.lang.String.format(java.lang.String, [Ljava.lang.Object;)",
            "java.lang.String.formatted([Ljava.lang.Object;)",
            "java.nio.charset.Charset.defaultCharset()",
            "java.time.LocalDate.now()",
            "java.time.LocalDateTime.now()",
            "java.time.OffsetDateTime.now()",
            "java.time.ZonedDateTime.now()",
            "java.time.ZoneId.systemDefault()",
            "java.util.Locale.getDefault()",
            "java.util.TimeZone.getDefault()");

    @Test
    void everyAttackHasItsTest() throws ClassNotFoundException {
        assertThat(TESTS).hasSize(24);
        for (List<String> tests : TESTS.values()) {
            for (String test : tests) {
                int dot = test.lastIndexOf('.');
                Class<?> type = Class.forName("io.aios.trace." + test.substring(0, dot));
                assertThat(Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> method.getAnnotations().length > 0)
                                .map(Method::getName))
                        .contains(test.substring(dot + 1));
            }
        }
    }

    @Test
    void nothingReadsTheDefaultLocaleZoneOrCharset() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.aios.trace");
        Set<String> calls = new TreeSet<>();
        for (JavaClass type : classes) {
            type.getCodeUnitAccessesFromSelf()
                    .forEach(access -> calls.add(access.getTarget().getFullName()));
        }
        assertThat(calls).contains("java.lang.String.getBytes(java.nio.charset.Charset)");
        assertThat(calls).doesNotContainAnyElementsOf(DEFAULTS);
    }

    @Test
    void anEditorWhoHashesAgainIsConsistentButHasAnotherRecordHash() {
        SealedTrace sealed = Traces.sealed(1);
        DecisionTrace edited =
                Traces.maximal().toBuilder().responseText("edited").build();
        SealedTrace forged = SealedTrace.seal(edited, new Random(1));
        assertThat(TraceHashes.check(forged.trace())).isInstanceOf(HashCheck.Consistent.class);
        assertThat(forged.trace().commitSalt()).isEqualTo(sealed.trace().commitSalt());
        assertThat(forged.recordHash()).isNotEqualTo(sealed.recordHash());
    }

    @Test
    void stepsAreBoundByNameNeverByClass() {
        JsonTypeInfo info = Objects.requireNonNull(TraceStep.class.getAnnotation(JsonTypeInfo.class));
        assertThat(info.use()).isEqualTo(JsonTypeInfo.Id.NAME);
        assertThat(info.defaultImpl()).isEqualTo(UnknownStep.class);
    }
}
