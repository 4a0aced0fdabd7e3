package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Breakpoint;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Event.Cause;
import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Start;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.thread.Frame;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.Resumable;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.Stop;
import dev.threadwright.thread.Task;
import dev.threadwright.thread.TaskId;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.WorkflowRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What journals out there hold. A file that is there never changes: a new form of an event is a new version with files
 * of its own. Run with {@code -Dgolden.write=true} to write those that are missing.
 */
class EventGoldenFilesTest {

    private static final Path V1 = Path.of("src/test/resources/golden/events/v1");
    private static final Path TRACED = Path.of("src/test/resources/golden/decisions/v1/traced.json");

    private static final RunId RUN = new RunId("0198a5c0-0000-7000-8000-000000000001");
    private static final ActionId ACTION = new ActionId(RUN + "-1");
    private static final Identity IDENTITY = new Identity("/crm", "evt-1");
    private static final WorkflowRef ECHO = new WorkflowRef("echo", 1);
    private static final Json DATA = Json.object("text", Json.of("hi \u0000 😀"));
    private static final List<Change> CHANGES = List.of(new Change("output", Reducer.LAST_WRITE_WINS, DATA));

    private static final TaskId TASK = new TaskId("2.1/1");
    private static final List<Change> SETTLED =
            List.of(new Change("top", new Reducer.Custom("top-ten"), Json.of(3), Json.array(List.of(Json.of(3)))));
    private static final List<Planned> PLANNED = List.of(
            Planned.ready("echo"),
            new Planned("worker", DATA, Set.of()),
            new Planned("gather", Json.NULL, Set.of("a", "b")));
    private static final Channels CHANNELS = Channels.EMPTY.apply(CHANGES);
    private static final Resumable RESUMABLE = new Resumable(
            RUN,
            List.of(new Input(IDENTITY, Input.Type.USER_INPUT, null, DATA)),
            new Frame(
                    ECHO,
                    2,
                    List.of(
                            new Task("echo", Json.NULL, new Task.Due()),
                            new Task("a", DATA, new Task.Ended(CHANGES, List.of("b"), DATA)),
                            new Task("gather", Json.NULL, new Task.Joining(Set.of("a"))))));

    private static final Interrupt INTERRUPT = new Interrupt(
            new InterruptId("0123456789abcdef0123456789abcdef"),
            1,
            new Prompt(
                    Prompt.APPROVAL_REQUIRED,
                    Json.object("amount", Json.of(42)),
                    Json.object("type", Json.of("boolean")),
                    60_000L,
                    Json.FALSE),
            1_700_000_000_000L);

    private static final List<Event> EVENTS = List.of(
            new Event.ThreadCreated(),
            new Event.ThreadUpdated(new ThreadSettings(
                    new QueuePolicy(5, 60_000L, Behind.ACTIVE), "delay", Json.object("owner", Json.of("ann")))),
            new Event.InputAccepted(
                    new Input(IDENTITY, Input.Type.EXTERNAL_EVENT, "order.paid", DATA),
                    RUN,
                    new Why(DecisionKind.INTERRUPT_AND_START_NEW, "interrupt", "active > 0", "1 active", List.of())),
            new Event.InputRejected(
                    IDENTITY,
                    "user.input",
                    Rejection.MAX_PARALLEL_RUNS,
                    "Maximum parallel runs (4) reached",
                    new Why(DecisionKind.REJECT, "parallel(max=4)", null, "4 active", List.of("x > 1: no such name"))),
            new Event.InputQueued(RUN, ECHO, 1_700_000_060_000L, Behind.UNFINISHED),
            new Event.InputKept(IDENTITY, RUN, true, 1_700_000_060_000L),
            new Event.InputPromoted(RUN),
            new Event.InputMerged(RUN, List.of(IDENTITY), CHANGES, true),
            new Event.InputExpired(IDENTITY, RUN, "Waited in the queue for too long"),
            new Event.RunStarted(RUN, ECHO, Start.FOLLOW_UP, IDENTITY, true, 12, CHANGES, true, PLANNED),
            new Event.RunCompleted(RUN, Map.of("output", DATA), SETTLED, SETTLED, SETTLED),
            new Event.RunFailed(RUN, "delay", "data.ms must be a number"),
            new Event.RunTimedOut(RUN),
            new Event.RunCancelled(RUN, Cause.ROLLED_BACK, false),
            new Event.StateRolledBack(RUN, 3),
            new Event.StateUpdated(CHANGES),
            new Event.StateRestored("0193e0a0-0000-7000-8000-000000000001", CHANNELS, RESUMABLE),
            new Event.ThreadForked("t0", "0193e0a0-0000-7000-8000-000000000001", CHANNELS, RESUMABLE),
            new Event.StepCompleted(RUN, TASK, "echo", CHANGES, List.of("gather"), SETTLED, PLANNED),
            new Event.StepFailed(RUN, TASK, "delay", "boom", "apologise", SETTLED, PLANNED),
            new Event.SubgraphStarted(RUN, TASK, ECHO, DATA, CHANGES, PLANNED),
            new Event.TimerSet(RUN, TASK, "nap", 1_700_000_060_000L),
            new Event.TimerFired(RUN, TASK),
            new Event.ActionRequested(
                    RUN, TASK, ACTION, "delay", "delay", Json.object("ms", Json.of(1_000)), false, 30_000),
            new Event.ActionHeld(RUN, ACTION, 1),
            new Event.ActionReleased(RUN, ACTION, 1, true),
            new Event.ActionAccepted(RUN, ACTION, 2),
            new Event.ActionExtended(RUN, ACTION, 2),
            new Event.ActionRetried(RUN, ACTION, 2),
            new Event.ActionDenied(RUN, TASK, ACTION, "tools", "refund"),
            new Event.ActionRetryScheduled(RUN, ACTION, 1, "try later", 1_700_000_060_000L),
            new Event.ActionUncertain(RUN, ACTION, 1, "The process that ran it is gone"),
            new Event.ActionSucceeded(RUN, ACTION, 1, Json.array(List.of(Json.TRUE, Json.NULL))),
            new Event.ActionFailed(RUN, ACTION, 2, "gone"),
            new Event.ActionResultDiscarded(RUN, ACTION, 1, "The run is not running"),
            new Event.ActionResultRecorded(RUN, ACTION, 1, "charge", DATA),
            new Event.InterruptRaised(RUN, TASK, "approve", INTERRUPT, ACTION, 1),
            new Event.InterruptResolved(RUN, INTERRUPT.id(), DATA, "ann", "http", IDENTITY, true),
            new Event.InterruptRejected(RUN, INTERRUPT.id(), "too expensive", "ann", "kafka"),
            new Event.InterruptExpired(RUN, INTERRUPT.id(), Event.Expiry.TIME, Json.FALSE),
            new Event.InterruptAnswerRejected(
                    IDENTITY, RUN, INTERRUPT.id(), "/approved: string found, boolean expected", "ann"),
            new Event.WaitStarted(RUN, TASK, "paid", List.of("payment.settled", "*"), 1_700_000_060_000L),
            new Event.WaitSatisfied(RUN, TASK, IDENTITY, 1),
            new Event.RunInterrupted(
                    RUN,
                    3,
                    new Stop(
                            List.of(INTERRUPT.id()),
                            new Breakpoint(Breakpoint.When.BEFORE, "pay"),
                            true,
                            List.of(ACTION)),
                    List.of(INTERRUPT),
                    RUN),
            new Event.RunResumed(
                    RUN,
                    "ann",
                    "http",
                    2,
                    List.of(INTERRUPT.id()),
                    new Bounds(new Breakpoints(Set.of("pay"), Set.of(Breakpoints.ALL)), 40),
                    Event.Pass.ONE,
                    RUN),
            new Event.RunPaused(RUN, "ann"),
            new Event.RunUnpaused(RUN, "ann"),
            new Event.RunSteered(RUN, IDENTITY, 2),
            new Event.RunRedirected(RUN, List.of("pay"), DATA, List.of(TASK), SETTLED, PLANNED),
            new Event.CompactionStarted(RUN, "Manual context compaction", 2_000, 40),
            new Event.CompactionCompleted(RUN, 500, 20),
            new Event.RunRequested(RUN, Json.object(Map.of("assistant_id", Json.of("echo")))),
            new Event.RunRequestEnded(RUN, "EmptyInputError", "There is nothing to go on with"),
            new Event.StateBranched(
                    "0193e0a0-0000-7000-8000-000000000001", CHANNELS, List.of("echo"), CHANGES, RESUMABLE),
            new Event.ThreadDeleted());

    @BeforeAll
    static void writeMissing() throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            for (Event event : EVENTS) {
                if (Files.notExists(file(event))) {
                    Files.writeString(file(event), EventCodec.write(event) + "\n");
                }
            }
        }
    }

    @Test
    void every_type_of_event_has_a_golden_file() throws IOException {
        Map<String, String> types = new TreeMap<>();
        EVENTS.forEach(event -> types.put(event.getClass().getSimpleName(), EventCodec.typeOf(event)));
        assertThat(types.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Event.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .toList());
        try (var files = Files.list(V1)) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrderElementsOf(
                            types.values().stream().map(type -> type + ".json").toList());
        }
    }

    @TestFactory
    List<DynamicTest> golden_files_are_read_and_written_back() {
        return EVENTS.stream()
                .map(event -> DynamicTest.dynamicTest(EventCodec.typeOf(event), () -> {
                    String golden = Files.readString(file(event)).strip();
                    assertThat(EventCodec.read(golden)).isEqualTo(event);
                    assertThat(EventCodec.write(EventCodec.read(golden))).isEqualTo(golden);
                }))
                .toList();
    }

    /** What is beside an event in the journal, and what only an input of a trace has. */
    @Test
    void a_stored_decision_of_a_trace_is_read_and_written_back() throws IOException {
        TraceContext trace =
                new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "congo=t61rcWkgMzE");
        Input input = new Input(IDENTITY, Input.Type.USER_INPUT, null, DATA, trace);
        Why why = new Why(DecisionKind.START, "interrupt", null, "idle", List.of());
        List<Recorded> decision = List.of(
                new Recorded(1, 42, new Event.ThreadCreated(), trace.parent()),
                new Recorded(2, 42, new Event.InputAccepted(input, RUN, why), trace.parent()),
                new Recorded(3, 42, new Event.RunTimedOut(RUN)));
        if (Boolean.getBoolean("golden.write") && Files.notExists(TRACED)) {
            Files.createDirectories(TRACED.getParent());
            Files.writeString(TRACED, EventCodec.writeAll(decision) + "\n");
        }
        String golden = Files.readString(TRACED).strip();
        assertThat(EventCodec.readAll(golden, 1, 42)).isEqualTo(decision);
        assertThat(EventCodec.writeAll(decision)).isEqualTo(golden);
    }

    private static Path file(Event event) {
        return V1.resolve(EventCodec.typeOf(event) + ".json");
    }
}
