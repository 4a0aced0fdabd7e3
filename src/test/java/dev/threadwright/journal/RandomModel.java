package dev.threadwright.journal;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Breakpoint;
import dev.threadwright.thread.Budget;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Control;
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
import dev.threadwright.thread.Intake;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.KeptInput;
import dev.threadwright.thread.Leg;
import dev.threadwright.thread.Lineage;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.QueuedRun;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.Resumable;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.Stop;
import dev.threadwright.thread.Task;
import dev.threadwright.thread.TaskId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.thread.policy.CustomPolicy;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import dev.threadwright.thread.policy.RulesPolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.StandardReducer;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Values of the model that could be, whether or not any thread would come to them.
 *
 * @param plausible whether names and numbers are like those that threads come to, as the published schemas promise
 * @param texts what stands where any text may stand
 */
record RandomModel(RandomGenerator random, boolean plausible, Supplier<String> texts) {

    /** What JSON, Java and Postgres might not agree on. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "hello",
            "\u0000",
            "x\u0000y",
            "\"\\/\b\f\n\r\t",
            "\u007f\u0080",
            "\u2028\u2029",
            "é",
            "日本語",
            "😀👩‍👩‍👧",
            "\ufffe\uffff",
            "</script>",
            "{\"type\":\"x\"}",
            "null",
            "NaN",
            "a".repeat(5_000));

    RandomModel(RandomGenerator random) {
        this(random, false);
    }

    RandomModel(RandomGenerator random, boolean plausible) {
        this(random, plausible, () -> TEXTS.get(random.nextInt(TEXTS.size())));
    }

    Event event(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "ThreadCreated" -> new Event.ThreadCreated();
            case "ThreadUpdated" -> new Event.ThreadUpdated(settings());
            case "InputAccepted" -> new Event.InputAccepted(input(), run(), why());
            case "InputRejected" ->
                new Event.InputRejected(
                        maybe(this::identity), command(), word(Rejection.class), text(), maybe(this::why));
            case "InputQueued" ->
                new Event.InputQueued(
                        run(), workflow(), maybe(this::large), word(Behind.class), bounds(), maybe(this::large));
            case "InputPromoted" -> new Event.InputPromoted(run());
            case "InputMerged" ->
                new Event.InputMerged(run(), list(this::identity), list(this::change), random.nextBoolean());
            case "InputExpired" -> new Event.InputExpired(identity(), run(), text());
            case "RunStarted" ->
                new Event.RunStarted(
                        run(),
                        workflow(),
                        word(Start.class),
                        identity(),
                        random.nextBoolean(),
                        large(),
                        list(this::change),
                        random.nextBoolean(),
                        list(this::planned),
                        bounds(),
                        values(),
                        maybe(() -> random.nextLong(1, 1L << 40)));
            case "RunCompleted" ->
                new Event.RunCompleted(run(), values(), list(this::change), list(this::change), list(this::change));
            case "RunFailed" -> new Event.RunFailed(run(), text(), text());
            case "RunTimedOut" -> new Event.RunTimedOut(run());
            case "RunCancelled" -> new Event.RunCancelled(run(), word(Cause.class), random.nextBoolean());
            case "StateRolledBack" -> new Event.StateRolledBack(run(), large());
            case "StateUpdated" -> new Event.StateUpdated(maybe(this::run), list(this::change));
            case "StateRestored" -> new Event.StateRestored(checkpointText(), channels(), maybe(this::resumable));
            case "ThreadForked" -> new Event.ThreadForked(name(), checkpointText(), channels(), maybe(this::resumable));
            case "StateBranched" ->
                new Event.StateBranched(
                        maybe(this::checkpointText),
                        maybe(this::channels),
                        list(this::text),
                        list(this::change),
                        maybe(this::resumable));
            case "ThreadDeleted" -> new Event.ThreadDeleted();
            case "StepCompleted" ->
                new Event.StepCompleted(
                        run(),
                        task(),
                        text(),
                        list(this::change),
                        maybe(() -> list(this::text)),
                        list(this::change),
                        list(this::planned));
            case "StepFailed" ->
                new Event.StepFailed(
                        run(), task(), text(), text(), maybe(this::text), list(this::change), list(this::planned));
            case "SubgraphStarted" ->
                new Event.SubgraphStarted(run(), task(), workflow(), json(), list(this::change), list(this::planned));
            case "TimerSet" -> new Event.TimerSet(run(), task(), text(), large());
            case "TimerFired" -> new Event.TimerFired(run(), task());
            case "ActionRequested" ->
                new Event.ActionRequested(
                        run(),
                        task(),
                        action(),
                        text(),
                        text(),
                        json(),
                        random.nextBoolean(),
                        large(),
                        small(),
                        random.nextBoolean());
            case "ActionHeld" -> new Event.ActionHeld(run(), action(), small());
            case "ActionReleased" -> new Event.ActionReleased(run(), action(), small(), random.nextBoolean());
            case "ActionAccepted" -> new Event.ActionAccepted(run(), action(), small());
            case "ActionExtended" -> new Event.ActionExtended(run(), action(), small());
            case "ActionRetried" -> new Event.ActionRetried(run(), action(), small());
            case "ActionDenied" -> new Event.ActionDenied(run(), task(), action(), text(), text());
            case "ActionRetryScheduled" -> new Event.ActionRetryScheduled(run(), action(), small(), text(), large());
            case "ActionUncertain" -> new Event.ActionUncertain(run(), action(), small(), text());
            case "ActionSucceeded" -> new Event.ActionSucceeded(run(), action(), small(), json());
            case "ActionFailed" -> new Event.ActionFailed(run(), action(), small(), text());
            case "ActionResultDiscarded" -> new Event.ActionResultDiscarded(run(), action(), small(), text());
            case "ActionResultRecorded" -> new Event.ActionResultRecorded(run(), action(), small(), text(), json());
            case "InputKept" -> new Event.InputKept(identity(), run(), random.nextBoolean(), large());
            case "InterruptRaised" -> {
                boolean byHandler = random.nextBoolean();
                yield new Event.InterruptRaised(
                        run(), task(), text(), interrupt(), byHandler ? action() : null, byHandler ? small() : 0);
            }
            case "InterruptResolved" ->
                new Event.InterruptResolved(
                        run(), interruptId(), json(), text(), via(), maybe(this::identity), random.nextBoolean());
            case "InterruptRejected" ->
                new Event.InterruptRejected(run(), interruptId(), maybe(this::text), text(), via());
            case "InterruptExpired" ->
                new Event.InterruptExpired(run(), interruptId(), word(Event.Expiry.class), maybe(this::json));
            case "InterruptAnswerRejected" ->
                new Event.InterruptAnswerRejected(maybe(this::identity), run(), interruptId(), text(), text());
            case "WaitStarted" -> new Event.WaitStarted(run(), task(), text(), list(this::text), maybe(this::large));
            case "WaitSatisfied" -> new Event.WaitSatisfied(run(), task(), identity(), small());
            case "RunInterrupted" -> {
                List<Interrupt> interrupts = list(this::interrupt);
                yield new Event.RunInterrupted(
                        run(),
                        small(),
                        stop(interrupts.stream().map(Interrupt::id).toList()),
                        interrupts,
                        maybe(this::run));
            }
            case "RunResumed" ->
                new Event.RunResumed(
                        run(),
                        text(),
                        via(),
                        small(),
                        list(this::interruptId),
                        bounds(),
                        word(Event.Pass.class),
                        maybe(this::run));
            case "RunPaused" -> new Event.RunPaused(run(), text());
            case "RunUnpaused" -> new Event.RunUnpaused(run(), text());
            case "RunSteered" -> new Event.RunSteered(run(), identity(), small());
            case "RunRedirected" ->
                new Event.RunRedirected(
                        run(), list(this::text), json(), list(this::task), list(this::change), list(this::planned));
            case "CompactionStarted" -> new Event.CompactionStarted(run(), text(), large(), small());
            case "CompactionCompleted" -> new Event.CompactionCompleted(run(), large(), small());
            case "RunRequested" -> new Event.RunRequested(run(), Json.object(values()));
            case "RunRequestEnded" -> new Event.RunRequestEnded(run(), maybe(this::text), text());
            default -> throw new AssertionError("Say how to make a random " + type.getSimpleName());
        };
    }

    Outcome outcome() {
        return switch (random.nextInt(11)) {
            case 9 -> new Outcome.Resumed(run(), list(this::interruptId));
            case 10 -> new Outcome.Kept(run());
            case 0 -> new Outcome.Started(run());
            case 1 -> new Outcome.Merged(run());
            case 2 -> new Outcome.Queued(run());
            case 3 -> new Outcome.Rejected(word(Rejection.class), text());
            case 4 -> new Outcome.Cancelled(list(this::run));
            case 5 -> new Outcome.Applied();
            case 6 -> new Outcome.Unchanged(text());
            case 7 -> new Outcome.Duplicate(outcome());
            default -> new Outcome.Invalid(word(Rejection.class), text());
        };
    }

    ThreadState state(ThreadKey key) {
        return new ThreadState(
                key,
                random.nextLong(1, Long.MAX_VALUE),
                maybe(this::checkpoint),
                random.nextLong(),
                random.nextLong(),
                settings(),
                channels(),
                list(this::started),
                list(this::queued),
                new Intake(list(this::input), random.nextLong()),
                maybe(this::run),
                maybe(this::resumable),
                list(this::kept),
                maybe(this::text),
                maybe(this::workflow),
                random.nextBoolean());
    }

    private CheckpointId checkpoint() {
        return new CheckpointId(random.nextLong(1L << 48), random.nextLong(1, 1L << 42), random.nextInt(4));
    }

    private Channels channels() {
        Map<String, Channels.Cell> cells = new LinkedHashMap<>();
        list(this::text).forEach(name -> cells.put(name, new Channels.Cell(reducer(), json())));
        return new Channels(cells);
    }

    private Resumable resumable() {
        return new Resumable(maybe(this::run), list(this::input), frame(2));
    }

    private Planned planned() {
        return new Planned(text(), json(), new LinkedHashSet<>(list(this::text)));
    }

    private Frame frame(int depth) {
        return new Frame(workflow(), small(), list(() -> new Task(text(), json(), taskState(depth))));
    }

    private Task.State taskState(int depth) {
        return switch (random.nextInt(depth == 0 ? 10 : 11)) {
            case 0 -> new Task.Due(replay());
            case 7 -> new Task.Asking(interrupt(), replay());
            case 9 -> new Task.Held(calling());
            case 8 -> new Task.Awaiting(list(this::text), maybe(this::large));
            case 1 -> new Task.Joining(new LinkedHashSet<>(list(this::text)));
            case 2 -> calling();
            case 3 -> new Task.Backoff(calling(), large());
            case 4 -> new Task.Uncertain(calling(), text());
            case 5 -> new Task.Sleeping(large());
            case 6 -> new Task.Ended(list(this::change), maybe(() -> list(this::text)), maybe(() -> Json.of(text())));
            default -> new Task.Nested(frame(depth - 1), json(), channels(), list(this::change));
        };
    }

    private Task.Calling calling() {
        return new Task.Calling(
                action(),
                text(),
                json(),
                small(),
                random.nextBoolean(),
                large(),
                large(),
                small(),
                replay(),
                word(Awaited.class));
    }

    private TaskId task() {
        return new TaskId(plausible ? small() + (random.nextBoolean() ? "" : ".1/2") : text());
    }

    private StartedRun started() {
        return new StartedRun(
                run(),
                word(Start.class),
                random.nextBoolean()
                        ? new Lineage.Main(channels(), maybe(this::checkpoint))
                        : new Lineage.Side(channels(), list(this::change), maybe(this::checkpoint)),
                large(),
                large(),
                list(this::input),
                list(this::input),
                large(),
                list(this::input),
                new LinkedHashSet<>(list(this::text)),
                frame(2),
                leg(),
                control(),
                maybe(() -> new Budget(random.nextLong(1, 1L << 40), random.nextLong(1L << 40))));
    }

    private QueuedRun queued() {
        return new QueuedRun(
                run(),
                workflow(),
                list(this::input),
                large(),
                maybe(this::large),
                word(Behind.class),
                bounds(),
                maybe(this::large));
    }

    Input input() {
        Input.Type type = word(Input.Type.class);
        boolean typed = !plausible || type == Input.Type.EXTERNAL_EVENT;
        return new Input(identity(), type, typed ? maybe(this::text) : null, json(), maybe(this::trace));
    }

    TraceContext trace() {
        String parent = "00-%016x%016x-%016x-%02x"
                .formatted(random.nextLong() | 1, random.nextLong(), random.nextLong() | 1, random.nextInt(256));
        return new TraceContext(parent, maybe(() -> "vendor=" + random.nextLong(1_000)));
    }

    private Why why() {
        return new Why(word(DecisionKind.class), text(), maybe(this::text), text(), list(this::text));
    }

    private ThreadSettings settings() {
        return new ThreadSettings(
                maybe(this::policy),
                maybe(this::text),
                Json.object(values()),
                Json.object(values()),
                maybe(() -> random.nextLong(1, ThreadSettings.MAX_TTL_MINUTES)));
    }

    private Bounds bounds() {
        return new Bounds(
                new Breakpoints(new LinkedHashSet<>(list(this::text)), new LinkedHashSet<>(list(this::text))),
                maybe(() -> 1 + random.nextInt(Workflow.MAX_RECURSION_LIMIT)));
    }

    private InterruptId interruptId() {
        return new InterruptId(plausible ? "%016x%016x".formatted(random.nextLong(), random.nextLong()) : text());
    }

    private Interrupt interrupt() {
        return new Interrupt(interruptId(), small(), prompt(), random.nextLong(1L << 42));
    }

    private Prompt prompt() {
        boolean expires = random.nextBoolean();
        String kind = "k" + random.nextInt(5);
        return new Prompt(
                kind,
                json(),
                maybe(() -> Json.object(values())),
                expires ? random.nextLong(1, Prompt.MAX_EXPIRY_MS) : null,
                expires ? maybe(this::json) : null);
    }

    private Replay replay() {
        return new Replay(list(() -> new Replay.Answered(prompt(), json())), values(), small());
    }

    private Stop stop(List<InterruptId> interrupts) {
        return new Stop(interrupts, maybe(this::breakpoint), random.nextBoolean(), list(this::action));
    }

    private Breakpoint breakpoint() {
        return new Breakpoint(word(Breakpoint.When.class), text());
    }

    private Leg leg() {
        return new Leg(
                run(),
                small(),
                small(),
                bounds(),
                list(this::text),
                list(this::breakpoint),
                maybe(this::breakpoint),
                maybe(() -> stop(list(this::interruptId))),
                random.nextBoolean());
    }

    private Control control() {
        return new Control(
                random.nextBoolean(),
                small(),
                values(),
                maybe(() -> new Control.Redirect(list(this::text), json())),
                maybe(() -> new Control.Bare(interruptId(), json(), large())),
                list(this::identity));
    }

    private KeptInput kept() {
        return new KeptInput(input(), run(), random.nextBoolean(), large());
    }

    private Policy policy() {
        return random.nextBoolean()
                ? plainPolicy()
                : random.nextBoolean()
                        ? new CustomPolicy("custom")
                        : new RulesPolicy(list(() -> new RulesPolicy.Rule("a > 1", plainPolicy())), plainPolicy());
    }

    private Policy plainPolicy() {
        return switch (random.nextInt(6)) {
            case 0 -> new InterruptPolicy(random.nextBoolean());
            case 1 -> new ParallelPolicy(random.nextInt(1, 9));
            case 2 -> new MergePolicy();
            case 3 -> new RejectPolicy();
            case 4 ->
                new QueuePolicy(random.nextInt(1, 200), maybe(() -> random.nextLong(1, 1_000)), word(Behind.class));
            default -> new RollbackPolicy();
        };
    }

    private Change change() {
        return new Change(text(), reducer(), json(), maybe(() -> Json.of(text())));
    }

    private Reducer reducer() {
        return random.nextInt(5) == 0 ? new Reducer.Custom("top-ten") : word(StandardReducer.class);
    }

    private Identity identity() {
        return new Identity(name(), name());
    }

    private RunId run() {
        return new RunId(plausible ? uuid() : text());
    }

    private ActionId action() {
        return new ActionId(plausible ? run() + "-" + task() : text());
    }

    private WorkflowRef workflow() {
        return new WorkflowRef(random.nextBoolean() ? "echo" : "a@b", random.nextInt(1, 100));
    }

    private Map<String, Json> values() {
        Map<String, Json> values = new LinkedHashMap<>();
        list(this::text).forEach(name -> values.put(name, json()));
        return values;
    }

    Json json() {
        return json(random.nextInt(20) == 0 ? 100 : 3);
    }

    private Json json(int depth) {
        return switch (random.nextInt(depth > 0 ? depth > 3 ? 1 : 7 : 5)) {
            case 0 -> depth > 3 ? Json.array(List.of(json(depth - 1))) : Json.NULL;
            case 1 -> Json.of(random.nextBoolean());
            case 2 -> Json.of(random.nextLong());
            case 3 ->
                new Json.Num(new BigDecimal(
                        new BigInteger(500, new java.util.Random(random.nextLong())), random.nextInt(-2_000, 2_000)));
            case 4 -> Json.of(text());
            case 5 -> Json.array(list(() -> json(depth - 1)));
            default -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                list(this::text).forEach(name -> fields.put(name, json(depth - 1)));
                yield Json.object(fields);
            }
        };
    }

    /** Letters that no compression makes shorter. */
    String noise(int length) {
        return random.ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    String text() {
        return texts.get();
    }

    /** A text that says something. */
    private String name() {
        return plausible ? "n" + random.nextInt(5) : text();
    }

    private String command() {
        return plausible ? "run.resume" : text();
    }

    private String via() {
        return plausible ? List.of("kafka", "http", "system").get(random.nextInt(3)) : text();
    }

    private String checkpointText() {
        return plausible ? uuid() : text();
    }

    private String uuid() {
        return new java.util.UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** Counts, where they are plausible, from 1. */
    private int small() {
        return plausible ? random.nextInt(1, random.nextBoolean() ? 3 : 1_000) : random.nextInt();
    }

    private long large() {
        return plausible ? random.nextLong(1, 1L << 42) : random.nextLong();
    }

    private <T> List<T> list(Supplier<T> item) {
        List<T> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(item.get());
        }
        return items;
    }

    private <T> T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }

    private <E extends Enum<E>> E word(Class<E> type) {
        E[] words = type.getEnumConstants();
        return words[random.nextInt(words.length)];
    }
}
