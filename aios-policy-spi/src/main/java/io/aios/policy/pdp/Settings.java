package io.aios.policy.pdp;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the builder collected. */
record Settings(
        Duration warnAfter,
        Duration deadline,
        Duration activationLimit,
        int maxConcurrent,
        int breakAfter,
        Duration breakFor,
        Set<String> obligationTypes,
        List<PolicyListener> listeners,
        Optional<ApprovalAuthority> approvals,
        Clock clock,
        Supplier<String> ids,
        LongSupplier ticker) {}
