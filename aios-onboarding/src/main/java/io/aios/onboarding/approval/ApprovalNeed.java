package io.aios.onboarding.approval;

import io.aios.onboarding.pack.Confidence;
import java.util.List;

/**
 * An item that a human must decide.
 *
 * @param item its id
 * @param confidence what discovery said
 * @param reasons why confidence alone does not do; never empty
 */
public record ApprovalNeed(String item, Confidence confidence, List<String> reasons) {
    /** Copies the reasons. */
    public ApprovalNeed {
        reasons = List.copyOf(reasons);
    }
}
