package io.aios.policy.pdp;

import io.aios.policy.spi.EngineSettings;
import io.aios.policy.spi.PolicyEngineProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link PolicyDecisionPoint} needs; every setting is optional. */
public final class PolicyDecisionPointBuilder {
    private static final int DEFAULT_CONCURRENT = 16;
    private static final int MOST_CONCURRENT = 10_000;
    private static final int DEFAULT_FAILURES = 20;

    private final List<PolicyEngineProvider> providers = new ArrayList<>();
    private final Map<String, EngineSettings> engineSettings = new HashMap<>();
    private final Set<String> obligationTypes = new HashSet<>();
    private final List<PolicyListener> listeners = new ArrayList<>();
    private Duration warnAfter = Duration.ofMillis(200);
    private Duration deadline = Duration.ofSeconds(1);
    private Duration activationLimit = Duration.ofSeconds(30);
    private int maxConcurrent = DEFAULT_CONCURRENT;
    private int breakAfter = DEFAULT_FAILURES;
    private Duration breakFor = Duration.ofSeconds(1);
    private @Nullable ClassLoader classLoader;
    private @Nullable ApprovalAuthority approvals;
    private Clock clock = Clock.systemUTC();
    private Supplier<String> ids = () -> UUID.randomUUID().toString();
    private LongSupplier ticker = System::nanoTime;

    PolicyDecisionPointBuilder() {}

    /** Adds a provider by instance, besides those that ServiceLoader finds. */
    public PolicyDecisionPointBuilder engine(PolicyEngineProvider provider) {
        providers.add(Objects.requireNonNull(provider, "provider"));
        return this;
    }

    /** Settings of the engine of that id. */
    public PolicyDecisionPointBuilder engineSettings(String engineId, Map<String, ? extends @Nullable Object> values) {
        engineSettings.put(engineId, EngineSettings.of(engineId, values));
        return this;
    }

    /** Where ServiceLoader looks besides this library's own class loader; the thread's context class loader if not set. */
    public PolicyDecisionPointBuilder classLoader(ClassLoader loader) {
        classLoader = Objects.requireNonNull(loader, "loader");
        return this;
    }

    /** Time after which a decision is logged as slow and says so. */
    public PolicyDecisionPointBuilder warnAfter(Duration limit) {
        warnAfter = positive(limit, "warnAfter");
        return this;
    }

    /** Time after which a missing answer denies. */
    public PolicyDecisionPointBuilder deadline(Duration limit) {
        deadline = positive(limit, "deadline");
        return this;
    }

    /** Time an engine has to activate policies; 30 s if not set. */
    public PolicyDecisionPointBuilder activationLimit(Duration limit) {
        activationLimit = positive(limit, "activationLimit");
        return this;
    }

    /** Evaluations that one engine which is not bounded may have running; 16 if not set. */
    public PolicyDecisionPointBuilder maxConcurrent(int most) {
        if (most < 1 || most > MOST_CONCURRENT) {
            throw new IllegalArgumentException("maxConcurrent must be 1 to " + MOST_CONCURRENT + ": " + most);
        }
        maxConcurrent = most;
        return this;
    }

    /**
     * An engine that is not bounded and was late, unavailable or threw an {@link Error} so many times in a row is left alone
     * for that long; it denies {@code circuit_open} meanwhile. 20 times and 1 s if not set; 0 times for never.
     */
    public PolicyDecisionPointBuilder circuitBreaker(int failures, Duration pause) {
        if (failures < 0) {
            throw new IllegalArgumentException("failures must not be negative: " + failures);
        }
        breakAfter = failures;
        breakFor = positive(pause, "pause");
        return this;
    }

    /** Types of obligations that the caller meets; a permit with another one is denied. */
    public PolicyDecisionPointBuilder understands(String... types) {
        obligationTypes.addAll(List.of(types));
        return this;
    }

    /** Adds a listener. */
    public PolicyDecisionPointBuilder listener(PolicyListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** Where approvals come from; without one, a review stays a review. */
    public PolicyDecisionPointBuilder approvals(ApprovalAuthority authority) {
        approvals = Objects.requireNonNull(authority, "authority");
        return this;
    }

    /** The clock that dates events and judges approvals. */
    public PolicyDecisionPointBuilder clock(Clock newClock) {
        clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /** Where evaluation ids come from. */
    public PolicyDecisionPointBuilder ids(Supplier<String> newIds) {
        ids = Objects.requireNonNull(newIds, "ids");
        return this;
    }

    /** The monotonic clock, in nanoseconds, that deadlines and elapsed times are measured by. */
    public PolicyDecisionPointBuilder ticker(LongSupplier newTicker) {
        ticker = Objects.requireNonNull(newTicker, "ticker");
        return this;
    }

    /** Builds it. No policy is loaded yet, so it denies everything. */
    public PolicyDecisionPoint build() {
        Settings settings = new Settings(
                warnAfter,
                deadline,
                activationLimit,
                maxConcurrent,
                breakAfter,
                breakFor,
                Set.copyOf(obligationTypes),
                List.copyOf(listeners),
                Optional.ofNullable(approvals),
                clock,
                ids,
                ticker);
        return new PolicyDecisionPoint(
                settings, new Engines(Providers.find(providers, classLoader), Map.copyOf(engineSettings), settings));
    }

    private static Duration positive(Duration limit, String name) {
        if (limit.isZero() || limit.isNegative() || limit.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(name + " must be longer than nothing and at most a day: " + limit);
        }
        return limit;
    }
}
