package io.aios.example.springboot;

import com.zaxxer.hikari.HikariConfig;
import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.example.servers.Tokens;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.request.OrgResolver;
import io.aios.tenancy.request.TenantFilter;
import io.aios.tenancy.rls.IsolationReport;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What a host adds to its application. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(AgentsController.class)
class Beans {
    /** The log of the service itself, in which no tenant has a say. */
    static final OrgId PLATFORM = OrgId.of("platform");

    // tag::beans[]
    @Bean
    PolicyDecisionPoint decisions() {
        return PolicyDecisionPoint.of(RulePolicies.toolAllowList("tools", "1", List.of("kb_search")));
    }

    @Bean
    TenantDb tenantDb(Databases databases) {
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(databases.application());
        return TenantDb.pool(pool).build();
    }

    @Bean
    AuditWall auditWall(Databases databases) {
        AuditWall wall = AuditWall.writer(databases.wallWriter())
                .primary(databases.application())
                .open();
        var unused = wall.tenant(PLATFORM)
                .append(AuditEvent.of("service.started")
                        .actor("spring-boot")
                        .subject("service")
                        .outcome("up")
                        .build());
        return wall;
    }

    @Bean
    FilterRegistrationBean<TenantFilter> tenantFilter(Tokens tokens) {
        return new FilterRegistrationBean<>(new TenantFilter(
                OrgResolver.claim(List.of("/actuator/health")),
                request -> tokens.verify(Collections.list(request.getHeaders("Authorization")))
                        .map(Tokens.Claims::orgs)
                        .orElse(List.of())));
    }

    @Bean
    HealthIndicator isolation(TenantDb db) {
        return () -> {
            IsolationReport report = db.verify();
            return report instanceof IsolationReport.Isolated
                    ? Health.up().build()
                    : Health.down()
                            .withDetail("findings", report.describe().lines().toList())
                            .build();
        };
    }

    @Bean
    HealthIndicator wall(AuditReader reader) {
        return () -> {
            VerifyReport report = reader.verify(PLATFORM);
            return (report.chainHolds() ? Health.up() : Health.down())
                    .withDetail("verified", report.toString())
                    .build();
        };
    }
    // end::beans[]

    @Bean
    AuditReader auditReader(Databases databases) {
        return AuditReader.open(databases.wallReader());
    }

    @Bean
    Tokens tokens() {
        return new Tokens(Clock.systemUTC());
    }
}
