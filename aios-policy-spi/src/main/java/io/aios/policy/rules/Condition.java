package io.aios.policy.rules;

import io.aios.policy.AttributePath;
import io.aios.policy.ReasonCodes;
import java.util.List;
import java.util.Set;

/**
 * A condition on the attributes of a request. Lists are evaluated from left to right and no further than needed, so that
 * {@code exists} can stand guard before a comparison; a comparison with a missing, null or mistyped attribute has no
 * truth value and denies.
 */
sealed interface Condition {
    boolean holds(Evaluation evaluation);

    record All(List<Condition> parts) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            for (Condition part : parts) {
                if (!part.holds(evaluation)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Any(List<Condition> parts) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            for (Condition part : parts) {
                if (part.holds(evaluation)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(Condition part) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            return !part.holds(evaluation);
        }
    }

    record Exists(AttributePath attribute, boolean wanted) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            return (attribute.in(evaluation.question()) != null) == wanted;
        }
    }

    /** The attribute is one of these; all of one type, numbers as {@code Double}. */
    record In(AttributePath attribute, Set<Object> values) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            Object value = evaluation.value(attribute);
            Object sample = values.iterator().next();
            Object comparable = value instanceof Number number ? (Object) plain(number.doubleValue()) : value;
            if (sample.getClass() != comparable.getClass()) {
                throw new Evaluation.Undecidable(ReasonCodes.ATTRIBUTE_TYPE, attribute);
            }
            return values.contains(comparable);
        }

        /** Integers up to 2^53 are exact as double, and -0.0 equals 0.0. */
        static Double plain(double number) {
            return number + 0.0;
        }
    }

    /** How an attribute compares to a number. */
    enum Order {
        LESS_THAN,
        AT_MOST,
        GREATER_THAN,
        AT_LEAST;

        boolean holds(double left, double right) {
            return switch (this) {
                case LESS_THAN -> left < right;
                case AT_MOST -> left <= right;
                case GREATER_THAN -> left > right;
                case AT_LEAST -> left >= right;
            };
        }
    }

    record Compare(AttributePath attribute, Order order, double bound) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            evaluation.step();
            if (evaluation.value(attribute) instanceof Number number) {
                return order.holds(number.doubleValue(), bound);
            }
            throw new Evaluation.Undecidable(ReasonCodes.ATTRIBUTE_TYPE, attribute);
        }
    }
}
