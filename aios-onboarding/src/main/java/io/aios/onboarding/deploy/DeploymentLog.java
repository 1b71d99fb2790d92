package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.LOG;

import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A verified {@code aios-deployment-log/1} of one organisation on one target: which runs did what. Immutable. */
public final class DeploymentLog {
    static final String VERSION = "aios-deployment-log/1";

    /**
     * A run of a plan.
     *
     * @param id its name
     * @param plan the plan it executes
     * @param done the steps it finished, in order
     * @param intended the key it announced and has not finished, or null
     * @param end the state digest it ended with, or null when it did not
     * @param abandoned whether it was given up
     */
    public record Run(
            String id,
            Plan plan,
            List<Step> done,
            @Nullable String intended,
            @Nullable Digest end,
            boolean abandoned) {
        /** Copies the list. */
        public Run {
            done = List.copyOf(done);
        }

        /** Whether it neither ended nor was abandoned. */
        public boolean open() {
            return end == null && !abandoned;
        }
    }

    private final Digest genesis;
    private final List<LogEntry> entries;
    private final List<Run> runs;

    private DeploymentLog(Digest genesis, List<LogEntry> entries, List<Run> runs) {
        this.genesis = genesis;
        this.entries = List.copyOf(entries);
        this.runs = List.copyOf(runs);
    }

    /**
     * Verifies lines.
     *
     * @param lines each without its newline
     * @throws DeploymentException with reason LOG naming the first line that does not follow
     */
    public static DeploymentLog of(OrgId org, TargetIdentity target, List<String> lines) {
        Digest genesis = genesis(org, target);
        List<LogEntry> entries = new ArrayList<>();
        Runs runs = new Runs();
        Digest head = genesis;
        for (String line : lines) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            Digest digest = Digest.sha256(bytes);
            String where = "deployment.log line " + (entries.size() + 1);
            JsonFields fields = parse(where, bytes);
            if (!fields.string("v").equals(VERSION)) {
                throw new DeploymentException(LOG, where + " has another version");
            }
            if (fields.integer("seq") != entries.size()
                    || !fields.digest("prev").equals(head)) {
                throw new DeploymentException(
                        LOG,
                        where + " does not follow the line before it; a line was cut, moved, edited or is foreign");
            }
            runs.accept(where, fields);
            entries.add(new LogEntry(entries.size(), head, line, digest));
            head = digest;
        }
        return new DeploymentLog(genesis, entries, runs.finish());
    }

    private static JsonFields parse(String where, byte[] bytes) {
        Object json;
        try {
            json = CanonicalJson.parse(bytes);
        } catch (InvalidJsonException e) {
            throw new DeploymentException(LOG, where + " is not JSON", e);
        }
        return JsonFields.of(where, json);
    }

    private static Digest genesis(OrgId org, TargetIdentity target) {
        return Digest.sha256((VERSION + " genesis\n" + target.lineage() + "\n" + org.value() + "\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    /** How many lines. */
    public long count() {
        return entries.size();
    }

    /** The digest of the last line; of an empty log, its genesis. */
    public Digest head() {
        return entries.isEmpty() ? genesis : entries.get(entries.size() - 1).digest();
    }

    boolean contains(DeploymentWitness.Seen seen) {
        return seen.count() >= 1
                && seen.count() <= count()
                && entries.get((int) seen.count() - 1).digest().equals(seen.head());
    }

    /** The lines in order. */
    public List<LogEntry> entries() {
        return entries;
    }

    /** The runs in order. */
    public List<Run> runs() {
        return runs;
    }

    /** The last run if it is open. */
    public Optional<Run> openRun() {
        return lastRun().filter(Run::open);
    }

    /** The last run. */
    public Optional<Run> lastRun() {
        return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(runs.size() - 1));
    }

    /** What runs left behind, by resource: the state the target should be in. */
    public SortedMap<String, Digest> resources() {
        SortedMap<String, Digest> resources = new TreeMap<>();
        for (Run run : runs) {
            for (Step step : run.done()) {
                if (step.after() == null) {
                    resources.remove(step.key());
                } else {
                    resources.put(step.key(), step.after());
                }
            }
        }
        return Collections.unmodifiableSortedMap(resources);
    }

    /** Follows the run protocol: begin, (intent, done)*, end or abandon. */
    private static final class Runs {
        private final List<Run> finished = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private @Nullable Plan plan;
        private String id = "";
        private List<Step> done = new ArrayList<>();
        private @Nullable String intended;

        void accept(String where, JsonFields fields) {
            String type = fields.string("type");
            String run = fields.string("run");
            if (type.equals("begin")) {
                if (plan != null || !ids.add(run)) {
                    throw new DeploymentException(LOG, where + " begins a run inside another, or twice");
                }
                plan = Plan.fromJson(fields.object("plan"));
                id = run;
                return;
            }
            if (plan == null || !run.equals(id)) {
                throw new DeploymentException(LOG, where + " is of a run that is not open");
            }
            Plan current = plan;
            switch (type) {
                case "intent" -> intended = expected(where, current, fields);
                case "done" -> {
                    if (!expected(where, current, fields).equals(intended)) {
                        throw new DeploymentException(LOG, where + " finishes a step that was not announced");
                    }
                    done.add(current.steps().get(done.size()));
                    intended = null;
                }
                case "end" -> {
                    if (done.size() != current.steps().size()) {
                        throw new DeploymentException(LOG, where + " ends a run before its last step");
                    }
                    close(current, fields.digest("state"), false);
                }
                case "abandon" -> close(current, null, true);
                default -> throw new DeploymentException(LOG, where + " has the unknown type " + type);
            }
        }

        private String expected(String where, Plan current, JsonFields fields) {
            boolean inRange = fields.integer("step") == done.size()
                    && done.size() < current.steps().size();
            if (!inRange || !current.steps().get(done.size()).key().equals(fields.string("key"))) {
                throw new DeploymentException(LOG, where + " is not the plan's next step");
            }
            return fields.string("key");
        }

        private void close(Plan current, @Nullable Digest end, boolean abandoned) {
            finished.add(new Run(id, current, done, intended, end, abandoned));
            plan = null;
            done = new ArrayList<>();
            intended = null;
        }

        List<Run> finish() {
            if (plan != null) {
                close(plan, null, false);
            }
            return finished;
        }
    }
}
