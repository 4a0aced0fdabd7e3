package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Projections;
import dev.threadwright.journal.StoredThread;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Random workflows that ask, wait and stop, and people who answer rightly, wrongly, twice, too late and to the wrong one.
 * Whatever happens, an interrupt has one outcome, the outside knows what a run waits for, and no input is lost.
 */
class RandomPeopleTest {

    private static final long FIRST_SEED = Long.getLong("threadwright.seed", 1);
    private static final int SEQUENCES = Integer.getInteger("threadwright.sequences", 600);
    private static final int COMMANDS = 40;
    private static final List<String> TYPES = List.of("a", "b", "c");

    @Test
    void oneOutcomeForEachInterruptAndNobodyLeftInTheDark() {
        Set<Class<?>> events = new HashSet<>();
        Set<Event.Rejection> refusals = new HashSet<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
            Sequence sequence = new Sequence(seed);
            sequence.run();
            Projections.check(Commands.THREAD, sequence.journal, sequence.random);
            sequence.journal.forEach(recorded -> {
                events.add(recorded.event().getClass());
                if (recorded.event() instanceof Event.InputRejected rejected) {
                    refusals.add(rejected.reason());
                }
            });
        }
        if (SEQUENCES >= 600) {
            assertThat(events)
                    .as("events that occurred")
                    .containsAll(People.EVENTS)
                    .containsAll(People.OF_REQUESTS)
                    .contains(Event.StateRestored.class);
            assertThat(refusals)
                    .as("refusals that occurred")
                    .contains(
                            Event.Rejection.UNKNOWN_INTERRUPT,
                            Event.Rejection.INTERRUPT_EXPIRED,
                            Event.Rejection.ALREADY_ANSWERED,
                            Event.Rejection.AMBIGUOUS,
                            Event.Rejection.NOT_WAITING,
                            Event.Rejection.IN_FLIGHT,
                            Event.Rejection.UNKNOWN_STEP,
                            Event.Rejection.UNKNOWN_CHANNEL,
                            Event.Rejection.BUSY,
                            Event.Rejection.PRECONDITION,
                            Event.Rejection.UNKNOWN_CHECKPOINT);
        }
    }

    private static final class Sequence {
        final long seed;
        final RandomGenerator random;
        final Workflows workflows;
        final Decider decider;
        final StoredThread stored = new StoredThread(Commands.THREAD);
        final List<Recorded> journal = new ArrayList<>();
        final Map<Identity, Known.Prior> outcomes = new HashMap<>();
        final Map<RunId, RunStatus> ended = new HashMap<>();
        final Map<InterruptId, SettledInterrupt> settled = new LinkedHashMap<>();
        final Map<InterruptId, RunId> raised = new LinkedHashMap<>();
        final InputLedger inputs = new InputLedger();
        final TraceLedger traces = new TraceLedger();
        final LegLedger legs = new LegLedger();
        final List<Checkpoint> checkpoints = new ArrayList<>();
        ThreadState state = ThreadState.absent(Commands.THREAD);
        long nowMs = 1_000;
        int number;

        Sequence(long seed) {
            this.seed = seed;
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            Workflow inner = draw("inner", List.of());
            workflows = new Workflows(List.of(inner, draw("w", List.of("inner")), draw("v", List.of())));
            decider = new Decider(
                    new ServerSettings(Commands.INTERRUPT, "w", 4, 5, 3, 500),
                    workflows,
                    ThreadSpec.NO_JUDGES,
                    new JsonSchemas());
        }

        // Workflows

        private Workflow draw(String name, List<String> inner) {
            WorkflowBuilder builder = People.workflow(name).recursionLimit(random.nextInt(3, 12));
            int count = random.nextInt(1, 6);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                names.add("s" + i);
            }
            builder.start(random.nextInt(3) == 0 && count > 1 ? new String[] {"s0", "s1"} : new String[] {"s0"});
            for (int i = 0; i < count; i++) {
                int at = i;
                builder.step(names.get(i), kind(names, inner), options -> {
                    int die = random.nextInt(10);
                    if (die < 6 && at + 1 < count) {
                        options.to(names.get(at + 1));
                    } else if (die < 8) {
                        options.to(names.get(random.nextInt(count)));
                    }
                    if (random.nextInt(3) == 0) {
                        options.onError(names.get(random.nextInt(count)));
                    }
                    return random.nextInt(3) == 0 ? options : options.followsRoutes();
                });
            }
            if (random.nextInt(3) == 0) {
                builder.breakpoints(new Breakpoints(some(names), some(names)));
            }
            if (random.nextInt(3) == 0) {
                builder.compaction(names.get(random.nextInt(count)));
            }
            return builder.build();
        }

        private Set<String> some(List<String> names) {
            return switch (random.nextInt(6)) {
                case 0 -> Set.of(Breakpoints.ALL);
                case 1, 2 -> Set.of(names.get(random.nextInt(names.size())));
                default -> Set.of();
            };
        }

        private Step.Kind kind(List<String> names, List<String> inner) {
            int die = random.nextInt(100);
            if (die < 15) {
                List<String> goTo = random.nextInt(5) == 0 ? List.of(names.get(random.nextInt(names.size()))) : null;
                return new Step.Pure(view -> new Step.Outcome(List.of(new Write("log", Json.of("x"))), goTo));
            }
            if (die < 40) {
                return new Step.Action(
                        "worker",
                        Step.View::trigger,
                        Json.EMPTY_OBJECT,
                        People.into("log"),
                        200,
                        new Step.Retries(random.nextInt(2), 20, 20),
                        random.nextInt(3) > 0);
            }
            if (die < 70) {
                Prompt prompt = prompt();
                return new Step.Interrupt(view -> prompt, People.into("log"));
            }
            if (die < 88) {
                List<Step.Case> cases = new ArrayList<>();
                for (int i = random.nextInt(1, 3); i > 0; i--) {
                    String type = random.nextInt(4) == 0 ? null : TYPES.get(random.nextInt(2));
                    cases.add(new Step.Case(
                            type,
                            random.nextInt(3) == 0 ? (view, event) -> event.hashCode() % 2 == 0 : null,
                            People.into("log")));
                }
                long timeoutMs = random.nextInt(20, 400);
                return new Step.Wait(cases, random.nextBoolean() ? view -> timeoutMs : null);
            }
            return inner.isEmpty() || die < 93
                    ? new Step.Sleep(view -> 40)
                    : new Step.Subgraph(workflowRef(inner.getFirst()), null, null);
        }

        private static dev.threadwright.workflow.WorkflowRef workflowRef(String name) {
            return new dev.threadwright.workflow.WorkflowRef(name, 1);
        }

        private Prompt prompt() {
            String kind = List.of(Prompt.HUMAN_IN_THE_LOOP, Prompt.APPROVAL_REQUIRED, "own")
                    .get(random.nextInt(3));
            Json.Obj schema = random.nextBoolean() ? People.BOOLEAN : null;
            Long expiresInMs = random.nextInt(3) == 0 ? (Long) (long) random.nextInt(10, 300) : null;
            Json expiryAnswer = expiresInMs != null && random.nextBoolean() ? Json.FALSE : null;
            return new Prompt(kind, Json.of(random.nextInt(3)), schema, expiresInMs, expiryAnswer);
        }

        // Life

        void run() {
            Command last = null;
            try {
                for (int i = 0; i < COMMANDS; i++) {
                    nowMs += random.nextInt(30);
                    last = next();
                    decide(last);
                    if (random.nextInt(6) == 0) {
                        assertThat(stored.loaded())
                                .as("loaded from the snapshot")
                                .isEqualTo(state);
                    }
                }
                assertThat(stored.folded()).as("folded from the journal").isEqualTo(state);
                last = new Command.CancelAll(asked("run.cancel"), Long.MAX_VALUE, random.nextBoolean());
                decide(last);
                assertThat(state.isIdle()).as("all is cancelled").isTrue();
                assertThat(settled.keySet())
                        .as("every interrupt has its outcome")
                        .isEqualTo(raised.keySet());
                assertThat(Owed.of(state)).as("owed by nobody").isEmpty();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", after " + last + "\n"
                                + String.join(
                                        "\n",
                                        journal.stream()
                                                .map(r -> r.seq() + " " + Words.of(r.event()))
                                                .toList()),
                        e);
            }
        }

        private void decide(Command command) {
            ThreadState before = state;
            Known known = known(command);
            Decision decision = decider.decide(before, command, known);
            assertThat(decider.decide(before, command, known))
                    .as("deciding is a function")
                    .isEqualTo(decision);
            ThreadState now = before;
            for (Recorded recorded : decision.events()) {
                ThreadState after = Fold.evolve(now, recorded);
                follow(now, recorded.event(), after);
                inputs.follow(now, recorded.event(), after);
                traces.follow(command, recorded);
                legs.follow(recorded.event());
                checkpoints.addAll(Checkpoint.of(now, recorded, after));
                now = after;
            }
            state = decision.after();
            journal.addAll(decision.events());
            stored.append(decision.events());
            Identity identity = command.header().identity();
            if (identity != null && !(decision.outcome() instanceof Outcome.Invalid)) {
                outcomes.putIfAbsent(identity, new Known.Prior(command.header().contentHash(), decision.outcome()));
            }
            if (decision.outcome() instanceof Outcome.Rejected) {
                assertThat(decision.events().getLast().event())
                        .as("a refusal is stored")
                        .isInstanceOfAny(Event.InputRejected.class, Event.InterruptAnswerRejected.class);
            }
            legs.answered(command, decision);
            legs.balance(state);
            balance();
        }

        private void follow(ThreadState before, Event event, ThreadState after) {
            switch (event) {
                case Event.InterruptRaised one -> {
                    assertThat(raised.put(one.interrupt().id(), one.run()))
                            .as("raised once")
                            .isNull();
                    assertStarted(before, one.run(), one.action() == null);
                }
                case Event.ActionRequested one -> assertStarted(before, one.run(), true);
                case Event.WaitStarted one -> assertStarted(before, one.run(), true);
                case Event.TimerSet one -> assertStarted(before, one.run(), true);
                case Event.SubgraphStarted one -> assertStarted(before, one.run(), true);
                case Event.RunCompleted one -> ended.put(one.run(), RunStatus.COMPLETED);
                case Event.RunFailed one -> ended.put(one.run(), RunStatus.FAILED);
                case Event.RunTimedOut one -> ended.put(one.run(), RunStatus.TIMED_OUT);
                case Event.RunCancelled one -> ended.put(one.run(), RunStatus.CANCELLED);
                default -> {}
            }
            SettledInterrupt outcome = SettledInterrupt.by(event);
            if (outcome != null) {
                assertThat(raised).as("was asked").containsKey(outcome.id());
                assertThat(settled.put(outcome.id(), outcome))
                        .as("has one outcome")
                        .isNull();
            }
        }

        /** Nothing new starts in a run that somebody holds. */
        private static void assertStarted(ThreadState before, RunId id, boolean isNew) {
            StartedRun run = before.started(id);
            if (isNew) {
                assertThat(run.control().paused()).as("%s is paused", id).isFalse();
                assertThat(run.leg().at()).as("%s stands at", id).isNull();
            }
        }

        private void balance() {
            Set<InterruptId> pending = new HashSet<>();
            for (StartedRun run : state.started()) {
                run.interrupts().forEach(interrupt -> pending.add(interrupt.id()));
                RunStatus status = run.status();
                boolean stands = status == RunStatus.PAUSED || status == RunStatus.WAITING_USER;
                assertThat(run.firstDue()).as("nothing is left to do now").isNull();
                if (stands) {
                    assertThat(run.stop().isWithin(run.leg().told()))
                            .as("the outside knows")
                            .isTrue();
                } else {
                    assertThat(run.leg().told())
                            .as("the outside thinks that it waits")
                            .isNull();
                }
            }
            Set<InterruptId> open = new HashSet<>(raised.keySet());
            open.removeAll(settled.keySet());
            assertThat(pending).as("pending").isEqualTo(open);
            inputs.balance(state);
            traces.balance(state);
        }

        private Known known(Command command) {
            Identity identity = command.header().identity();
            RunId run = switch (command) {
                case Command.SubmitInput submit -> submit.run();
                case Command.CancelRun cancel -> cancel.run();
                case Command.ResumeRun resume -> resume.run();
                case Command.SteerRun steer -> steer.run();
                case Command.PauseRun pause -> pause.run();
                case Command.UnpauseRun unpause -> unpause.run();
                default -> null;
            };
            Map<InterruptId, SettledInterrupt> named = new HashMap<>(settled);
            named.keySet().retainAll(command.interrupts());
            String checkpoint = command instanceof Command.RequestRun request ? request.checkpoint() : null;
            return new Known(
                    identity == null ? null : outcomes.get(identity),
                    run == null ? null : ended.get(run),
                    checkpoints.stream()
                            .filter(one -> one.id().text(state.key()).equals(checkpoint))
                            .findFirst()
                            .orElse(null),
                    named);
        }

        // Commands

        private Command next() {
            if (random.nextInt(5) == 0) {
                return request();
            }
            int die = random.nextInt(100);
            if (die < 18) {
                return submit();
            }
            if (die < 28) {
                return Submit.event(++number, TYPES.get(random.nextInt(3)))
                        .at(nowMs)
                        .data(Json.of(random.nextInt(4)))
                        .policy(random.nextInt(4) == 0 ? policy() : null)
                        .to(random.nextInt(4) == 0 ? anyRun() : null)
                        .get();
            }
            if (die < 50) {
                return resume();
            }
            if (die < 53) {
                return new Command.RejectInterrupt(asked("interrupt.reject"), anyInterrupt(), null);
            }
            if (die < 58) {
                return new Command.PauseRun(asked("run.pause"), new RunId(anyRun()));
            }
            if (die < 64) {
                return new Command.UnpauseRun(asked("run.unpause"), new RunId(anyRun()));
            }
            if (die < 67) {
                Submit told = Submit.of(++number).log("steered");
                return new Command.SteerRun(
                        new Command.Header(
                                Commands.THREAD, nowMs, told.input().identity(), "s" + number, "run.steer", "ann"),
                        new RunId(anyRun()),
                        told.input());
            }
            if (die < 70) {
                return new Command.CompactThread(asked("thread.compact"), newRun(), "", random.nextInt(3));
            }
            if (die < 72) {
                return new Command.CancelRun(asked("run.cancel"), new RunId(anyRun()), random.nextBoolean());
            }
            if (die < 74) {
                return new Command.ContinueRun(asked("run.retry"), null, newRun());
            }
            if (die < 76) {
                return new Command.UpdateThread(
                        asked("thread.update"),
                        null,
                        null,
                        null,
                        random.nextBoolean() ? Json.EMPTY_OBJECT : Json.object("own", Json.of(random.nextBoolean())));
            }
            return die < 84 ? timers() : result();
        }

        private Command submit() {
            Submit submit = Submit.of(++number)
                    .at(nowMs)
                    .data(
                            random.nextBoolean()
                                    ? Json.of(random.nextBoolean())
                                    : Json.object("log", Json.of("i" + number)))
                    .workflow(random.nextInt(4) == 0 ? "v" : null)
                    .policy(random.nextBoolean() ? policy() : null);
            if (random.nextInt(8) == 0) {
                submit = submit.to(anyRun());
            } else if (random.nextInt(8) == 0) {
                submit = submit.answering(anyInterrupt().value());
            }
            return number % 3 == 0
                    ? submit.get()
                    : TraceTest.traced(submit, TraceTest.trace(number)).get();
        }

        private Policy policy() {
            return List.of(
                            Commands.INTERRUPT,
                            Commands.PREPEND,
                            Commands.PARALLEL,
                            Commands.PARALLEL,
                            Commands.PARALLEL,
                            Commands.MERGE,
                            Commands.QUEUE,
                            Commands.QUEUE_BEHIND_ACTIVE,
                            Commands.ROLLBACK,
                            Commands.REJECT)
                    .get(random.nextInt(10));
        }

        private Command resume() {
            Json answer = Json.of(random.nextBoolean());
            InterruptId interrupt = null;
            Json given = null;
            if (random.nextInt(4) > 0) {
                int die = random.nextInt(10);
                given = random.nextInt(8) == 0 ? Json.of("none") : answer;
                if (die < 5) {
                    interrupt = anyInterrupt();
                } else if (die < 7) {
                    Map<String, Json> map = new LinkedHashMap<>();
                    for (int i = random.nextInt(1, 3); i > 0; i--) {
                        map.put(anyInterrupt().value(), answer);
                    }
                    given = Json.object(map);
                }
            }
            List<Command.Edit> updates = random.nextInt(6) == 0
                    ? List.of(new Command.Edit(
                            random.nextInt(5) == 0 ? "nowhere" : "last", Json.of(number), random.nextBoolean()))
                    : List.of();
            List<String> goTo = random.nextInt(6) == 0 ? List.of("s" + random.nextInt(4)) : null;
            boolean carryOn = given == null && (goTo == null || random.nextBoolean());
            return new Command.ResumeRun(
                    asked("run.resume"),
                    random.nextInt(3) == 0 ? new RunId(anyRun()) : null,
                    interrupt,
                    given,
                    updates,
                    goTo,
                    Json.NULL,
                    carryOn ? Event.Pass.ONE : Event.Pass.NONE,
                    bounds());
        }

        private Bounds bounds() {
            return new Bounds(
                    random.nextInt(5) == 0 ? new Breakpoints(Set.of(Breakpoints.ALL), Set.of()) : Breakpoints.NONE,
                    random.nextInt(5) == 0 ? random.nextInt(1, 6) : null);
        }

        private Command request() {
            Command.Header header = asked("run.request");
            Identity identity = header.identity();
            RunId leg = new RunId("q" + number);
            int die = random.nextInt(10);
            boolean isCommand = die >= 5 && die < 8;
            Json answer = isCommand && random.nextInt(3) > 0 ? answer() : null;
            boolean isEmpty = answer == null && isCommand;
            return new Command.RequestRun(
                    header,
                    leg,
                    Json.EMPTY_OBJECT,
                    random.nextInt(4) > 0,
                    random.nextInt(6) == 0
                            ? Set.of(ThreadStatus.values()[random.nextInt(ThreadStatus.values().length)])
                            : Set.of(),
                    random.nextInt(3) == 0 ? null : policy(),
                    random.nextInt(4) == 0 ? "v" : null,
                    die < 5
                            ? new Input(
                                    identity,
                                    Input.Type.USER_INPUT,
                                    null,
                                    random.nextBoolean() ? Json.of(number) : Json.object("log", Json.of("q" + number)),
                                    header.trace())
                            : null,
                    answer,
                    isCommand && random.nextInt(3) == 0
                            ? List.of(new Command.Edit(
                                    random.nextInt(5) == 0 ? "nowhere" : "last", Json.of(number), false))
                            : List.of(),
                    isEmpty || isCommand && random.nextInt(4) == 0 ? List.of("s" + random.nextInt(4)) : null,
                    Json.NULL,
                    checkpoint(),
                    bounds(),
                    random.nextInt(4) == 0 ? random.nextInt(100) : 0);
        }

        private Json answer() {
            Json answer = random.nextInt(8) == 0 ? Json.of("none") : Json.of(random.nextBoolean());
            return random.nextInt(3) == 0 ? answer : Json.object(anyInterrupt().value(), answer);
        }

        /** Null mostly; then some are of long ago, and one in a few does not exist. */
        private String checkpoint() {
            if (random.nextInt(6) > 0) {
                return null;
            }
            return checkpoints.isEmpty() || random.nextInt(5) == 0
                    ? "nowhere"
                    : checkpoints.get(random.nextInt(checkpoints.size())).id().text(state.key());
        }

        private Command timers() {
            List<Long> due = Owed.of(state).stream()
                    .map(owed -> switch (owed) {
                        case Owed.Call call -> call.deadlineMs();
                        case Owed.Timer timer -> timer.dueAtMs();
                        case Owed.Turn turn -> throw new AssertionError("Nothing is held here: " + turn);
                    })
                    .sorted()
                    .toList();
            if (!due.isEmpty() && random.nextInt(3) > 0) {
                nowMs = Math.max(nowMs, due.getFirst());
            }
            return Commands.timersAt(nowMs);
        }

        private Command result() {
            List<Owed.Call> calls = Owed.of(state).stream()
                    .filter(Owed.Call.class::isInstance)
                    .map(Owed.Call.class::cast)
                    .toList();
            if (calls.isEmpty()) {
                return random.nextBoolean() ? submit() : resume();
            }
            Owed.Call call = calls.get(random.nextInt(calls.size()));
            int attempt = random.nextInt(10) == 0 ? call.attempt() - 1 : call.attempt();
            Command.Header header = new Command.Header(Commands.THREAD, nowMs, null, "", "result", "system");
            return switch (random.nextInt(13)) {
                case 12 -> new Command.AcceptAction(header, call.run(), call.action(), attempt);
                case 10 -> new Command.ExtendAction(header, call.run(), call.action(), attempt);
                case 11 -> new Command.SettleAction(header, call.run(), call.action(), settlement());
                case 0 -> new Command.FailAction(header, call.run(), call.action(), attempt, Failure.permanent("no"));
                case 1 -> new Command.FailAction(header, call.run(), call.action(), attempt, Failure.passing("no"));
                case 2 -> new Command.LoseAction(header, call.run(), call.action(), attempt);
                case 3, 4 -> new Command.RaiseInterrupt(header, call.run(), call.action(), attempt, prompt());
                case 5 ->
                    new Command.RecordResult(
                            header, call.run(), call.action(), attempt, "r" + random.nextInt(2), Json.of(number));
                default -> new Command.CompleteAction(header, call.run(), call.action(), attempt, Json.of("done"));
            };
        }

        private Command.Settlement settlement() {
            return switch (random.nextInt(3)) {
                case 0 -> new Command.Settlement.Retry();
                case 1 -> new Command.Settlement.Fail("given up");
                default -> new Command.Settlement.Succeed(Json.of("by hand"));
            };
        }

        private String anyRun() {
            List<String> runs = new ArrayList<>(List.of("r" + random.nextInt(1, number + 2)));
            for (int i = 0; i < 3; i++) {
                state.started().forEach(run -> runs.add(run.id().value()));
            }
            state.queue().forEach(run -> runs.add(run.id().value()));
            return runs.get(random.nextInt(runs.size()));
        }

        private InterruptId anyInterrupt() {
            List<InterruptId> all = new ArrayList<>(raised.keySet());
            for (int i = 0; i < 4; i++) {
                state.started().forEach(run -> run.interrupts().forEach(one -> all.add(one.id())));
            }
            return all.isEmpty() || random.nextInt(10) == 0
                    ? new InterruptId("f".repeat(32))
                    : all.get(random.nextInt(all.size()));
        }

        private RunId newRun() {
            return new RunId("r" + ++number);
        }

        private Command.Header asked(String type) {
            String id = type + " " + ++number;
            return new Command.Header(
                    Commands.THREAD,
                    nowMs,
                    new Identity("people", id),
                    id,
                    type,
                    "ann",
                    "http",
                    number % 3 == 0 ? null : TraceTest.trace(number));
        }
    }
}
