/**
 * One decision point in front of any policy engine; fails closed.
 */
module io.aios.policy {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires static com.fasterxml.jackson.core;
    requires static com.fasterxml.jackson.databind;
    requires java.net.http;
    requires org.slf4j;

    exports io.aios.policy;
    exports io.aios.policy.spi;
    exports io.aios.policy.rules;
    exports io.aios.policy.opa;
    exports io.aios.policy.pdp;
    exports io.aios.policy.contract;

    uses io.aios.policy.spi.PolicyEngineProvider;

    provides io.aios.policy.spi.PolicyEngineProvider with
            io.aios.policy.rules.RuleEngineProvider,
            io.aios.policy.opa.OpaEngineProvider;
}
