package io.aios.policy.rules;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a conjunction demands of each attribute: a set of values, a range, presence; the rest is kept whole. */
final class Constraints {
    private static final class Demand {
        private @Nullable Set<Object> values;
        private double least = Double.NEGATIVE_INFINITY;
        private boolean leastExcluded;
        private double most = Double.POSITIVE_INFINITY;
        private boolean mostExcluded;
        private boolean present;
        private boolean absent;

        boolean isUnsatisfiable() {
            if (least > most || (least == most && (leastExcluded || mostExcluded)) || (present && absent)) {
                return true;
            }
            return values != null && values.stream().noneMatch(this::accepts);
        }

        boolean accepts(Object value) {
            if (values != null && !values.contains(value)) {
                return false;
            }
            return !(value instanceof Double number)
                    || ((leastExcluded ? number > least : number >= least)
                            && (mostExcluded ? number < most : number <= most));
        }

        boolean isRange() {
            return least != Double.NEGATIVE_INFINITY || most != Double.POSITIVE_INFINITY;
        }

        /** Whether every value that meets this demand meets the other one. */
        boolean implies(Demand other) {
            if (other.absent) {
                return absent;
            }
            if (absent) {
                return false;
            }
            if (values != null) {
                return values.stream().filter(this::accepts).allMatch(other::accepts);
            }
            if (other.values != null) {
                return false;
            }
            boolean above = least > other.least || (least == other.least && (leastExcluded || !other.leastExcluded));
            boolean below = most < other.most || (most == other.most && (mostExcluded || !other.mostExcluded));
            return !other.isRange() || (isRange() && above && below);
        }
    }

    private final Map<String, Demand> demands = new HashMap<>();
    private final Set<Condition> others = new HashSet<>();

    static Constraints of(Condition condition) {
        Constraints constraints = new Constraints();
        constraints.add(condition);
        return constraints;
    }

    boolean areUnsatisfiable() {
        return demands.values().stream().anyMatch(Demand::isUnsatisfiable);
    }

    /** Whether these hold only when the others do too. */
    boolean imply(Constraints weaker) {
        if (!others.containsAll(weaker.others)) {
            return false;
        }
        for (Map.Entry<String, Demand> entry : weaker.demands.entrySet()) {
            Demand mine = demands.get(entry.getKey());
            if (mine == null || !mine.implies(entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private void add(Condition condition) {
        if (condition instanceof Condition.All all) {
            all.parts().forEach(this::add);
        } else if (condition instanceof Condition.In in) {
            Demand demand = demand(in.attribute().text());
            demand.present = true;
            if (demand.values == null) {
                demand.values = new HashSet<>(in.values());
            } else {
                demand.values.retainAll(in.values());
            }
        } else if (condition instanceof Condition.Compare compare) {
            add(compare);
        } else if (condition instanceof Condition.Exists exists) {
            Demand demand = demand(exists.attribute().text());
            demand.present |= exists.wanted();
            demand.absent |= !exists.wanted();
        } else {
            others.add(condition);
        }
    }

    private void add(Condition.Compare compare) {
        Demand demand = demand(compare.attribute().text());
        demand.present = true;
        double bound = compare.bound();
        switch (compare.order()) {
            case LESS_THAN, AT_MOST -> {
                boolean excluded = compare.order() == Condition.Order.LESS_THAN;
                if (bound < demand.most || (bound == demand.most && excluded)) {
                    demand.most = bound;
                    demand.mostExcluded = excluded;
                }
            }
            case GREATER_THAN, AT_LEAST -> {
                boolean excluded = compare.order() == Condition.Order.GREATER_THAN;
                if (bound > demand.least || (bound == demand.least && excluded)) {
                    demand.least = bound;
                    demand.leastExcluded = excluded;
                }
            }
        }
    }

    private Demand demand(String attribute) {
        return demands.computeIfAbsent(attribute, key -> new Demand());
    }
}
