/**
 * Decision traces with deterministic hashes, and simulation with every tool blocked.
 */
module io.aios.trace {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires transitive io.aios.policy;
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;
}
