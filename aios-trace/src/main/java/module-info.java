/**
 * Decision traces with deterministic hashes, and simulation with every tool blocked.
 */
module io.aios.trace {
    requires static transitive org.jspecify;
    requires static transitive com.google.errorprone.annotations;
    requires transitive io.aios.policy;
    requires transitive com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires org.slf4j;

    exports io.aios.trace;
    exports io.aios.trace.golden;
    exports io.aios.trace.json;
    exports io.aios.trace.simulation;
    exports io.aios.trace.tool;
}
