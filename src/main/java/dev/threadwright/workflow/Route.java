package dev.threadwright.workflow;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a step leads. Evaluated at the end of its super-step, on the state that all its tasks have left. */
public sealed interface Route {

    /** All the steps that it may lead to. */
    default List<String> targets() {
        return switch (this) {
            case To to -> to.steps();
            case Choose choose ->
                choose.cases().stream().flatMap(one -> one.steps().stream()).toList();
            case Each each ->
                Stream.concat(Stream.of(each.step()), each.otherwise().stream()).toList();
        };
    }

    /** To all of these, beside each other; to none: the end. */
    record To(List<String> steps) implements Route {
        public To {
            steps = List.copyOf(steps);
        }
    }

    /** To those of the first case that holds; the last has no condition. */
    record Choose(List<Case> cases) implements Route {
        public Choose {
            cases = List.copyOf(cases);
            if (cases.isEmpty() || cases.getLast().when() != null) {
                throw new IllegalArgumentException("The last case of a choice has no condition");
            }
        }
    }

    /** Once for every item of a list, each task with its own; for an empty list, or null, to {@code otherwise}. */
    record Each(Items items, String step, List<String> otherwise) implements Route {
        public Each {
            otherwise = List.copyOf(otherwise);
        }
    }

    record Case(@Nullable Condition when, List<String> steps) {
        public Case {
            steps = List.copyOf(steps);
        }
    }

    /** Must be a function of its argument alone. */
    @FunctionalInterface
    interface Condition {
        /** @throws StepFailure if it has no answer */
        boolean holds(Step.View view);
    }

    /** Must be a function of its argument alone. */
    @FunctionalInterface
    interface Items {
        /** @throws StepFailure if there is no answer */
        Json list(Step.View view);
    }
}
