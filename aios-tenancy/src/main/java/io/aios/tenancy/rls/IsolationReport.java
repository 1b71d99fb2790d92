package io.aios.tenancy.rls;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a verification found: a schema that isolates its tenants, or the reasons why it does not. */
public sealed interface IsolationReport {
    /** Everything found, errors first. */
    List<Finding> findings();

    /** Tenants are isolated; warnings may remain. */
    record Isolated(List<Finding> findings) implements IsolationReport {
        public Isolated {
            findings = List.copyOf(findings);
        }
    }

    /** At least one finding is an error. */
    record NotIsolated(List<Finding> findings) implements IsolationReport {
        public NotIsolated {
            findings = List.copyOf(findings);
        }
    }

    /** The report over these findings. */
    static IsolationReport of(List<Finding> findings) {
        boolean errors = findings.stream().anyMatch(f -> f.severity() == Severity.ERROR);
        return errors ? new NotIsolated(findings) : new Isolated(findings);
    }

    /** Applies the function for the outcome. */
    default <R> R fold(Function<Isolated, R> isolated, Function<NotIsolated, R> notIsolated) {
        return this instanceof Isolated yes ? isolated.apply(yes) : notIsolated.apply((NotIsolated) this);
    }

    /** The findings, one a line. */
    default String describe() {
        return findings().stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }
}
