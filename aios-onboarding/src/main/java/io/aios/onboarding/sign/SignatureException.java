package io.aios.onboarding.sign;

import io.aios.onboarding.pack.OnboardingException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A key that must not be used, or an attestation that is missing, malformed or not what it should be. */
public final class SignatureException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates it with its message. */
    public SignatureException(String message) {
        super(message);
    }

    /** Creates it with its message and cause. */
    public SignatureException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
