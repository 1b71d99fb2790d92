package io.aios.onboarding.pack;

import java.util.HexFormat;

/** Hex of code points, independent of any locale's digits. */
final class HexText {
    private static final HexFormat UPPER = HexFormat.of().withUpperCase();

    private HexText() {}

    static String upper(int codePoint) {
        String eight = UPPER.toHexDigits(codePoint);
        int start = 0;
        while (start < 4 && eight.charAt(start) == '0') {
            start++;
        }
        return eight.substring(start);
    }
}
