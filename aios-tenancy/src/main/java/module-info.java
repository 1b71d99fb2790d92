/**
 * The only door to PostgreSQL is tenant-scoped, and the isolation is verified.
 */
module io.aios.tenancy {
    requires static transitive org.jspecify;
    requires static transitive com.google.errorprone.annotations;
    requires transitive java.sql;
    requires transitive org.jdbi.v3.core;
    requires transitive com.zaxxer.hikari;
    requires org.slf4j;
    requires static jakarta.servlet;

    exports io.aios.tenancy;
    exports io.aios.tenancy.contract;
    exports io.aios.tenancy.request;
    exports io.aios.tenancy.rls;
}
