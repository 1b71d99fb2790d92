package io.aios.onboarding.pack;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A package, or what should become one, is not as the format demands. */
public final class PackageException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates it with its message. */
    public PackageException(String message) {
        super(message);
    }

    /** Creates it with its message and cause. */
    public PackageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
