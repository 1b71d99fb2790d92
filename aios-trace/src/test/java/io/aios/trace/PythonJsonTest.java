package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.RandomJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PythonJsonTest {
    private static final int DOCUMENTS = 10_000;
    private static final String SCRIPT = """
            import json, sys
            for line in sys.stdin:
                print(json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")))
            """;

    @Test
    void theTextIsThatOfCPythonOnTenThousandRandomDocuments() throws IOException, InterruptedException {
        Process python = start();
        List<String> ours = new ArrayList<>();
        Thread writer = new Thread(() -> {
            try (OutputStream in = python.getOutputStream()) {
                Random random = new Random(20260128);
                for (int i = 0; i < DOCUMENTS; i++) {
                    Map<String, Object> document = RandomJson.object(random);
                    ours.add(PythonJson.dumps(document));
                    in.write(PythonJson.dumps(document).getBytes(StandardCharsets.US_ASCII));
                    in.write('\n');
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        List<String> theirs = new ArrayList<>();
        try (BufferedReader out = python.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                theirs.add(line);
            }
        }
        writer.join();
        assertThat(python.waitFor()).isZero();
        assertThat(theirs).hasSize(DOCUMENTS).isEqualTo(ours);
    }

    @Test
    void numbersHaveTheTextOfPythonsRepr() {
        assertThat(PythonJson.dumps(List.of(
                        0.0,
                        -0.0,
                        1.0,
                        1L,
                        1e16,
                        9999999999999998.0,
                        1e-5,
                        0.0001,
                        1e22,
                        Double.MIN_VALUE,
                        123456.789,
                        1.5e300,
                        -2.5e-7)))
                .isEqualTo("[0.0,-0.0,1.0,1,1e+16,9999999999999998.0,1e-05,0.0001,1e+22,5e-324,123456.789,"
                        + "1.5e+300,-2.5e-07]");
        assertThat(PythonJson.dumps(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)))
                .isEqualTo("[NaN,Infinity,-Infinity]");
        assertThat(PythonJson.dumps(BigInteger.TWO.pow(80))).isEqualTo("1208925819614629174706176");
    }

    @Test
    void textIsAsciiAndKeysAreOrderedByCodePoint() {
        assertThat(PythonJson.dumps(Map.of("\ud83d\ude00", 1L, "\ufffd", 2L, "\u007f\u00e9\ud800", 3L)))
                .isEqualTo("{\"\\u007f\\u00e9\\ud800\":3,\"\\ufffd\":2,\"\\ud83d\\ude00\":1}");
        assertThat(CanonicalJson.text(Map.of("\ud83d\ude00", 1L, "\ufffd", 2L))).startsWith("{\"\ud83d\ude00\"");
    }

    private static Process start() {
        try {
            return new ProcessBuilder("python3", "-c", SCRIPT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "python3 is not installed");
            throw new AssertionError(e);
        }
    }
}
