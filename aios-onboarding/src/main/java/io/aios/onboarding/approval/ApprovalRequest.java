package io.aios.onboarding.approval;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The question put to people; a plan makes it.
 *
 * @param subject what is approved
 * @param authors the persons who made it and so cannot approve it
 * @param candidates what may need a human; the policy decides which do
 * @param run the unfinished run that it goes on with, or null for a new one
 */
public record ApprovalRequest(
        ApprovalSubject subject,
        Set<String> authors,
        List<Candidate> candidates,
        @Nullable String run) {
    /** Copies the lists; without an author nobody can be kept from approving their own work. */
    public ApprovalRequest {
        Objects.requireNonNull(subject, "subject");
        authors = Set.copyOf(authors);
        candidates = List.copyOf(candidates);
        if (authors.isEmpty()) {
            throw new ApprovalException("the request names no author");
        }
    }

    /** A request for a new run. */
    public ApprovalRequest(ApprovalSubject subject, Set<String> authors, List<Candidate> candidates) {
        this(subject, authors, candidates, null);
    }
}
