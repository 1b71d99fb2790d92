package io.aios.onboarding.pack;

import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One sort of credential.
 *
 * @param what its name for people
 * @param pattern what it looks like; a group {@code value} must also look random
 * @param hints a text without any of these has none; empty when nothing says so quickly
 */
record SecretDetector(String what, Pattern pattern, List<String> hints) {
    private static final int MIN_LENGTH = 16;
    private static final int MIN_HEX = 32;
    private static final double MIN_ENTROPY = 3.2;

    static final List<SecretDetector> ALL = List.of(
            of("a private key", "-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY", "PRIVATE KEY"),
            of("a private key of PuTTY", "PuTTY-User-Key-File-[0-9]", "PuTTY-User-Key-File-"),
            of("an AWS access key", "\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b", "AKIA", "ASIA"),
            of("a GitHub token", "\\bgh[opsur]_[A-Za-z0-9]{36}", "ghp_", "gho_", "ghs_", "ghu_", "ghr_"),
            of("a fine-grained GitHub token", "\\bgithub_pat_[A-Za-z0-9_]{22,}", "github_pat_"),
            of("a GitLab token", "\\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}", "glpat-", "gldt-", "glrt-"),
            of("a Slack token", "\\bxox[abeoprs]-[A-Za-z0-9-]{10,}", "xox"),
            of("a Slack webhook", "hooks\\.slack\\.com/services/[A-Za-z0-9/]{20,}", "hooks.slack.com/services/"),
            of("a Google API key", "\\bAIza[A-Za-z0-9_-]{35}", "AIza"),
            of("a Stripe key", "\\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}", "k_live_", "k_test_"),
            of("a secret API key", "\\bsk-(?<value>[A-Za-z0-9_-]{20,500})", "sk-"),
            of("an npm token", "\\bnpm_[A-Za-z0-9]{36}", "npm_"),
            of("a PyPI token", "\\bpypi-AgE[A-Za-z0-9_-]{30,}", "pypi-AgE"),
            of("a Hugging Face token", "\\bhf_[A-Za-z0-9]{30,}", "hf_"),
            of("a JSON Web Token", "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}", "eyJ"),
            of(
                    "a password in a URL",
                    "\\b[a-z][a-z0-9+.-]{1,20}://[^\\s/:@\"'<>{}$]{1,80}:[^\\s/:@\"'<>{}$*]{3,200}@",
                    "://"),
            of(
                    "a secret",
                    "(?i)(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)"
                            + "[A-Za-z0-9_-]{0,40}[\"']?\\s{0,4}[:=]\\s{0,4}[\"']?(?<value>[A-Za-z0-9+/_=.~-]{16,500})"));

    private static SecretDetector of(String what, String pattern, String... hints) {
        return new SecretDetector(what, Pattern.compile(pattern), List.of(hints));
    }

    /** Where it is first found, or -1. */
    int find(String text) {
        if (!hints.isEmpty() && hints.stream().noneMatch(text::contains)) {
            return -1;
        }
        boolean mustLookRandom = pattern.pattern().contains("(?<value>");
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            if (!mustLookRandom || looksRandom(matcher.group("value"))) {
                return matcher.start();
            }
        }
        return -1;
    }

    /** Random text has no words: digits among letters, and hardly a character that stands out. */
    private static boolean looksRandom(String value) {
        if (value.length() < MIN_LENGTH || entropy(value) < MIN_ENTROPY) {
            return false;
        }
        int digits = 0;
        int upper = 0;
        int lower = 0;
        int hex = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            digits += (c >= '0' && c <= '9') ? 1 : 0;
            upper += (c >= 'A' && c <= 'Z') ? 1 : 0;
            lower += (c >= 'a' && c <= 'z') ? 1 : 0;
            hex += HexFormat.isHexDigit(c) ? 1 : 0;
        }
        if (hex == value.length()) {
            return hex >= MIN_HEX && digits < hex;
        }
        return (upper > 0 && lower > 0) ? digits >= 2 : (digits >= 3 && longestRun(value) >= MIN_LENGTH);
    }

    private static int longestRun(String value) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < value.length(); i++) {
            run = "-_./~".indexOf(value.charAt(i)) < 0 ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /** Shannon's, in bits a character. */
    private static double entropy(String value) {
        int[] counts = new int[128];
        value.chars().forEach(c -> counts[c]++);
        double bits = 0;
        for (int count : counts) {
            double share = (double) count / value.length();
            bits -= count == 0 ? 0 : share * Math.log(share) / Math.log(2);
        }
        return bits;
    }
}
