package io.aios.tenancy;

import io.aios.tenancy.rls.Finding;
import io.aios.tenancy.rls.IsolationReport;
import io.aios.tenancy.rls.TenantIsolationVerifier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies a door's schemas: when it opens, on demand, and on a schedule. */
final class IsolationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(IsolationWatch.class);

    private final DataSource pool;
    private final List<TenantIsolationVerifier> verifiers;

    IsolationWatch(DataSource pool, List<TenantIsolationVerifier> verifiers) {
        this.pool = pool;
        this.verifiers = List.copyOf(verifiers);
    }

    /** One report over all schemas. */
    IsolationReport verify() {
        List<Finding> findings = new ArrayList<>();
        try {
            for (TenantIsolationVerifier verifier : verifiers) {
                for (Finding finding : verifier.verify(pool).findings()) {
                    if (!findings.contains(finding)) { // what is wrong with the login is found in every schema
                        findings.add(finding);
                    }
                }
            }
        } catch (SQLException e) {
            throw new TenancyException("the isolation could not be verified: " + e.getMessage(), e);
        }
        findings.sort(java.util.Comparator.comparing(Finding::severity));
        return IsolationReport.of(findings);
    }

    void onOpening(VerifyMode mode) {
        if (mode == VerifyMode.OFF) {
            LOG.warn("the isolation of tenants is not verified (VerifyMode.OFF)");
            return;
        }
        IsolationReport report = warned(verify());
        if (mode == VerifyMode.FAIL && report instanceof IsolationReport.NotIsolated) {
            throw new IsolationException("tenants are not isolated for this login:\n" + report.describe(), report);
        }
    }

    ScheduledFuture<?> every(Duration every, ScheduledExecutorService scheduler, Consumer<IsolationReport> listener) {
        Runnable task = () -> {
            try {
                listener.accept(warned(verify()));
            } catch (RuntimeException e) { // a scheduler drops a task that throws, and says nothing
                LOG.error("isolation not verified, or its listener failed: {}", e.getMessage());
            }
        };
        return scheduler.scheduleWithFixedDelay(task, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static IsolationReport warned(IsolationReport report) {
        report.findings().forEach(f -> LOG.warn("isolation: {}", f));
        return report;
    }
}
