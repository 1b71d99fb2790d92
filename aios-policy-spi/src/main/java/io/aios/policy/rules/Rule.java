package io.aios.policy.rules;

import io.aios.policy.Effect;
import io.aios.policy.Obligation;
import io.aios.policy.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One rule of a policy: when the condition holds, its effect counts. */
record Rule(
        String id,
        Effect effect,
        Condition when,
        Optional<String> check,
        Reason reason,
        List<Obligation> obligations,
        List<String> approvers,
        Duration timeout) {}
