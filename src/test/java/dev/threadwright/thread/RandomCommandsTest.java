package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random command sequences against invariants and {@link PolicyModel}. A failure names its seed; {@code
 * -Dthreadwright.seed=N} starts with that one.
 */
class RandomCommandsTest {

    /** All but what {@code RandomGraphsTest} and the tests of checkpoints are about. */
    private static Set<Class<?>> expected() {
        Set<Class<?>> expected = new HashSet<>(List.of(Event.class.getPermittedSubclasses()));
        expected.removeAll(List.of(
                Event.StateUpdated.class,
                Event.StateRestored.class,
                Event.ThreadForked.class,
                Event.StateBranched.class,
                Event.ThreadDeleted.class,
                Event.SubgraphStarted.class,
                Event.TimerSet.class,
                Event.TimerFired.class,
                Event.ActionDenied.class,
                Event.ActionRetryScheduled.class,
                Event.ActionUncertain.class,
                Event.ActionHeld.class,
                Event.ActionReleased.class,
                Event.ActionAccepted.class,
                Event.ActionExtended.class,
                Event.ActionRetried.class));
        expected.removeAll(People.EVENTS);
        expected.removeAll(People.OF_REQUESTS);
        expected.removeAll(List.of(Event.RunInterrupted.class, Event.RunResumed.class));
        return expected;
    }

    private static final long FIRST_SEED = Long.getLong("threadwright.seed", 1);
    private static final int SEQUENCES = 3_000;
    private static final int COMMANDS = 30;
    private static final List<String> WORKFLOWS =
            List.of("pure", "async", "async", "async", "three", "three", "four", "failing", "async-failing");

    @Test
    void invariantsHoldAndTheModelAgrees() {
        Set<Class<?>> events = new HashSet<>();
        EnumSet<Event.Rejection> rejections = EnumSet.noneOf(Event.Rejection.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
            Sequence sequence = new Sequence(seed);
            sequence.run();
            for (Recorded recorded : sequence.journal) {
                events.add(recorded.event().getClass());
                if (recorded.event() instanceof Event.InputRejected rejected) {
                    rejections.add(rejected.reason());
                }
            }
        }
        assertThat(events).as("events that occurred").containsExactlyInAnyOrderElementsOf(expected());
        assertThat(EnumSet.complementOf(rejections))
                .as("refusals that never occurred")
                .containsExactlyInAnyOrder(
                        // Quotas are RoomTest's.
                        Event.Rejection.QUOTA_THREADS,
                        Event.Rejection.QUOTA_RUNS,
                        Event.Rejection.POLICY_FAILED,
                        Event.Rejection.UNKNOWN_THREAD,
                        Event.Rejection.UNKNOWN_INTERRUPT,
                        Event.Rejection.UNKNOWN_ACTION,
                        Event.Rejection.INTERRUPT_EXPIRED,
                        Event.Rejection.ALREADY_ANSWERED,
                        Event.Rejection.INVALID_ANSWER,
                        Event.Rejection.AMBIGUOUS,
                        Event.Rejection.NOT_WAITING,
                        Event.Rejection.IN_FLIGHT,
                        Event.Rejection.UNKNOWN_STEP,
                        Event.Rejection.UNKNOWN_WORKFLOW,
                        Event.Rejection.UNSUITABLE_WORKFLOW,
                        Event.Rejection.UNSUITABLE_INPUT,
                        Event.Rejection.UNKNOWN_CHANNEL,
                        Event.Rejection.UNKNOWN_CHECKPOINT,
                        Event.Rejection.NOTHING_TO_CONTINUE,
                        Event.Rejection.THREAD_EXISTS,
                        Event.Rejection.THREAD_DELETED,
                        Event.Rejection.PRECONDITION);
    }

    @Test
    void scenario72_theSameCommandsGiveIdenticalEventsHoweverTheyAreCutIntoBatches() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES / 10; seed++) {
            Sequence sequence = new Sequence(seed);
            sequence.run();
            RandomGenerator cuts = generator(-seed);
            for (int i = 0; i < 3; i++) {
                assertThat(sequence.replay(cuts)).as("seed %d", seed).isEqualTo(sequence.journal);
            }
        }
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private record Asked(Command command, Known known) {}

    /** One thread's life under one seed. */
    private static final class Sequence {
        final long seed;
        final RandomGenerator random;
        final ServerSettings settings;
        final Decider decider;
        final PolicyModel model;
        final InputLedger ledger = new InputLedger();
        final TraceLedger traces = new TraceLedger();
        final List<Recorded> journal = new ArrayList<>();
        final List<Asked> asked = new ArrayList<>();
        final Map<Identity, Known.Prior> outcomes = new HashMap<>();
        final Map<RunId, RunStatus> ended = new HashMap<>();
        final List<Submit> submitted = new ArrayList<>();
        ThreadState state = ThreadState.absent(Commands.THREAD);
        long nowMs = 1_000;
        int number;
        String expected = "";

        Sequence(long seed) {
            this.seed = seed;
            random = generator(seed);
            settings = new ServerSettings(Commands.INTERRUPT, "async", random.nextInt(1, 5), random.nextInt(1, 4));
            decider = new Decider(settings, TestWorkflows.ALL, ThreadSpec.NO_JUDGES, new JsonSchemas());
            model = new PolicyModel(settings.maxActiveRuns(), settings.maxInbox());
        }

        void run() {
            for (int i = 0; i < COMMANDS; i++) {
                nowMs += random.nextInt(15);
                Command command = i == 0 ? submitByPolicy() : next();
                try {
                    decide(command);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed %d, command %d %s: %s".formatted(seed, i, command, e), e);
                }
            }
        }

        private void decide(Command command) {
            Known known = known(command);
            Decision decision = decider.decide(state, command, known);
            assertThat(decider.decide(state, command, known))
                    .as("decided again")
                    .isEqualTo(decision);
            asked.add(new Asked(command, known));

            ThreadState live = state;
            for (Recorded recorded : decision.events()) {
                ThreadState after = Fold.evolve(live, recorded);
                ledger.follow(live, recorded.event(), after);
                traces.follow(command, recorded);
                end(recorded.event());
                live = after;
            }
            state = decision.after();
            journal.addAll(decision.events());
            Identity identity = command.header().identity();
            if (identity != null) {
                outcomes.putIfAbsent(identity, new Known.Prior(command.header().contentHash(), decision.outcome()));
            }

            assertThat(live).as("folding gives the state that was decided on").isEqualTo(state);
            assertThat(folded()).as("folding the journal gives the live state").isEqualTo(state);
            ledger.balance(state);
            traces.balance(state);
            assertRuns();
            assertNothingIsLoggedTwice();
            assertThat(word(decision.outcome())).as("outcome").isEqualTo(expected);
            assertThat(ids(state.started().stream().map(StartedRun::id).toList()))
                    .as("started runs")
                    .isEqualTo(model.started());
            assertThat(ids(state.queue().stream().map(QueuedRun::id).toList()))
                    .as("queued runs")
                    .isEqualTo(model.queued());
        }

        private void assertRuns() {
            long mains = state.started().stream()
                    .filter(run -> run.lineage() instanceof Lineage.Main)
                    .count();
            long followUps = state.started().stream()
                    .filter(run -> run.start() == Event.Start.FOLLOW_UP)
                    .count();
            assertThat(mains).as("main runs").isLessThanOrEqualTo(1);
            assertThat(state.started().size() - followUps).as("runs").isLessThanOrEqualTo(settings.maxActiveRuns());
            assertThat(state.queue().isEmpty() || !state.started().isEmpty())
                    .as("nobody waits for nothing")
                    .isTrue();
            for (int i = 0; i < journal.size(); i++) {
                assertThat(journal.get(i).seq()).isEqualTo(i + 1);
            }
        }

        /** Every input logs a number of its own, so an input that is mapped twice shows. */
        private void assertNothingIsLoggedTwice() {
            if (state.channels().get("log") instanceof Json.Arr log) {
                assertThat(log.items().stream().filter(Json.Num.class::isInstance))
                        .doesNotHaveDuplicates();
            }
        }

        private ThreadState folded() {
            ThreadState folded = ThreadState.absent(Commands.THREAD);
            for (Recorded recorded : journal) {
                folded = Fold.evolve(folded, recorded);
            }
            return folded;
        }

        /** The same commands; the state is carried within a batch and folded from the journal after each cut. */
        List<Recorded> replay(RandomGenerator cuts) {
            List<Recorded> events = new ArrayList<>();
            ThreadState carried = ThreadState.absent(Commands.THREAD);
            for (Asked one : asked) {
                if (cuts.nextInt(4) == 0) {
                    carried = ThreadState.absent(Commands.THREAD);
                    for (Recorded recorded : events) {
                        carried = Fold.evolve(carried, recorded);
                    }
                }
                Decision decision = decider.decide(carried, one.command(), one.known());
                events.addAll(decision.events());
                carried = decision.after();
            }
            return events;
        }

        private Command next() {
            int die = random.nextInt(100);
            if (die < 50) {
                return submitByPolicy();
            }
            if (die < 58) {
                return address();
            }
            if (die < 62) {
                return repeat();
            }
            if (die < 68) {
                return cancel();
            }
            if (die < 70) {
                return cancelAll();
            }
            if (die < 73) {
                expected = model.timers(nowMs);
                return Commands.timersAt(nowMs);
            }
            if (die < 75) {
                expected = "Applied";
                return new Command.UpdateThread(asked("thread.update"), null, null, Json.object("at", Json.of(nowMs)));
            }
            return result();
        }

        private Command submitByPolicy() {
            Submit submit = input();
            String workflow = WORKFLOWS.get(random.nextInt(WORKFLOWS.size()));
            int max = random.nextInt(1, 5);
            long ttlMs = random.nextBoolean() ? 0 : random.nextInt(1, 60);
            Behind behind = random.nextBoolean() ? Behind.ACTIVE : Behind.UNFINISHED;
            String name = List.of(
                            "interrupt",
                            "rollback",
                            "parallel",
                            "parallel",
                            "merge",
                            "merge",
                            "reject",
                            "queue",
                            "queue")
                    .get(random.nextInt(9));
            Policy policy = switch (name) {
                case "interrupt" -> new InterruptPolicy(random.nextBoolean());
                case "rollback" -> Commands.ROLLBACK;
                case "parallel" -> new ParallelPolicy(max);
                case "merge" -> Commands.MERGE;
                case "reject" -> Commands.REJECT;
                default -> new QueuePolicy(max, ttlMs == 0 ? null : ttlMs, behind);
            };
            expected = model.submit(nowMs, name, max, ttlMs, "r" + number, workflow);
            return remembered(submit.policy(policy).workflow(workflow));
        }

        private Command address() {
            String run = anyRun();
            expected = model.address(nowMs, run);
            return remembered(input().to(run));
        }

        /** An input that came before: as it was, or with other content. */
        private Command repeat() {
            Submit before = submitted.get(random.nextInt(submitted.size())).at(nowMs);
            if (random.nextBoolean()) {
                expected = "Duplicate";
                return before.get();
            }
            expected = "CONFLICT";
            return before.data(Json.of("something else")).get();
        }

        private Command cancel() {
            String run = anyRun();
            expected = model.cancel(nowMs, run);
            return new Command.CancelRun(asked("run.cancel"), new RunId(run), random.nextBoolean());
        }

        private Command cancelAll() {
            long cutOffMs = nowMs - random.nextInt(30);
            expected = model.cancelAll(nowMs, cutOffMs);
            return new Command.CancelAll(asked("run.cancel"), cutOffMs, random.nextBoolean());
        }

        private Command result() {
            List<Owed.Call> calls = Owed.of(state).stream()
                    .filter(Owed.Call.class::isInstance)
                    .map(Owed.Call.class::cast)
                    .toList();
            Command.Header header = new Command.Header(Commands.THREAD, nowMs, null, "", "result", "system");
            if (calls.isEmpty() || random.nextInt(8) == 0) {
                expected = "Unchanged";
                RunId run = new RunId(anyRun());
                return new Command.CompleteAction(header, run, Commands.action(run, 1), 2, Json.NULL);
            }
            Owed.Call call = calls.get(random.nextInt(calls.size()));
            boolean success = random.nextInt(4) > 0;
            expected = model.result(nowMs, call.run().value(), success);
            return success
                    ? new Command.CompleteAction(header, call.run(), call.action(), call.attempt(), Json.NULL)
                    : new Command.FailAction(
                            header, call.run(), call.action(), call.attempt(), Failure.permanent("no luck"));
        }

        private Submit input() {
            Submit submit = Submit.of(++number).at(nowMs);
            return switch (random.nextInt(3)) {
                case 0 -> submit;
                case 1 -> submit.last("value " + number);
                default -> submit.data(Json.object("log", Json.of(number)));
            };
        }

        private Command remembered(Submit submit) {
            submitted.add(submit);
            return random.nextInt(4) == 0
                    ? submit.get()
                    : TraceTest.traced(submit, TraceTest.trace(number)).get();
        }

        /** A run that is started or queued, has ended, or never was; follow-ups among them. */
        private String anyRun() {
            String run = "r" + random.nextInt(Math.max(1, number - 6), number + 2);
            return random.nextInt(5) == 0 ? new RunId(run).followUp().value() : run;
        }

        private Command.Header asked(String type) {
            String id = "command " + asked.size();
            return new Command.Header(Commands.THREAD, nowMs, new Identity("test", id), id, type, "tester");
        }

        private Known known(Command command) {
            Identity identity = command.header().identity();
            RunId run = command instanceof Command.SubmitInput submit
                    ? submit.run()
                    : command instanceof Command.CancelRun cancel ? cancel.run() : null;
            return new Known(identity == null ? null : outcomes.get(identity), run == null ? null : ended.get(run));
        }

        private void end(Event event) {
            if (event instanceof Event.RunCompleted completed) {
                ended.put(completed.run(), RunStatus.COMPLETED);
            } else if (event instanceof Event.RunFailed failed) {
                ended.put(failed.run(), RunStatus.FAILED);
            } else if (event instanceof Event.RunTimedOut timedOut) {
                ended.put(timedOut.run(), RunStatus.TIMED_OUT);
            } else if (event instanceof Event.RunCancelled cancelled) {
                ended.put(cancelled.run(), RunStatus.CANCELLED);
            }
        }

        private static String word(Outcome outcome) {
            return outcome instanceof Outcome.Rejected rejected
                    ? rejected.reason().name()
                    : outcome.getClass().getSimpleName();
        }

        private static List<String> ids(List<RunId> runs) {
            return runs.stream().map(RunId::value).toList();
        }
    }
}
