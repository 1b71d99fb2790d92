package io.aios.onboarding.approval;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The question put to people; a plan makes it.
 *
 * @param subject what is approved
 * @param authors the persons who made it and so cannot approve it
 * @param candidates what may need a human; the policy decides which do
 */
public record ApprovalRequest(ApprovalSubject subject, Set<String> authors, List<Candidate> candidates) {
    /** Copies the lists; without an author nobody can be kept from approving their own work. */
    public ApprovalRequest {
        Objects.requireNonNull(subject, "subject");
        authors = Set.copyOf(authors);
        candidates = List.copyOf(candidates);
        if (authors.isEmpty()) {
            throw new ApprovalException("the request names no author");
        }
    }
}
