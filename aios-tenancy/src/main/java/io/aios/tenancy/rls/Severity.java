package io.aios.tenancy.rls;

/** How much a finding weighs. */
public enum Severity {
    /** Tenants are not isolated, or could cease to be by one statement of this login. */
    ERROR,
    /** Something leaks sizes, rates or texts, or is likely to become an error. */
    WARN
}
