package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** ECMAScript itself as the oracle: sorted keys, then {@code JSON.stringify}. */
class NodeDifferentialTest {
    private static final int DOCUMENTS = 5_000;
    private static final String SCRIPT = """
            const canonical = v => Array.isArray(v) ? '[' + v.map(canonical).join(',') + ']'
              : v !== null && typeof v === 'object'
                ? '{' + Object.keys(v).sort().map(k => JSON.stringify(k) + ':' + canonical(v[k])).join(',') + '}'
                : JSON.stringify(v);
            require('readline').createInterface({input: process.stdin})
              .on('line', line => console.log(canonical(JSON.parse(line))));
            """;

    @Test
    void theTextIsThatOfNodeOnRandomDocuments() throws IOException, InterruptedException {
        Process node = start();
        List<String> ours = new ArrayList<>();
        Random random = new Random(8785);
        for (int i = 0; i < DOCUMENTS; i++) {
            ours.add(CanonicalJson.text(List.of(RandomJson.object(random), RandomJson.real(random))));
        }
        Thread writer = new Thread(() -> {
            try (OutputStream in = node.getOutputStream()) {
                for (String text : ours) {
                    // U+2028 and the like end a line for readline, so they travel escaped.
                    in.write(escaped(text).getBytes(StandardCharsets.US_ASCII));
                    in.write('\n');
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        List<String> theirs = new ArrayList<>();
        try (BufferedReader out = node.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                theirs.add(line);
            }
        }
        writer.join();
        assertThat(node.waitFor()).isZero();
        assertThat(theirs).isEqualTo(ours);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x7F) {
                out.append(c);
            } else {
                String hex = Integer.toHexString(c);
                out.append("\\u").append("0000", 0, 4 - hex.length()).append(hex);
            }
        }
        return out.toString();
    }

    private static Process start() {
        try {
            return new ProcessBuilder("node", "-e", SCRIPT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "node is not installed");
            throw new AssertionError(e);
        }
    }
}
