/**
 * One decision point in front of any policy engine; fails closed.
 */
module io.aios.policy {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires org.slf4j;

    exports io.aios.policy;
    exports io.aios.policy.spi;
    exports io.aios.policy.rules;
    exports io.aios.policy.pdp;

    uses io.aios.policy.spi.PolicyEngineProvider;

    provides io.aios.policy.spi.PolicyEngineProvider with
            io.aios.policy.rules.RuleEngineProvider;
}
