package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Projections;
import dev.threadwright.journal.StoredThread;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.policy.CustomPolicy;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random graphs under random commands and crashes, against invariants. A failure names its seed; {@code
 * -Dthreadwright.seed=N} starts with that one, {@code -Dthreadwright.sequences=N} runs more of them.
 */
class RandomGraphsTest {

    private static final long FIRST_SEED = Long.getLong("threadwright.seed", 1);
    private static final int SEQUENCES = Integer.getInteger("threadwright.sequences", 300);
    private static final int COMMANDS = 35;

    /** Only what the outside world is told of, and what no command here asks for. */
    private static final Set<Event.Rejection> NEVER = EnumSet.of(
            Event.Rejection.QUOTA_THREADS,
            Event.Rejection.QUOTA_RUNS,
            Event.Rejection.UNKNOWN_THREAD,
            Event.Rejection.UNKNOWN_INTERRUPT,
            Event.Rejection.UNKNOWN_ACTION,
            Event.Rejection.INTERRUPT_EXPIRED,
            Event.Rejection.ALREADY_ANSWERED,
            Event.Rejection.INVALID_ANSWER,
            Event.Rejection.AMBIGUOUS,
            Event.Rejection.NOT_WAITING,
            Event.Rejection.IN_FLIGHT,
            Event.Rejection.THREAD_DELETED,
            Event.Rejection.PRECONDITION);

    @Test
    void invariantsHoldWhateverTheGraphsTheCommandsAndTheCrashes() {
        Set<Class<?>> events = new HashSet<>();
        EnumSet<Event.Rejection> rejections = EnumSet.noneOf(Event.Rejection.class);
        int completed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES; seed++) {
            Sequence sequence = new Sequence(seed);
            sequence.run();
            Projections.check(Commands.THREAD, sequence.life.journal, generator(seed));
            for (Recorded recorded : sequence.life.journal) {
                events.add(recorded.event().getClass());
                if (recorded.event() instanceof Event.InputRejected rejected) {
                    rejections.add(rejected.reason());
                }
                completed += recorded.event() instanceof Event.RunCompleted ? 1 : 0;
            }
        }
        if (SEQUENCES >= 300) {
            assertThat(events).as("events that occurred").containsExactlyInAnyOrderElementsOf(expected());
            assertThat(EnumSet.complementOf(rejections))
                    .as("refusals that never occurred")
                    .isEqualTo(NEVER);
            assertThat(completed).as("runs that went to their end").isGreaterThan(SEQUENCES);
        }
    }

    /** What people do to runs is another test's. */
    private static Set<Class<?>> expected() {
        Set<Class<?>> expected = new HashSet<>(List.of(Event.class.getPermittedSubclasses()));
        expected.removeAll(People.EVENTS);
        expected.removeAll(People.OF_REQUESTS);
        expected.remove(Event.ThreadDeleted.class);
        return expected;
    }

    @Test
    void scenario72_theSameCommandsGiveIdenticalEventsHoweverTheyAreCutIntoBatches() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEQUENCES / 5; seed++) {
            Sequence sequence = new Sequence(seed);
            sequence.run();
            RandomGenerator cuts = generator(-seed);
            for (int i = 0; i < 2; i++) {
                assertThat(sequence.replay(cuts)).as("seed %d", seed).isEqualTo(sequence.life.journal);
            }
        }
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** A thread, and what its actor would look up. */
    private static final class Life {
        final Decider decider;
        final Map<Identity, Known.Prior> outcomes = new HashMap<>();
        final Map<RunId, RunStatus> ended = new HashMap<>();
        final Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
        final List<Recorded> journal = new ArrayList<>();
        final StoredThread stored = new StoredThread(Commands.THREAD);
        Checkpoint forkSource;
        ThreadState state = ThreadState.absent(Commands.THREAD);

        Life(Decider decider) {
            this.decider = decider;
        }

        Decision decide(Command command) {
            Decision decision = decider.decide(state, command, known(command));
            ThreadState before = state;
            for (Recorded recorded : decision.events()) {
                ThreadState after = Fold.evolve(before, recorded);
                Checkpoint.of(before, recorded, after)
                        .forEach(one -> checkpoints.put(one.id().text(Commands.THREAD), one));
                end(recorded.event());
                before = after;
            }
            Identity identity = command.header().identity();
            if (identity != null && !(decision.outcome() instanceof Outcome.Invalid)) {
                outcomes.putIfAbsent(identity, new Known.Prior(command.header().contentHash(), decision.outcome()));
            }
            state = decision.after();
            journal.addAll(decision.events());
            stored.append(decision.events());
            return decision;
        }

        Known known(Command command) {
            Identity identity = command.header().identity();
            RunId run = command instanceof Command.SubmitInput submit
                    ? submit.run()
                    : command instanceof Command.CancelRun cancel ? cancel.run() : null;
            Checkpoint checkpoint = command instanceof Command.RestoreState restore
                    ? checkpoints.get(restore.checkpoint())
                    : command instanceof Command.UpdateState update && update.checkpoint() != null
                            ? checkpoints.get(update.checkpoint())
                            : command instanceof Command.ForkThread ? forkSource : null;
            return new Known(
                    identity == null ? null : outcomes.get(identity),
                    run == null ? null : ended.get(run),
                    checkpoint,
                    Map.of());
        }

        private void end(Event event) {
            switch (event) {
                case Event.RunCompleted completed -> ended.put(completed.run(), RunStatus.COMPLETED);
                case Event.RunFailed failed -> ended.put(failed.run(), RunStatus.FAILED);
                case Event.RunTimedOut timedOut -> ended.put(timedOut.run(), RunStatus.TIMED_OUT);
                case Event.RunCancelled cancelled -> ended.put(cancelled.run(), RunStatus.CANCELLED);
                default -> {
                    // No other event ends a run.
                }
            }
        }
    }

    /** One thread's life under one seed, and the invariants. */
    private static final class Sequence {
        final long seed;
        final RandomGenerator random;
        final RandomGraphs graphs;
        final ServerSettings settings;
        final Workflows workflows;
        final Life life;
        final InputLedger inputs = new InputLedger();
        final TaskLedger tasks = new TaskLedger();
        final List<Command> commands = new ArrayList<>();
        final List<Submit> submitted = new ArrayList<>();
        final List<Command> results = new ArrayList<>();
        long nowMs = 1_000;
        int number;

        Sequence(long seed) {
            this(seed, generator(seed), null, 0);
        }

        private Sequence(long seed, RandomGenerator random, Workflows known, int number) {
            this.seed = seed;
            this.random = random;
            this.number = number;
            graphs = new RandomGraphs(random);
            settings = new ServerSettings(Commands.INTERRUPT, "w2", random.nextInt(1, 5), random.nextInt(1, 4));
            workflows = known == null ? graphs.draw() : known;
            Gate gate = random.nextInt(3) == 0 ? (tenant, target) -> true : Gate.OPEN;
            life = new Life(new Decider(settings, workflows, ThreadSpec.NO_JUDGES, new JsonSchemas(), gate));
        }

        void run() {
            int done = 0;
            try {
                if (random.nextInt(6) == 0) {
                    fork();
                }
                for (; done < COMMANDS; done++) {
                    nowMs += random.nextInt(25);
                    decide(next());
                    if (random.nextInt(4) == 0) {
                        crash();
                    }
                }
                finish();
                crash();
                assertThat(life.stored.folded()).as("folded from the journal").isEqualTo(life.state);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed %d, command %d %s: %s"
                                .formatted(seed, done, commands.isEmpty() ? "-" : commands.getLast(), e),
                        e);
            }
        }

        /** This thread begins as a copy of another one's state. */
        private void fork() {
            Sequence source = new Sequence(seed, random, workflows, 1_000);
            for (int i = 0; i < 15; i++) {
                source.decide(source.next());
            }
            List<Checkpoint> all = new ArrayList<>(source.life.checkpoints.values());
            if (!all.isEmpty()) {
                life.forkSource = all.get(random.nextInt(all.size()));
                decide(new Command.ForkThread(asked("thread.fork"), "source", null, values(), maybeRun()));
            }
        }

        private void decide(Command command) {
            commands.add(command);
            ThreadState before = life.state;
            Known known = life.known(command);
            Decision decision = life.decide(command);
            assertThat(life.decider.decide(before, command, known))
                    .as("decided again")
                    .isEqualTo(decision);

            ThreadState live = before;
            for (Recorded recorded : decision.events()) {
                ThreadState after = Fold.evolve(live, recorded);
                inputs.follow(live, recorded.event(), after);
                tasks.follow(recorded.event(), after);
                assertCheckpoints(live, recorded, after);
                live = after;
            }
            assertThat(live).as("folding gives the state that was decided on").isEqualTo(decision.after());
            inputs.balance(live);
            tasks.balance(live);
            assertResult(command, decision);
            assertNothingIsLeftDue(live, decision);
            assertNothingIsLoggedTwice(live);
        }

        private void crash() {
            if (random.nextInt(3) == 0) {
                assertThat(life.stored.folded()).as("folded from the journal").isEqualTo(life.state);
            }
            ThreadState loaded = life.stored.loaded();
            assertThat(loaded).as("loaded from the snapshot").isEqualTo(life.state);
            if (random.nextInt(3) == 0) {
                life.stored.takeSnapshot(loaded);
            }
            life.state = loaded;
        }

        /** Whatever is outstanding is answered and every timer fires: in the end the thread is idle. */
        private void finish() {
            for (int i = 0; i < 5_000 && !life.state.isIdle(); i++) {
                List<Owed> owed = Owed.of(life.state);
                Owed.Call call = owed.stream()
                        .filter(Owed.Call.class::isInstance)
                        .map(Owed.Call.class::cast)
                        .findFirst()
                        .orElse(null);
                Owed.Turn turn = turns().findFirst().orElse(null);
                if (turn != null) {
                    decide(release(turn));
                } else if (call != null) {
                    decide(new Command.CompleteAction(header(), call.run(), call.action(), call.attempt(), Json.NULL));
                } else if (!owed.isEmpty()) {
                    nowMs = Math.max(nowMs, dueMs(owed));
                    decide(Commands.timersAt(nowMs));
                } else {
                    Task.Calling uncertain = uncertain();
                    RunId run = new RunId(runOf(uncertain));
                    decide(new Command.CompleteAction(
                            header(), run, uncertain.action(), uncertain.attempt(), Json.NULL));
                }
            }
            assertThat(life.state.isIdle()).as("all comes to an end").isTrue();
            assertThat(Owed.of(life.state)).isEmpty();
        }

        private Stream<Owed.Turn> turns() {
            return Owed.of(life.state).stream()
                    .filter(Owed.Turn.class::isInstance)
                    .map(Owed.Turn.class::cast);
        }

        private Command release(Owed.Turn turn) {
            return new Command.ReleaseAction(header(), turn.run(), turn.action(), turn.attempt(), random.nextBoolean());
        }

        private Task.Calling uncertain() {
            Task.Calling call = anyUncertain();
            assertThat(call).as("who is waited for").isNotNull();
            return call;
        }

        /** Null if there is none. */
        private Task.Calling anyUncertain() {
            return life.state.started().stream()
                    .flatMap(run -> run.frame().all().stream())
                    .map(located -> located.task().state())
                    .filter(Task.Uncertain.class::isInstance)
                    .map(state -> ((Task.Uncertain) state).call())
                    .findFirst()
                    .orElse(null);
        }

        private static String runOf(Task.Calling call) {
            String action = call.action().value();
            return action.substring(0, action.lastIndexOf('-'));
        }

        /** The same commands; the state is carried within a batch and read from the journal after each cut. */
        List<Recorded> replay(RandomGenerator cuts) {
            Life again = new Life(life.decider);
            again.forkSource = life.forkSource;
            for (Command command : commands) {
                if (cuts.nextInt(4) == 0) {
                    again.state = again.stored.loaded();
                    if (cuts.nextInt(3) == 0) {
                        again.stored.takeSnapshot(again.state);
                    }
                }
                again.decide(command);
            }
            return again.journal;
        }

        // Invariants

        private void assertCheckpoints(ThreadState before, Recorded recorded, ThreadState after) {
            List<Checkpoint> made = Checkpoint.of(before, recorded, after);
            for (Checkpoint one : made) {
                assertThat(one.id().seq()).isEqualTo(recorded.seq());
                assertThat(CheckpointId.parse(Commands.THREAD, one.id().text(Commands.THREAD)))
                        .isEqualTo(one.id());
                assertThat(one.parents()).allSatisfy(parent -> {
                    assertThat(parent).isLessThan(one.id());
                    assertThat(life.checkpoints).containsKey(parent.text(Commands.THREAD));
                });
            }
            if (after.head() != null && after.head().seq() == recorded.seq()) {
                assertThat(made).as("what is at the head").anySatisfy(one -> {
                    assertThat(one.id()).isEqualTo(after.head());
                    assertThat(one.channels()).isEqualTo(after.channels());
                    assertThat(one.side()).isFalse();
                });
            }
            if (recorded.event() instanceof Event.RunCompleted completed) {
                Checkpoint end = made.getFirst();
                completed
                        .values()
                        .forEach((channel, value) -> assertThat(end.channels().get(channel))
                                .as("channel %s at the end of %s", channel, completed.run())
                                .isEqualTo(value));
                assertThat(completed.values().keySet())
                        .containsAll(before.started(completed.run()).written());
                if (!end.side()) {
                    assertThat(end.channels()).isEqualTo(after.channels());
                }
            }
        }

        /** A result counts exactly if its attempt was outstanding; nobody is asked twice. */
        private void assertResult(Command command, Decision decision) {
            if (command instanceof Command.CompleteAction complete) {
                boolean taken = decision.outcome() instanceof Outcome.Applied;
                assertThat(decision.events().stream()
                                .map(Recorded::event)
                                .filter(event -> event instanceof Event.ActionSucceeded succeeded
                                        && succeeded.action().equals(complete.action())))
                        .hasSize(taken ? 1 : 0);
                assertThat(decision.events().stream()
                                .map(Recorded::event)
                                .filter(Event.ActionResultDiscarded.class::isInstance))
                        .hasSize(taken || !life.state.exists() ? 0 : 1);
            }
        }

        private void assertNothingIsLeftDue(ThreadState state, Decision decision) {
            for (StartedRun run : state.started()) {
                assertThat(run.frame().firstDue()).as("due in %s", run.id()).isNull();
                assertThat(run.frame().isOver()).as("%s is over", run.id()).isFalse();
            }
            if (!state.queue().isEmpty()) {
                boolean free = state.queue().getFirst().behind() == Behind.UNFINISHED
                        ? state.started().isEmpty()
                        : state.situation().active() == 0;
                assertThat(free).as("the queue waits for nothing").isFalse();
            }
            assertThat(state.started().stream()
                            .filter(run -> run.lineage() instanceof Lineage.Main)
                            .count())
                    .as("main runs")
                    .isLessThanOrEqualTo(1);
            assertThat(state.resumable() == null
                            || state.started().stream().noneMatch(run -> run.lineage() instanceof Lineage.Main))
                    .as("what is left to do is not being done")
                    .isTrue();
            assertThat(decision.events())
                    .extracting(Recorded::timeMs)
                    .containsOnly(
                            decision.events().isEmpty()
                                    ? new Long[0]
                                    : new Long[] {commands.getLast().header().timeMs()});
        }

        /** Every input and every result logs a number of its own, so one that is applied twice shows. */
        private void assertNothingIsLoggedTwice(ThreadState state) {
            List<Json> logs = new ArrayList<>(List.of(state.channels().get("log")));
            state.started().forEach(run -> logs.add(state.channelsOf(run).get("log")));
            for (Json log : logs) {
                if (log instanceof Json.Arr list) {
                    assertThat(list.items().stream().filter(Json.Num.class::isInstance))
                            .doesNotHaveDuplicates();
                }
            }
        }

        // Commands

        private Command next() {
            int die = random.nextInt(100);
            if (die < 22) {
                return submit();
            }
            if (die < 27) {
                return remembered(input().to(anyRun()));
            }
            if (die < 30 && !submitted.isEmpty()) {
                Submit before = submitted.get(random.nextInt(submitted.size())).at(nowMs);
                return random.nextBoolean()
                        ? before.get()
                        : before.data(Json.of("something else")).get();
            }
            if (die < 33) {
                return new Command.CancelRun(asked("run.cancel"), new RunId(anyRun()), random.nextBoolean());
            }
            if (die < 34) {
                return new Command.CancelAll(asked("run.cancel"), nowMs - random.nextInt(30), random.nextBoolean());
            }
            if (die < 40 && (life.state.isIdle() || die == 34)) {
                return new Command.ContinueRun(
                        asked("run.continue"), random.nextInt(3) == 0 ? new RunId(anyRun()) : null, newRun());
            }
            if (die < 42) {
                return timers();
            }
            if (die < 45) {
                return random.nextInt(3) > 0
                        ? new Command.UpdateState(asked("state.update"), values())
                        : new Command.UpdateState(
                                asked("state.update"),
                                List.of(new Command.Update(Command.Update.edits(values()), anyStep())),
                                random.nextBoolean() ? anyCheckpoint() : null);
            }
            if (die < 48) {
                return new Command.RestoreState(asked("state.restore"), anyCheckpoint(), values(), maybeRun());
            }
            if (die < 49) {
                return new Command.UpdateThread(asked("thread.update"), null, null, Json.object("at", Json.of(nowMs)));
            }
            if (die < 50 && random.nextInt(4) == 0) {
                return new Command.ForkThread(asked("thread.fork"), "source", null, values(), maybeRun());
            }
            return die < 58 ? timers() : result();
        }

        /** What is due next, or nothing. */
        private Command timers() {
            List<Owed> owed = Owed.of(life.state);
            if (!owed.isEmpty() && random.nextInt(4) > 0) {
                nowMs = Math.max(nowMs, dueMs(owed));
            }
            return Commands.timersAt(nowMs);
        }

        private Command submit() {
            Submit submit = input().policy(policy());
            int die = random.nextInt(100);
            if (die < 90) {
                submit = submit.workflow(RandomGraphs.NAMES.get(random.nextInt(RandomGraphs.NAMES.size())));
            } else if (die < 94) {
                submit = submit.workflow(RandomGraphs.ODD);
            } else if (die < 96) {
                submit = submit.workflow("lost");
            }
            return remembered(submit);
        }

        private Policy policy() {
            return switch (random.nextInt(20)) {
                case 0, 1 -> new InterruptPolicy(random.nextBoolean());
                case 2, 3 -> Commands.ROLLBACK;
                case 4 -> Commands.REJECT;
                case 5 -> new CustomPolicy("unknown");
                case 6, 7, 8, 9, 10 -> new ParallelPolicy(random.nextInt(1, 5));
                case 11, 12, 13, 14 -> Commands.MERGE;
                default ->
                    new QueuePolicy(
                            random.nextInt(1, 4),
                            random.nextBoolean() ? null : random.nextLong(1, 100),
                            random.nextBoolean() ? Behind.ACTIVE : Behind.UNFINISHED);
            };
        }

        /** Of what is outstanding, most of the time; else a result that came before, or one that was never asked for. */
        private Command result() {
            int die = random.nextInt(100);
            Owed.Turn turn = turns().findFirst().orElse(null);
            if (turn != null && random.nextInt(3) > 0) {
                Command release = release(turn);
                results.add(release);
                return release;
            }
            if (die < 10 && !results.isEmpty()) {
                return results.get(random.nextInt(results.size()));
            }
            List<Owed.Call> calls = Owed.of(life.state).stream()
                    .filter(Owed.Call.class::isInstance)
                    .map(Owed.Call.class::cast)
                    .toList();
            if (calls.isEmpty() && die < 70) {
                return submit();
            }
            if (calls.isEmpty() || die < 15) {
                String run = anyRun();
                return result(new RunId(run), new ActionId(run + "-" + random.nextInt(1, 4)), random.nextInt(3));
            }
            Task.Calling uncertain = anyUncertain();
            if (uncertain != null && die < 17) {
                return accept(new RunId(runOf(uncertain)), uncertain.action(), uncertain.attempt());
            }
            Owed.Call call = calls.get(random.nextInt(calls.size()));
            if (die >= 88) {
                return accept(call.run(), call.action(), call.attempt());
            }
            if (die < 22) {
                return new Command.LoseAction(header(), call.run(), call.action(), call.attempt());
            }
            if (die < 25) {
                return new Command.ExtendAction(header(), call.run(), call.action(), call.attempt());
            }
            if (die < 30) {
                return new Command.SettleAction(header(), call.run(), call.action(), new Command.Settlement.Retry());
            }
            Command result = result(call.run(), call.action(), call.attempt());
            results.add(result);
            return result;
        }

        /** It may come again, when the attempt is over or has been taken on. */
        private Command accept(RunId run, ActionId action, int attempt) {
            Command accepted = new Command.AcceptAction(header(), run, action, attempt);
            results.add(accepted);
            return accepted;
        }

        private Command result(RunId run, ActionId action, int attempt) {
            return switch (random.nextInt(10)) {
                case 0 -> new Command.FailAction(header(), run, action, attempt, Failure.permanent("no luck"));
                case 1 -> new Command.FailAction(header(), run, action, attempt, Failure.passing("busy"));
                case 2 ->
                    new Command.FailAction(
                            header(),
                            run,
                            action,
                            attempt,
                            new Failure(
                                    Failure.Kind.RATE_LIMITED,
                                    "slow down",
                                    random.nextBoolean() ? null : random.nextLong(40)));
                case 3 -> new Command.CompleteAction(header(), run, action, attempt, Json.NULL);
                default -> new Command.CompleteAction(header(), run, action, attempt, graphs.data(++number));
            };
        }

        private Submit input() {
            Submit submit = Submit.of(++number).at(nowMs);
            return submit.data(graphs.data(number));
        }

        private Command remembered(Submit submit) {
            submitted.add(submit);
            return submit.get();
        }

        private Json.Obj values() {
            return random.nextInt(3) > 0 && graphs.data(++number) instanceof Json.Obj values
                    ? values
                    : Json.EMPTY_OBJECT;
        }

        private RunId newRun() {
            return new RunId("r" + ++number);
        }

        private RunId maybeRun() {
            return random.nextBoolean() ? newRun() : null;
        }

        /** One that is started or queued, has ended, or never was; follow-ups among them. */
        private String anyRun() {
            List<String> runs = new ArrayList<>(List.of("r" + random.nextInt(Math.max(1, number - 8), number + 2)));
            life.state.started().forEach(run -> runs.add(run.id().value()));
            life.state.queue().forEach(run -> runs.add(run.id().value()));
            if (life.state.resumable() != null && life.state.resumable().run() != null) {
                runs.add(life.state.resumable().run().value());
            }
            return runs.get(random.nextInt(runs.size()));
        }

        private String anyStep() {
            List<String> steps = new ArrayList<>(List.of(Command.Update.START, Command.Update.END));
            life.checkpoints.values().forEach(checkpoint -> steps.addAll(checkpoint.next()));
            return steps.get(random.nextInt(steps.size()));
        }

        private String anyCheckpoint() {
            List<String> all = new ArrayList<>(life.checkpoints.keySet());
            return all.isEmpty() || random.nextInt(8) == 0 ? "nonsense" : all.get(random.nextInt(all.size()));
        }

        private long dueMs(List<Owed> owed) {
            return owed.stream()
                    .map(one -> switch (one) {
                        case Owed.Call call -> call.deadlineMs();
                        case Owed.Timer timer -> timer.dueAtMs();
                        case Owed.Turn ignored -> nowMs;
                    })
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }

        private Command.Header asked(String type) {
            String id = "command " + number + " " + commands.size();
            return new Command.Header(Commands.THREAD, nowMs, new Identity("test", id), id, type, "tester");
        }

        private Command.Header header() {
            return new Command.Header(Commands.THREAD, nowMs, null, "", "result", "system");
        }
    }
}
