package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CommitEffectsTest {

    private static final ThreadKey T = thread("t");

    private final List<String> log = new ArrayList<>();
    private final CommittedBatches batches =
            new CommittedBatches(new InMemoryJournal(), LoopHarness.decider(Gate.OPEN, ActorWorkflows.ALL));
    private final CommitEffects effects =
            new CommitEffects(batch -> log.add("replies"), quotas(), publisher(), steps(), turns());

    @Test
    void callersAreToldFirst_thenAllElseInItsOrder_cancelsBeforeStarts() {
        Command.SubmitInput first = input(T, "1", 1, null, "delay");
        effects.committed(batches.commit(first));
        assertThat(log).containsExactly("replies", "quotas", "publish 1", "start " + call(first.newRun()), "turns");
        log.clear();

        Command.SubmitInput second = input(T, "2", 2, null, "delay");
        Command recorded = new Command.RecordResult(
                new Command.Header(T, 1, null, "", "action.recorded", "system"),
                first.newRun(),
                new ActionId(first.newRun() + "-1"),
                1,
                "written",
                Json.TRUE);
        effects.committed(batches.commit(recorded, second));
        assertThat(log)
                .containsExactly(
                        "replies",
                        "quotas",
                        "publish 2",
                        "cancel " + call(first.newRun()),
                        "recorded written",
                        "start " + call(second.newRun()),
                        "turns");
    }

    @Test
    void whatAWorkerElsewhereIsAskedForIsNotStartedHere() {
        effects.committed(batches.commit(input(T, "1", 1, null, "delegate")));
        assertThat(log).containsExactly("replies", "quotas", "publish 2", "turns");
    }

    private static String call(RunId run) {
        return run + "-1#1";
    }

    private Quotas quotas() {
        return new Quotas() {
            @Override
            public Room room(String tenant) {
                return Room.UNLIMITED;
            }

            @Override
            public void committed(Map<String, Use> byTenant) {
                log.add("quotas");
            }
        };
    }

    private Publisher publisher() {
        return new Publisher() {
            @Override
            public String publisherId() {
                return "publisher";
            }

            @Override
            public void open(List<Claim> claims) {}

            @Override
            public long opened(Claim claim) {
                return 0;
            }

            @Override
            public void publish(List<? extends Publication> publications) {
                log.add("publish " + publications.size());
            }

            @Override
            public boolean isSaturated() {
                return false;
            }

            @Override
            public void awaitRoom() {}

            @Override
            public CompletionStage<Long> close(int partition) {
                return CompletableFuture.completedFuture(0L);
            }

            @Override
            public void drop(int partition) {}
        };
    }

    private StepStarter steps() {
        return new StepStarter() {
            @Override
            public void start(StepCall call) {
                log.add("start " + call.call().ref());
            }

            @Override
            public boolean isRunning(StepCall call) {
                return false;
            }

            @Override
            public void cancel(StepCall call) {
                log.add("cancel " + call.call().ref());
            }

            @Override
            public void recorded(ThreadKey thread, ActionId action, int attempt, String name) {
                log.add("recorded " + name);
            }

            @Override
            public void cancelPartition(int partition) {}
        };
    }

    private Turns turns() {
        return new Turns() {
            @Override
            public void claimed(int partition, Consumer<Command> release, List<Begun> begun, List<Turn> held) {}

            @Override
            public boolean counts(String target) {
                return true;
            }

            @Override
            public void committed(Changes changes) {
                log.add("turns");
            }

            @Override
            public void dropped(int partition) {}

            @Override
            public Map<Integer, Integer> forgotten() {
                return Map.of();
            }

            @Override
            public void found(int partition, List<Turn> turns) {}
        };
    }
}
