/**
 * Deployment packages approved by content, deployed, verified and replayed.
 */
module io.aios.onboarding {
    requires static transitive org.jspecify;
    requires static transitive com.google.errorprone.annotations;
    requires transitive io.aios.audit;
    requires transitive io.aios.policy;
    requires transitive io.aios.tenancy;
    requires transitive io.aios.trace;
    requires org.jdbi.v3.core;
    requires org.slf4j;
    requires org.snakeyaml.engine;

    exports io.aios.onboarding;
    exports io.aios.onboarding.pack;
    exports io.aios.onboarding.sign;
    exports io.aios.onboarding.approval;
    exports io.aios.onboarding.deploy;
    exports io.aios.onboarding.contract;
}
