package dev.threadwright.actor;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Target;
import dev.threadwright.thread.ThreadKey;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Says when attempts that are held may begin, by {@link Command.ReleaseAction}. It is told of what is durable only, and
 * never blocks.
 */
public interface Turns {

    /** Where nothing is held. */
    Turns NONE = new Turns() {
        @Override
        public void claimed(int partition, Consumer<Command> release, List<Begun> begun, List<Turn> held) {}

        @Override
        public boolean counts(String target) {
            return false;
        }

        @Override
        public void committed(Changes changes) {}

        @Override
        public void dropped(int partition) {}

        @Override
        public Map<Integer, Integer> forgotten() {
            return Map.of();
        }

        @Override
        public void found(int partition, List<Turn> turns) {}
    };

    /**
     * The partition is worked on from now on.
     *
     * @param release takes the commands for its threads
     * @param begun attempts under way whose targets {@link #counts count}
     */
    void claimed(int partition, Consumer<Command> release, List<Begun> begun, List<Turn> held);

    /** Whether attempts at the target are counted, so that those have to be told that are under way. */
    boolean counts(String target);

    void committed(Changes changes);

    /** Somebody else looks after the partition. */
    void dropped(int partition);

    /** Partitions that have more attempts waiting than are remembered here, and how many more there is room for now. */
    Map<Integer, Integer> forgotten();

    /** What the journal has of them; it may be out of date by a moment. */
    void found(int partition, List<Turn> turns);

    /** An attempt that waits. */
    record Turn(int partition, ThreadKey thread, Owed.Turn owed) {}

    /**
     * An attempt under way.
     *
     * @param attempt as {@link Owed.Call#ref} has it
     */
    record Begun(int partition, ThreadKey thread, String attempt, String target) {
        public static Begun of(StepCall step) {
            return new Begun(
                    step.partition(),
                    step.thread(),
                    step.call().ref(),
                    Target.of(step.call().handler(), step.call().input()));
        }
    }

    /**
     * How an attempt ended, as far as that says something of what it reached.
     *
     * @param worked whether there was an answer, be it a refusal; else it failed for a passing reason, or in time came nothing
     */
    record AttemptEnd(ThreadKey thread, ActionId action, int attempt, String target, boolean worked) {}

    /**
     * What a commit changed.
     *
     * @param begun attempts that are under way since then
     * @param over attempts that are not any more
     * @param left turns that nobody waits for any more, because they have come or are not needed
     */
    record Changes(
            List<AttemptEnd> ends, List<StepCall> begun, List<StepCall> over, List<Turn> left, List<Turn> wanted) {
        public boolean isEmpty() {
            return ends.isEmpty() && begun.isEmpty() && over.isEmpty() && left.isEmpty() && wanted.isEmpty();
        }
    }
}
