package io.aios.certify;

import java.util.List;

/**
 * The checks of one ticket.
 *
 * @param id the ticket
 * @param title what it is about
 * @param required names that must be among the checks and must pass
 * @param checks all checks, in order
 */
record Group(String id, String title, List<String> required, List<Check> checks) {
    Group {
        required = List.copyOf(required);
        checks = List.copyOf(checks);
    }

    /** The groups for a host; what a check needs of it is asked for when the check runs. */
    static List<Group> of(Host host) {
        return List.of(
                TraceChecks.group(host),
                TenantChecks.group(host),
                OnboardingChecks.group(host),
                AuditChecks.group(host),
                PolicyChecks.group(host));
    }
}
