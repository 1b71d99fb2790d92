package io.aios.onboarding.approval;

import io.aios.onboarding.pack.OnboardingException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An approval that cannot be given, a grant that does not hold, or an approval log that cannot be trusted. */
public final class ApprovalException extends OnboardingException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates it with its message. */
    public ApprovalException(String message) {
        super(message);
    }

    /** Creates it with its message and cause. */
    public ApprovalException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
