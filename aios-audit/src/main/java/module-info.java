/**
 * An append-only, hash-chained audit log in its own database that outsiders can check.
 */
module io.aios.audit {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires transitive java.sql;
    requires transitive io.aios.tenancy;
    requires transitive io.aios.trace;
    requires org.bouncycastle.provider;
    requires org.slf4j;

    exports io.aios.audit;
    exports io.aios.audit.contract;
    exports io.aios.audit.proof;
    exports io.aios.audit.verify;
    exports io.aios.audit.wall;
}
