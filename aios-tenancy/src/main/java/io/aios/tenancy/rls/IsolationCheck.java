package io.aios.tenancy.rls;

/**
 * One check over the catalog.
 *
 * @param id its name, stable over versions
 * @param severity what a hit weighs
 * @param why how a hit leaks
 * @param fix what mends it; {@code {}} stands for the object
 * @param sql a query of two text columns, the object and a detail (empty for none), over the shared tables of
 *     {@link IsolationQuery}
 */
record IsolationCheck(String id, Severity severity, String why, String fix, String sql) {
    static IsolationCheck error(String id, String why, String fix, String sql) {
        return new IsolationCheck(id, Severity.ERROR, why, fix, sql);
    }

    static IsolationCheck warn(String id, String why, String fix, String sql) {
        return new IsolationCheck(id, Severity.WARN, why, fix, sql);
    }

    Finding finding(String object, String detail) {
        String because = detail.isEmpty() ? why : why + " (" + detail + ")";
        return new Finding(id, severity, object, because, fix.replace("{}", object));
    }
}
