package io.aios.trace.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EsNumbersTest {
    private static final Map<Integer, String> PUBLISHED = new TreeMap<>(Map.of(
            1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
            10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
            100_000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
            1_000_000, "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
            10_000_000, "b9f8a44a91d46813b21b9602e72f112613c91408db0b8341fb94603d9db135e0",
            100_000_000, "0f7dda6b0837dde083c5d6b896f7d62340c8a2415b0c7121d83145e08a755272"));

    @Test
    void aMillionNumbersHaveThePublishedChecksum() throws CloneNotSupportedException {
        checkUpTo(1_000_000);
    }

    @Test
    void aHundredMillionNumbersHaveThePublishedChecksum() throws CloneNotSupportedException {
        assumeTrue(Boolean.getBoolean("aios.slow"), "long run: use -Pslow");
        checkUpTo(100_000_000);
    }

    @Test
    void theSmallestDoubleHasOneDigit() {
        assertThat(CanonicalJson.text(Double.MIN_VALUE)).isEqualTo("5e-324");
        assertThat(CanonicalJson.text(Double.parseDouble("1e23"))).isEqualTo("1e+23");
        assertThat(CanonicalJson.text(Double.parseDouble("2e23"))).isEqualTo("2e+23");
        assertThat(CanonicalJson.text(-0.0)).isEqualTo("0");
        assertThat(CanonicalJson.text(0.1f + 0.2)).isEqualTo("0.30000000149011613");
    }

    private static void checkUpTo(int last) throws CloneNotSupportedException {
        EsNumbers numbers = new EsNumbers();
        MessageDigest sha = Digest.newSha256();
        CanonicalWriter line = new CanonicalWriter(64);
        for (int count = 1; count <= last; count++) {
            long bits = numbers.next();
            line.reset()
                    .raw(Long.toHexString(bits).getBytes(StandardCharsets.US_ASCII))
                    .raw(',')
                    .value(Double.longBitsToDouble(bits))
                    .raw('\n')
                    .updateTo(sha);
            String expected = PUBLISHED.get(count);
            if (expected != null) {
                MessageDigest soFar = (MessageDigest) sha.clone();
                assertThat(HexFormat.of().formatHex(soFar.digest()))
                        .as("first %d numbers", count)
                        .isEqualTo(expected);
            }
        }
    }
}
