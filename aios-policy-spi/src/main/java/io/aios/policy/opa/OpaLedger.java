package io.aios.policy.opa;

import io.aios.policy.Policy;
import io.aios.policy.opa.OpaLifecycle.Standing;
import io.aios.policy.opa.OpaLifecycle.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The versions that are not in force: drafts, those an activation left out, those the host took out for good. */
final class OpaLedger {
    private record Key(String id, String version, String digest) {
        static Key of(Policy policy) {
            return new Key(policy.id(), policy.version(), policy.digest());
        }
    }

    private static final int MOST_RETIRED = 1000;

    private final Map<Key, Policy> drafts = new LinkedHashMap<>();
    private final Map<Key, Policy> retired = new LinkedHashMap<>();
    private final Set<Key> withdrawn = ConcurrentHashMap.newKeySet();

    synchronized void draft(Policy policy) {
        drafts.put(Key.of(policy), policy);
    }

    synchronized void activated(Policy policy) {
        drafts.remove(Key.of(policy));
        retired.remove(Key.of(policy));
    }

    synchronized void retired(Policy policy) {
        Key key = Key.of(policy);
        drafts.remove(key);
        retired.remove(key);
        retired.put(key, policy);
        if (retired.size() > MOST_RETIRED) {
            retired.remove(retired.keySet().iterator().next());
        }
    }

    /** Retires it for good. Kept however many follow: forgetting it could bring the version back. */
    void withdrawn(Policy policy) {
        withdrawn.add(Key.of(policy));
        retired(policy);
    }

    boolean isWithdrawn(Policy policy) {
        return withdrawn.contains(Key.of(policy));
    }

    /** The draft of that id that came last. */
    synchronized Optional<Policy> draftOf(String id) {
        return drafts.values().stream().filter(policy -> policy.id().equals(id)).reduce((first, second) -> second);
    }

    /** The version of that id that was retired for good last. */
    synchronized Optional<Policy> withdrawnOf(String id) {
        return retired.values().stream()
                .filter(policy -> policy.id().equals(id) && isWithdrawn(policy))
                .reduce((first, second) -> second);
    }

    synchronized Optional<State> stateOf(Policy policy) {
        Key key = Key.of(policy);
        if (withdrawn.contains(key) || retired.containsKey(key)) {
            return Optional.of(State.RETIRED);
        }
        return drafts.containsKey(key) ? Optional.of(State.DRAFT) : Optional.empty();
    }

    synchronized List<Standing> standings() {
        List<Standing> standings = new ArrayList<>();
        drafts.values().forEach(policy -> standings.add(Standing.of(policy, State.DRAFT, "")));
        retired.values().forEach(policy -> standings.add(Standing.of(policy, State.RETIRED, "")));
        return standings;
    }
}
