package io.aios.onboarding.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.testing.Fixtures;
import io.aios.trace.json.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Random people do random things; a second, plainer account of the rules must agree after every action. */
class ApprovalProperties {
    private static final int SEQUENCES = Boolean.getBoolean("aios.slow") ? 1000 : 100;
    private static final String[] ITEMS = {"department:A", "policy:P"};
    private static final String[] PERSONS = {"alice", "bob", "carol", "builder"};
    private static final List<ApprovalRequest> REQUESTS = List.of(request((byte) 0), request((byte) 1));

    /** Attacks 30 to 33 in any order: 100,000 sequences of actions in every build, a million in the long one. */
    @Property(tries = 1000)
    void aGrantExistsExactlyWhenThePlainAccountSaysSo(@ForAll long seed) {
        Random seeds = new Random(seed);
        for (int i = 0; i < SEQUENCES; i++) {
            new Sequence(seeds.nextLong()).run();
        }
    }

    private static ApprovalRequest request(byte content) {
        return new ApprovalRequest(
                new ApprovalSubject(
                        Fixtures.CLEVELAND, Digest.sha256(new byte[] {content}), Digest.sha256(new byte[0]), "lineage"),
                Set.of("builder"),
                List.of(
                        new Candidate(ITEMS[0], Confidence.of(0.5), null),
                        new Candidate(ITEMS[1], Confidence.of(0.99), "policy updated"),
                        new Candidate("agent:fine", Confidence.of(0.95), null)));
    }

    private static final class Sequence {
        private final Random random;
        private final Fixtures.Ticking clock = new Fixtures.Ticking();
        private final Fixtures.ListLog log = new Fixtures.ListLog();
        private final Fixtures.People people = new Fixtures.People();
        private final ApprovalGate gate;
        private final Oracle oracle;

        Sequence(long seed) {
            random = new Random(seed);
            int quorum = 1 + random.nextInt(2);
            people.known.clear();
            for (String person : PERSONS) {
                people.known.add(new Approver(person, person, Set.of("reviewer")));
            }
            gate = new ApprovalGate(
                    Fixtures.CLEVELAND,
                    ApprovalPolicy.of(new ApprovalRule(quorum, Set.of("reviewer"), Duration.ofHours(10))),
                    log,
                    people,
                    clock);
            oracle = new Oracle(quorum);
        }

        void run() {
            int actions = 4 + random.nextInt(10);
            for (int i = 0; i < actions; i++) {
                int content = random.nextInt(2);
                act(content);
                boolean ready = gate.check(REQUESTS.get(content)).canDeploy();
                if (ready != oracle.mayDeploy(content, clock.instant())) {
                    throw new AssertionError("after " + oracle.history + " the gate says " + ready);
                }
            }
        }

        private void act(int content) {
            String item = ITEMS[random.nextInt(2)];
            String person = PERSONS[random.nextInt(PERSONS.length)];
            String token = "token-" + person;
            ApprovalRequest request = REQUESTS.get(content);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> say("yes", content, item, person, () -> gate.approve(request, item, token, ""));
                case 3 -> say("no", content, item, person, () -> gate.reject(request, item, token, ""));
                case 4 -> say("nothing", content, item, person, () -> gate.withdraw(request, item, token, ""));
                case 5 -> clock.advance(Duration.ofHours(random.nextInt(9) - 2));
                case 6 -> leaveOrReturn(person);
                default -> {
                    String run = "run-" + random.nextInt(2);
                    boolean expected = oracle.mayUse(content, run, clock.instant());
                    boolean used = tried(() -> new DeployGrant(gate, request.subject()).redeem(request, run));
                    assertThat(used).isEqualTo(expected);
                    if (used) {
                        oracle.used.putIfAbsent(content, run);
                    }
                }
            }
        }

        private void say(String what, int content, String item, String person, Runnable action) {
            if (tried(action)) {
                oracle.history.add(new Oracle.Said(what, content, item, person, clock.instant()));
            }
        }

        private void leaveOrReturn(String person) {
            if (people.known.removeIf(approver -> approver.person().equals(person))) {
                oracle.gone.add(person);
            } else {
                people.known.add(new Approver(person, person, Set.of("reviewer")));
                oracle.gone.remove(person);
            }
        }

        private static boolean tried(Runnable action) {
            try {
                action.run();
                return true;
            } catch (ApprovalException e) {
                return false;
            }
        }
    }

    /** The rules once more, over plain strings, without looking at the gate's code. */
    private static final class Oracle {
        private record Said(String what, int content, String item, String person, Instant at) {}

        private final int quorum;
        private final List<Said> history = new ArrayList<>();
        private final Set<String> gone = new HashSet<>();
        private final Map<Integer, String> used = new HashMap<>();

        Oracle(int quorum) {
            this.quorum = quorum;
        }

        boolean mayDeploy(int content, Instant now) {
            return !used.containsKey(content) && decided(content, now);
        }

        boolean mayUse(int content, String run, Instant now) {
            String other = used.get(content);
            return (other == null || other.equals(run)) && decided(content, now);
        }

        private boolean decided(int content, Instant now) {
            for (String item : ITEMS) {
                int yes = 0;
                for (String person : PERSONS) {
                    Said last = last(content, item, person);
                    if (last == null) {
                        continue;
                    }
                    if (last.what().equals("no")) {
                        return false;
                    }
                    boolean fresh =
                            !last.at().isAfter(now) && now.isBefore(last.at().plus(Duration.ofHours(10)));
                    if (last.what().equals("yes") && fresh && !gone.contains(person) && !person.equals("builder")) {
                        yes++;
                    }
                }
                if (yes < quorum) {
                    return false;
                }
            }
            return true;
        }

        private @Nullable Said last(int content, String item, String person) {
            Said last = null;
            for (Said said : history) {
                if (said.content() == content
                        && said.item().equals(item)
                        && said.person().equals(person)) {
                    last = said;
                }
            }
            return last;
        }
    }
}
