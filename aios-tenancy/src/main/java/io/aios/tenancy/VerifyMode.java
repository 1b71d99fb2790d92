package io.aios.tenancy;

/** What a door does with the verifier's findings when it opens. */
public enum VerifyMode {
    /** Stays shut on any error; the default. */
    FAIL,
    /** Logs what was found and opens. */
    WARN,
    /** Does not ask. A superuser, BYPASSRLS or owning login is refused nevertheless. */
    OFF
}
