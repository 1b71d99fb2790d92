/**
 * One decision point in front of any policy engine; fails closed.
 */
module io.aios.policy {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires org.slf4j;

    exports io.aios.policy;
}
