package io.aios.onboarding.pack;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether a directory is a package, with every finding when it is not. */
public sealed interface PackageVerification {
    /** It is; the package serves exactly the verified bytes. */
    record Verified(VerifiedPackage content) implements PackageVerification {}

    /**
     * It is not.
     *
     * @param findings all of them, sorted by file; never empty
     */
    record Refused(List<Finding> findings) implements PackageVerification {
        /** Copies the findings. */
        public Refused {
            findings = List.copyOf(findings);
        }
    }

    /** Handles both cases. */
    default <T> T fold(Function<VerifiedPackage, T> verified, Function<List<Finding>, T> refused) {
        if (this instanceof Verified good) {
            return verified.apply(good.content());
        }
        return refused.apply(((Refused) this).findings());
    }

    /**
     * The verified package.
     *
     * @throws PackageException listing the findings, when it was refused
     */
    default VerifiedPackage orElseThrow() {
        return fold(Function.identity(), findings -> {
            String text = findings.stream().limit(20).map(Finding::message).collect(Collectors.joining("; "));
            throw new PackageException("the package is refused with " + findings.size() + " finding(s): " + text);
        });
    }
}
