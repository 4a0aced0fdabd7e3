package dev.threadwright.workflow;

import java.util.List;

/** One node of a workflow. */
public sealed interface Step {

    String name();

    /** A step without effects: it runs inside the batch, so it costs no commit of its own. */
    record Pure(String name, Function function) implements Step {}

    /** A step whose work leaves the decision: it is journaled as requested before a handler of that name starts it. */
    record Action(String name, String handler, Request request) implements Step {}

    /**
     * What a step reads.
     *
     * @param state the run's channels
     * @param trigger the data of the input that started the run
     * @param consumed the data of the further inputs that the run has taken in, in order
     */
    record View(Channels state, Json trigger, List<Json> consumed) {}

    /** Must be a function of its argument alone: it is evaluated again whenever a batch is decided again. */
    @FunctionalInterface
    interface Function {
        /** @throws StepFailure if the step cannot produce its writes from this view */
        List<Write> apply(View view);
    }

    /** Builds what an action's handler is given; pure for the same reason. */
    @FunctionalInterface
    interface Request {
        /** @throws StepFailure if the view does not hold what the handler needs */
        Json input(View view);
    }
}
