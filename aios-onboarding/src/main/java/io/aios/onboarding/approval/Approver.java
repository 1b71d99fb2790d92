package io.aios.onboarding.approval;

import io.aios.onboarding.pack.PlainText;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A person who may approve, as the host vouches for them.
 *
 * @param person one id for the person whatever account or key they used; {@code [A-Za-z0-9._:-]{1,128}}
 * @param name how records show them, for example an e-mail address
 * @param roles the roles they hold now
 */
public record Approver(String person, String name, Set<String> roles) {
    private static final Pattern PERSON = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    /** Checks the id and the visible name. */
    public Approver {
        if (!PERSON.matcher(person).matches()) {
            throw new ApprovalException("the approver's person id is not 1 to 128 of A-Z a-z 0-9 . _ : -");
        }
        PlainText.require("approver name", name, 200);
        roles = Set.copyOf(roles);
    }
}
