/**
 * Deployment packages approved by content, deployed, verified and replayed.
 */
module io.aios.onboarding {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires transitive io.aios.audit;
    requires org.slf4j;
    requires org.snakeyaml.engine;
}
