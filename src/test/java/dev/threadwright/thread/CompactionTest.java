package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PARALLEL;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.ROLLBACK;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.done;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.settings;
import static dev.threadwright.thread.People.compact;
import static dev.threadwright.thread.People.steer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Making a thread's state smaller, in a run that nothing else runs beside. */
class CompactionTest {

    /** Leaves its input; compacts with a summarizer. */
    private static final Workflow CHAT = People.workflow("chat")
            .start("say")
            .pure("say", view -> List.of(), step -> step)
            .action(
                    "shrink",
                    "summarizer",
                    Step.View::trigger,
                    step -> step.to("say").onError("say"))
            .compaction("shrink")
            .build();

    /** The same without a step for it. */
    private static final Workflow PLAIN = People.workflow("plain")
            .start("say")
            .pure("say", view -> List.of(), step -> step)
            .build();

    private static ThreadSpec thread(String workflow) {
        return ThreadSpec.thread()
                .workflows(new Workflows(List.of(CHAT, PLAIN)))
                .and(settings(null, workflow, null))
                .and(message(1, "one"), message(2, "two"), message(3, "three"));
    }

    private static Submit message(int number, String text) {
        return input(number).data(Json.object("messages", Json.of(text)));
    }

    private static List<String> contents(ThreadSpec spec) {
        return ((Json.Arr) spec.state().channels().get("messages"))
                .items().stream()
                        .map(message -> Words.of(((Json.Obj) message).get("content")))
                        .toList();
    }

    @Test
    void theLastMessagesStayAndOneCheckpointIsMade() {
        ThreadSpec spec = thread("plain");
        int before = spec.checkpoints().size();

        spec.when(compact("r9", 2));

        assertThat(contents(spec)).containsExactly("\"two\"", "\"three\"");
        assertThat(spec.words().getFirst()).isEqualTo("CompactionStarted r9: Manual context compaction, 3 messages");
        assertThat(spec.words()).contains("CompactionCompleted r9: 2 messages");
        assertThat(spec.checkpoints()).hasSize(before + 1);
        assertThat(spec.checkpoints().getLast().source()).isEqualTo(Checkpoint.Source.COMPACTION);
        spec.outcome("Started r9").running("idle");
    }

    @Test
    void theWorkflowsOwnStepCompactsAndLeadsNowhere() {
        ThreadSpec spec = thread("chat");
        int before = spec.checkpoints().size();

        spec.when(compact("r9", 2)).running("1 active");
        spec.when(done("r9-1", "{\"messages\":[{\"type\":\"remove\",\"id\":\"__remove_all__\"},\"all of it\"]}"));

        assertThat(contents(spec)).containsExactly("\"all of it\"");
        assertThat(spec.words()).contains("CompactionCompleted r9: 1 messages");
        assertThat(spec.checkpoints()).hasSize(before + 1);
        spec.running("idle");
    }

    @Test
    void oneThatFailsOrIsCancelledLeavesNoTrace() {
        ThreadSpec failing = thread("chat");
        Json before = failing.state().channels().get("messages");
        int checkpoints = failing.checkpoints().size();
        failing.and(compact("r9", 2)).when(Commands.fail("r9", 1, "no"));
        assertThat(failing.words()).endsWith("RunFailed r9 at \"shrink\": no");
        assertThat(failing.state().channels().get("messages")).isEqualTo(before);
        assertThat(failing.checkpoints()).hasSize(checkpoints);
        assertThat(failing.state().resumable()).as("nothing to retry").isNull();

        ThreadSpec cancelled = thread("chat").and(compact("r9", 2)).when(cancel("r9"));
        assertThat(cancelled.words()).containsExactly("RunCancelled r9 REQUESTED");
        assertThat(cancelled.state().channels().get("messages")).isEqualTo(before);
    }

    @Test
    void aThreadAtWorkIsNotCompacted() {
        thread("chat").and(compact("r9", 2)).when(compact("r8", 2)).refused("BUSY: Thread is busy");
        ThreadSpec.thread().when(compact("r9", 1)).thenNothing().outcome("Invalid: Thread t1 does not exist");
    }

    @Test
    void scenario73_whatComesMeanwhileQueuesWhateverItsPolicyAndOnlyRejectRejects() {
        for (Policy policy : List.of(INTERRUPT, PARALLEL, MERGE, QUEUE, ROLLBACK)) {
            thread("chat")
                    .and(compact("r9", 2))
                    .when(message(4, "four").policy(policy))
                    .outcome("Queued r4")
                    .running("1 active, 1 queued");
        }
        thread("chat")
                .and(compact("r9", 2))
                .when(message(4, "four").policy(REJECT))
                .outcome("Rejected BUSY: Thread is busy");
        thread("chat")
                .and(compact("r9", 2))
                .when(message(4, "four").to("r9"))
                .refused("BUSY: Run r9 compacts the thread and takes no input");
        thread("chat")
                .and(compact("r9", 2))
                .when(steer("r9", 4))
                .refused("BUSY: Run r9 compacts the thread and takes no input");
    }

    @Test
    void scenario13_whatQueuedRunsWhenItEnds() {
        ThreadSpec spec = thread("chat").and(compact("r9", 2), message(4, "four"));

        spec.when(done("r9-1", "{\"messages\":[]}"));

        assertThat(spec.words())
                .contains("RunCompleted r9 {\"messages\":" + Words.of(messages(spec, 3)) + "}", "InputPromoted r4");
        assertThat(contents(spec)).endsWith("\"four\"");
        spec.running("idle");
    }

    private static Json messages(ThreadSpec spec, int first) {
        Json all = spec.state().channels().get("messages");
        return Json.array(((Json.Arr) all).items().subList(0, first));
    }
}
