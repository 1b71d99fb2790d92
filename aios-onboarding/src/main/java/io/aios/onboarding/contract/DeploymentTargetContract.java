package io.aios.onboarding.contract;

import io.aios.onboarding.deploy.DeploymentException;
import io.aios.onboarding.deploy.DeploymentException.Reason;
import io.aios.onboarding.deploy.DeploymentTarget;
import io.aios.onboarding.deploy.Lease;
import io.aios.onboarding.deploy.LogEntry;
import io.aios.onboarding.deploy.Step;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a {@link DeploymentTarget}. Each works on fresh, empty targets and throws {@link AssertionError} with
 * what it found.
 */
public final class DeploymentTargetContract {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final String KEY = "prompts/contract.md";
    private static final byte[] ONE = "one".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TWO = "two".getBytes(StandardCharsets.UTF_8);

    private final OrgId org;
    private final Supplier<? extends DeploymentTarget> fresh;

    /**
     * A check.
     *
     * @param name a sentence
     * @param run throws when the target does not hold to it
     */
    public record Check(String name, Runnable run) {}

    private DeploymentTargetContract(OrgId org, Supplier<? extends DeploymentTarget> fresh) {
        this.org = org;
        this.fresh = fresh;
    }

    /**
     * All checks.
     *
     * @param org an organisation the targets are for
     * @param fresh makes a new, empty target at each call
     */
    public static List<Check> checks(OrgId org, Supplier<? extends DeploymentTarget> fresh) {
        DeploymentTargetContract contract = new DeploymentTargetContract(org, fresh);
        return List.of(
                new Check("a fresh target is empty and has a lineage of its own", contract::empty),
                new Check("an effect is read back and not done twice", contract::effect),
                new Check("a resource that is neither before nor after stays as it is", contract::compareAndSet),
                new Check("a line that does not follow the head is refused", contract::chained),
                new Check("a second holder is refused and a later token is higher", contract::lease),
                new Check("a lease given back changes nothing any more", contract::fenced));
    }

    private void empty() {
        DeploymentTarget one = fresh.get();
        DeploymentTarget two = fresh.get();
        require(one.state(org).resources().isEmpty() && one.state(org).log().count() == 0, "it is not empty");
        require(!one.identity().lineage().equals(two.identity().lineage()), "two targets share a lineage");
        require(one.read(org, KEY).isEmpty(), "a resource is there");
    }

    private void effect() {
        DeploymentTarget target = fresh.get();
        try (Lease lease = target.acquire(org, "contract", TTL)) {
            Lines lines = new Lines(target, org);
            require(lease.apply(step(null, ONE), ONE, lines.next()), "nothing was changed");
            require(!lease.apply(step(null, ONE), ONE, lines.next()), "the effect was done twice");
            require(lease.apply(step(ONE, TWO), TWO, lines.next()), "nothing was changed");
        }
        requireBytes(target, TWO);
    }

    private void compareAndSet() {
        DeploymentTarget target = fresh.get();
        byte[] other = "other".getBytes(StandardCharsets.UTF_8);
        try (Lease lease = target.acquire(org, "contract", TTL)) {
            Lines lines = new Lines(target, org);
            require(lease.apply(step(null, ONE), ONE, lines.next()), "nothing was changed");
            LogEntry line = lines.next();
            refused(Reason.DRIFT, () -> require(lease.apply(step(other, TWO), TWO, line), "it was changed"));
        }
        requireBytes(target, ONE);
    }

    private void chained() {
        DeploymentTarget target = fresh.get();
        try (Lease lease = target.acquire(org, "contract", TTL)) {
            LogEntry first = new Lines(target, org).next();
            lease.append(first);
            refused(Reason.LOG, () -> lease.append(first));
        }
    }

    private void lease() {
        DeploymentTarget target = fresh.get();
        long first;
        try (Lease lease = target.acquire(org, "contract", TTL)) {
            first = lease.token();
            refused(Reason.LEASE, () -> release(target.acquire(org, "other", TTL)));
        }
        try (Lease lease = target.acquire(org, "other", TTL)) {
            require(lease.token() > first, "the token did not grow");
        }
    }

    private void fenced() {
        DeploymentTarget target = fresh.get();
        Lease old = target.acquire(org, "contract", TTL);
        release(old);
        LogEntry line = new Lines(target, org).next();
        refused(Reason.LEASE, () -> old.append(line));
        try (Lease lease = target.acquire(org, "other", TTL)) {
            refused(Reason.LEASE, () -> old.append(line));
            require(lease.state().log().count() == 0, "a line was written");
        }
    }

    private static void release(Lease lease) {
        try (lease) {
            require(lease.token() > 0, "a token is positive");
        }
    }

    private void requireBytes(DeploymentTarget target, byte[] expected) {
        Optional<Digest> found = target.read(org, KEY).map(Digest::sha256);
        require(found.equals(Optional.of(Digest.sha256(expected))), "the resource has other bytes");
    }

    private static Step step(byte @Nullable [] before, byte[] after) {
        return new Step(
                KEY, before == null ? null : Digest.sha256(before), Digest.sha256(after), Digest.sha256(new byte[0]));
    }

    private static void refused(Reason reason, Runnable action) {
        try {
            action.run();
        } catch (DeploymentException e) {
            require(e.reason() == reason, "it was refused for " + e.reason() + ", not " + reason);
            return;
        }
        throw new AssertionError("it was not refused");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Lines that follow each other; what they say does not matter to a lease. */
    private static final class Lines {
        private long seq;
        private Digest head;

        Lines(DeploymentTarget target, OrgId org) {
            this.seq = target.state(org).log().count();
            this.head = target.state(org).log().head();
        }

        LogEntry next() {
            byte[] bytes = CanonicalJson.bytes(Map.of("seq", seq, "prev", head.hex()));
            LogEntry entry = new LogEntry(seq, head, new String(bytes, StandardCharsets.UTF_8), Digest.sha256(bytes));
            seq++;
            head = entry.digest();
            return entry;
        }
    }
}
