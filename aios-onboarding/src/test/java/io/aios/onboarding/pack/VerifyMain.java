package io.aios.onboarding.pack;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that says of each directory what the verifier finds. */
final class VerifyMain {
    private VerifyMain() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (String directory : args) {
            out.println(PackageVerifier.verify(Path.of(directory))
                    .<String>fold(
                            content -> "verified " + content.hash().hex(),
                            findings -> "refused "
                                    + findings.stream().map(Finding::kind).toList()));
        }
    }
}
