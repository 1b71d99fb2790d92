package io.aios.onboarding;

import io.aios.onboarding.pack.OnboardingException;
import java.io.Serial;

/** Discovery input that is not as described, or a step of the wizard out of turn. */
public final class WizardException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates it with its message. */
    public WizardException(String message) {
        super(message);
    }
}
