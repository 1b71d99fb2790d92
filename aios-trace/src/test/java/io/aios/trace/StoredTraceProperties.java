package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.trace.json.CanonicalWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** The decision pre-image that is cut out of stored bytes, beside the one that is written from the record. */
class StoredTraceProperties {
    /** What is found and what stands in its place: spellings that mean the same, and some that do not. */
    private static final List<List<String>> CHANGES = List.of(
            List.of(",", ", "),
            List.of(":", " :\n"),
            List.of("\\}", " }"),
            List.of("\\]", "\t]"),
            List.of("^", " "),
            List.of("$", "\r"),
            List.of("n", "\\u006e"),
            List.of("/", "\\/"),
            List.of("\"", "\"\\u000a"),
            List.of("\"", "\"\\n"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$1-0"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$1-0.0"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$11.0"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$11e0"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$10.2500005"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$10.00000049999999999"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$10.0000001"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$10.000001"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$1123456789.123456"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$1123456789012.125"),
            List.of("([:,\\[])-?[0-9][0-9.e+-]*", "$10"),
            List.of("([:,\\[]-?[0-9]+\\.[0-9]+)", "$10"),
            List.of("\"(evidence|factors|checks_failed|checks_passed|policy_ids|alternatives)\":\\[\\],", ""),
            List.of("\"blocked_tools\":\\[\\],", ""),
            List.of(",\"steps\":\\[\\]", ""),
            List.of("\"arguments\":\\{\\},", ""),
            List.of("\"step_id\":\"[^\"]*\",", ""),
            List.of("\"step_id\":\"[^\"]*\"", "\"step_id\":null"),
            List.of("\"duration_ms\":[0-9.]*,", ""),
            List.of(",\"timestamp\":\"[^\"]*\"", ""),
            List.of(",\"hash_profile\":\"aios-jcs-1\"", ""),
            List.of("\"step_type\"", "\"input_data\":{},\"step_type\""),
            List.of("\"step_type\"", "\"metadata\":{},\"step_type\""),
            List.of("\"step_type\"", "\"output_data\":{},\"step_type\""),
            List.of("\"step_type\"", "\"blocked_tool\":null,\"step_type\""),
            List.of("(\"step_type\":\"[^\"]*\"),(\"timestamp\":\"[^\"]*\")", "$2,$1"),
            List.of("(\"duration_ms\":[0-9.]*),(\"step_id\":\"[^\"]*\")", "$2,$1"),
            List.of("(\"success\":[a-z]*),(\"tenant_id\":\"[^\"]*\")", "$2,$1"),
            List.of("\"(governance|hash_profile)\"", "\"error_message\":\"\",\"$1\""),
            List.of("\"(governance|hash_profile|intent|risk)\":", "\"policy\":null,\"$1\":"));

    private static final List<Pattern> FOUND =
            CHANGES.stream().map(change -> Pattern.compile(change.get(0))).toList();

    @Property(tries = 3000)
    void cutOutOfWhateverBytesItIsWhatIsWritten(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        byte[] json = SealedTrace.seal(RandomTraces.trace(random), random).bytes();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            json = changed(json, random);
        }
        StoredTrace stored;
        try {
            stored = TraceReader.read(json);
        } catch (InvalidTraceException e) {
            return;
        }
        assertThat(stored.decision().toBytes())
                .isEqualTo(TraceWriter.decision(stored.trace()).toBytes());
        assertThat(TraceHashes.checkDecision(json).isConsistent())
                .isEqualTo(stored.trace().hashProfile() != null
                        && TraceHashes.decision(stored.trace())
                                .equals(stored.trace().traceHash()));
        Statistics.label("cut out").collect(stored.source().copyTo(new CanonicalWriter(0)));
        Statistics.label("cut out").coverage(c -> {
            c.check(true).percentage(p -> p > 10);
            c.check(false).percentage(p -> p > 10);
        });
    }

    @Example
    void theBytesOfASealedTraceAreCutNotWrittenAgain() {
        byte[] bytes = SealedTrace.seal(Traces.maximal(), new Random(1)).bytes();
        StoredTrace stored = TraceReader.read(bytes);
        assertThat(stored.source().copyTo(new CanonicalWriter(0))).isTrue();
        assertThat(stored.decision().toBytes()).isEqualTo(HashProfile.AIOS_JCS_1.decisionPreimage(stored.trace()));
    }

    private static byte[] changed(byte[] json, Random random) {
        if (random.nextInt(8) == 0) {
            json[random.nextInt(json.length)] = (byte) random.nextInt();
            return json;
        }
        int index = random.nextInt(FOUND.size());
        Pattern found = FOUND.get(index);
        String text = new String(json, StandardCharsets.UTF_8);
        List<MatchResult> matches = found.matcher(text).results().toList();
        if (matches.isEmpty()) {
            return json;
        }
        MatchResult match = matches.get(random.nextInt(matches.size()));
        String replaced = match.start() == match.end()
                ? CHANGES.get(index).get(1)
                : found.matcher(match.group()).replaceFirst(CHANGES.get(index).get(1));
        return (text.substring(0, match.start()) + replaced + text.substring(match.end()))
                .getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }
}
