package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.DRIFT;
import static io.aios.onboarding.deploy.DeploymentException.Reason.LOG;
import static io.aios.onboarding.deploy.DeploymentException.Reason.OPEN_RUN;
import static io.aios.onboarding.deploy.DeploymentException.Reason.REFUSED;
import static io.aios.onboarding.deploy.DeploymentException.Reason.STALE_PLAN;

import io.aios.onboarding.approval.ApprovalException;
import io.aios.onboarding.approval.ApprovalRequest;
import io.aios.onboarding.approval.DeployGrant;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.TrustRoot;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans, applies, checks and replays deployments. Safe for any number of threads.
 *
 * <p>A run announces each step, changes the resource and says so, each durably, so that it resumes after a crash at any
 * point: plan again with the same package, and apply.
 */
public final class DeploymentExecutor {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Logger LOGGER = LoggerFactory.getLogger(DeploymentExecutor.class);
    private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private final String holder;
    private final Clock clock;
    private final @Nullable DeploymentWitness witness;
    private final List<Consumer<PlannedDeployment>> conditions;

    /**
     * An executor whose runs nobody outside the target witnesses.
     *
     * @param holder who holds the leases: the host or process, {@code [A-Za-z0-9._:-]{1,128}}
     */
    public DeploymentExecutor(String holder, Clock clock) {
        this(holder, clock, null, List.of());
    }

    /** An executor that has each run's log witnessed, and trusts no target whose log is not what was witnessed. */
    public static DeploymentExecutor witnessed(String holder, DeploymentWitness witness, Clock clock) {
        return new DeploymentExecutor(holder, clock, witness, List.of());
    }

    /**
     * The same executor, also refusing to plan or apply a package that fewer trusted identities sign.
     *
     * @param root whose keys count
     * @param threshold how many identities, at least 1
     */
    public DeploymentExecutor requireSigned(TrustRoot root, int threshold) {
        if (threshold < 1) {
            throw new DeploymentException(REFUSED, "a threshold below 1 requires nothing");
        }
        return with(planned -> {
            for (VerifiedPackage content : planned.packages()) {
                LOGGER.debug("signed by {}", root.requireSigned(content, threshold, clock.instant()));
            }
        });
    }

    /** The same executor, also refusing to plan or apply a package that the channel does not point at now. */
    public DeploymentExecutor requireReleased(ReleaseChannel channel) {
        return with(planned -> LOGGER.debug("released as {}", channel.require(planned.content())));
    }

    private DeploymentExecutor with(Consumer<PlannedDeployment> condition) {
        List<Consumer<PlannedDeployment>> all = new ArrayList<>(conditions);
        all.add(condition);
        return new DeploymentExecutor(holder, clock, witness, all);
    }

    private DeploymentExecutor(
            String holder,
            Clock clock,
            @Nullable DeploymentWitness witness,
            List<Consumer<PlannedDeployment>> conditions) {
        if (!HOLDER.matcher(holder).matches()) {
            throw new DeploymentException(REFUSED, "a holder is 1 to 128 of A-Z a-z 0-9 . _ : -");
        }
        this.holder = holder;
        this.clock = clock;
        this.witness = witness;
        this.conditions = List.copyOf(conditions);
    }

    private void check(PlannedDeployment planned) {
        conditions.forEach(condition -> condition.accept(planned));
    }

    /**
     * Plans to bring a package onto a target; writes nothing. When an unfinished run of this package is there, its plan.
     *
     * @throws DeploymentException when another package's run is unfinished, or the target's log cannot be trusted
     */
    public PlannedDeployment plan(VerifiedPackage content, DeploymentTarget target) {
        OrgId org = content.manifest().orgId();
        PlannedDeployment planned = Planner.plan(content, target, witnessedState(org, target, target.state(org)));
        check(planned);
        return planned;
    }

    /**
     * Plans to repeat, on a fresh target, everything that an original target's log says was done; writes nothing.
     *
     * @param packages finds a package of the organisation by its hash
     * @throws DeploymentException when there is nothing finished to replay, or the target is not fresh
     */
    public PlannedDeployment planReplay(
            OrgId org, DeploymentTarget original, Function<Digest, VerifiedPackage> packages, DeploymentTarget fresh) {
        PlannedDeployment planned =
                Planner.replay(org, witnessedState(org, original, original.state(org)), packages, fresh);
        check(planned);
        return planned;
    }

    /**
     * Applies a plan, or goes on with it where a crash stopped it.
     *
     * @throws ApprovalException when the grant does not hold; nothing was deployed
     * @throws DeploymentException when the plan is stale, the lease is taken, or a resource is not as planned
     */
    public Receipt apply(PlannedDeployment planned, DeployGrant grant) {
        check(planned);
        Plan plan = planned.plan();
        ApprovalRequest request = planned.request();
        DeploymentTarget target = planned.target();
        grant.check(request);
        try (Lease lease = target.acquire(plan.org(), holder, LEASE)) {
            TargetState state = witnessedState(plan.org(), target, lease.state());
            check(planned);
            Optional<String> resumed = runToResume(planned, state);
            String run = resumed.orElseGet(() -> runId(plan, lease));
            LogWriter log = new LogWriter(state.log(), run, clock);
            if (resumed.isEmpty()) {
                lease.append(log.next("begin", Map.of("plan", plan.toJson())));
                see("begin", plan, log);
            }
            try {
                grant.redeem(request, run);
            } catch (ApprovalException e) {
                if (resumed.isEmpty()) {
                    lease.append(log.next("abandon", Map.of("reason", "the grant did not hold")));
                    see("abandon", plan, log);
                }
                throw e;
            }
            return execute(planned, lease, log, state, run);
        }
    }

    private Receipt execute(PlannedDeployment planned, Lease lease, LogWriter log, TargetState state, String run) {
        Plan plan = planned.plan();
        DeploymentLog.Run before = state.log().openRun().orElse(null);
        int done = before == null ? 0 : before.done().size();
        boolean announced = before != null && before.intended() != null;
        int effects = 0;
        for (int i = done; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            byte @Nullable [] bytes = step.after() == null ? null : planned.bytes(step);
            if (!(announced && i == done)) {
                lease.append(log.next("intent", details(i, step)));
            }
            if (lease.apply(step, bytes, log.next("done", details(i, step)))) {
                effects++;
            }
        }
        Digest reached = lease.state().digest();
        if (!reached.equals(plan.to())) {
            throw new DeploymentException(
                    DRIFT,
                    "run " + run + " reached state " + reached.hex() + ", not "
                            + plan.to().hex() + ": something else changed the target; plan again");
        }
        lease.append(log.next("end", Map.of("state", reached.hex())));
        see("end", plan, log);
        return new Receipt(run, plan.packageHash(), reached, plan.steps().size(), effects, log.count(), log.head());
    }

    private void see(String event, Plan plan, LogWriter log) {
        if (witness != null) {
            witness.see(
                    plan.org(),
                    plan.target(),
                    event,
                    holder,
                    plan.packageHash(),
                    new DeploymentWitness.Seen(log.count(), log.head()));
        }
    }

    private TargetState witnessedState(OrgId org, DeploymentTarget target, TargetState state) {
        Optional<DeploymentWitness.Seen> seen =
                witness == null ? Optional.empty() : witness.last(org, target.identity());
        if (seen.isPresent() && !state.log().contains(seen.get())) {
            throw new DeploymentException(
                    LOG,
                    "deployment.log of " + org.value() + " on "
                            + target.identity().id()
                            + " is not the one that was witnessed with "
                            + seen.get().count()
                            + " line(s): it was cut or replaced");
        }
        return state;
    }

    private static Map<String, @Nullable Object> details(int number, Step step) {
        Map<String, @Nullable Object> details = new LinkedHashMap<>(step.toJson());
        details.put("step", (long) number);
        return details;
    }

    private static Optional<String> runToResume(PlannedDeployment planned, TargetState state) {
        Plan plan = planned.plan();
        Optional<DeploymentLog.Run> open = state.log().openRun();
        if (open.isPresent()) {
            if (!open.get().plan().equals(plan)
                    || !planned.run().equals(Optional.of(open.get().id()))) {
                throw new DeploymentException(
                        OPEN_RUN, "run " + open.get().id() + " of another plan is unfinished; finish or abandon it");
            }
            return Optional.of(open.get().id());
        }
        if (state.log().count() != plan.serial() || !state.digest().equals(plan.from())) {
            throw new DeploymentException(
                    STALE_PLAN,
                    "target " + plan.target().id() + " changed since the plan was made (serial " + plan.serial()
                            + ", now " + state.log().count() + "); plan again");
        }
        return Optional.empty();
    }

    private static String runId(Plan plan, Lease lease) {
        String name = plan.target().lineage() + "\n" + plan.org().value() + "\n" + lease.token();
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16);
    }

    /**
     * Gives up an unfinished run where it stands; the next plan starts from there.
     *
     * @throws DeploymentException with reason REFUSED when no run is unfinished
     */
    public void abandon(OrgId org, DeploymentTarget target, String reason) {
        try (Lease lease = target.acquire(org, holder, LEASE)) {
            TargetState state = lease.state();
            DeploymentLog.Run open = state.log()
                    .openRun()
                    .orElseThrow(() -> new DeploymentException(REFUSED, "no run is unfinished on this target"));
            LogWriter log = new LogWriter(state.log(), open.id(), clock);
            lease.append(log.next("abandon", Map.of("reason", reason)));
            see("abandon", open.plan(), log);
        }
    }

    /** Compares the state read back from a target with a package. */
    public DeploymentCheck verify(VerifiedPackage content, DeploymentTarget target) {
        TargetState state = target.state(content.manifest().orgId());
        List<Difference> differences = Difference.between(Planner.resources(content), state.resources());
        return differences.isEmpty()
                ? new DeploymentCheck.Matches(state.digest())
                : new DeploymentCheck.Differs(differences);
    }

    /**
     * Applies a replay plan and compares both targets: steps, details, and the states read back.
     *
     * @throws ApprovalException when the grant does not hold; replay passes the same gate
     */
    public ReplayProof replay(PlannedDeployment planned, DeploymentTarget original, DeployGrant grant) {
        if (planned.plan().kind() != Plan.Kind.REPLAY) {
            throw new DeploymentException(REFUSED, "this plan deploys; replay needs a plan made by planReplay");
        }
        Receipt receipt = apply(planned, grant);
        OrgId org = planned.plan().org();
        TargetState first = original.state(org);
        TargetState second = planned.target().state(org);
        List<Step> steps = steps(first);
        List<Step> again = steps(second);
        for (int i = 0; i < Math.min(steps.size(), again.size()); i++) {
            if (!steps.get(i).equals(again.get(i))) {
                return new ReplayProof.Different("step " + (i + 1) + " is " + again.get(i) + ", was " + steps.get(i));
            }
        }
        if (steps.size() != again.size()) {
            return new ReplayProof.Different(again.size() + " steps, were " + steps.size());
        }
        List<Difference> differences = Difference.between(first.resources(), second.resources());
        return differences.isEmpty()
                ? new ReplayProof.Identical(receipt.stateDigest(), steps.size())
                : new ReplayProof.Different(differences.get(0).toString());
    }

    private static List<Step> steps(TargetState state) {
        return state.log().runs().stream().flatMap(run -> run.done().stream()).toList();
    }
}
