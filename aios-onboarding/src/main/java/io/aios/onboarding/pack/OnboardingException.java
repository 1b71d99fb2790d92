package io.aios.onboarding.pack;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The root of everything this module throws: the message names the fact, where, and what to do. */
public class OnboardingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates it with its message. */
    public OnboardingException(String message) {
        super(message);
    }

    /** Creates it with its message and cause. */
    public OnboardingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
