package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One thread under test: {@code given(input(1)).when(input(2)).then("InputAccepted ...")}. Knows what an actor would
 * look up (first outcomes, ended runs), and asserts on every command that deciding is a function and folding restores.
 */
final class ThreadSpec {

    static final ServerSettings SETTINGS = new ServerSettings(Commands.INTERRUPT, "async", 10, 100);

    /** Refuses to judge. */
    static final Judges NO_JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new IllegalStateException("no condition is known");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new IllegalStateException("no policy has this name");
        }
    };

    private final Map<Identity, Known.Prior> outcomes = new HashMap<>();
    private final Map<RunId, RunStatus> ended = new HashMap<>();
    private final List<Recorded> journal = new ArrayList<>();
    private final LegLedger legs = new LegLedger();
    private ServerSettings settings = SETTINGS;
    private Workflows workflows = TestWorkflows.ALL;
    private Judges judges = NO_JUDGES;
    private Gate gate = Gate.OPEN;
    private Checkpoint source;
    private ThreadState state = ThreadState.absent(Commands.THREAD);
    private Decision decision = new Decision(List.of(), new Outcome.Applied(), state);

    private ThreadSpec() {}

    static ThreadSpec thread() {
        return new ThreadSpec();
    }

    /** @param what commands, suppliers of commands, or events that simply happened */
    static ThreadSpec given(Object... what) {
        return thread().and(what);
    }

    ThreadSpec policy(Policy policy) {
        settings = new ServerSettings(policy, settings.workflow(), settings.maxActiveRuns(), settings.maxInbox());
        return this;
    }

    ThreadSpec limits(int maxActiveRuns, int maxInbox) {
        settings = new ServerSettings(settings.policy(), settings.workflow(), maxActiveRuns, maxInbox);
        return this;
    }

    ThreadSpec workflows(Workflows others) {
        workflows = others;
        return this;
    }

    ThreadSpec judges(Judges others) {
        judges = others;
        return this;
    }

    ThreadSpec gate(Gate other) {
        gate = other;
        return this;
    }

    ThreadSpec and(Object... what) {
        for (Object one : what) {
            switch (one) {
                case Command command -> when(command);
                case Supplier<?> supplier -> when((Command) supplier.get());
                case Event event -> append(List.of(new Recorded(state.seq() + 1, Commands.NOW_MS, event)));
                default -> throw new IllegalArgumentException("Neither command nor event: " + one);
            }
        }
        return this;
    }

    ThreadSpec when(Supplier<Command> command) {
        return when(command.get());
    }

    ThreadSpec when(Command command) {
        Known known = known(command);
        decision = decider().decide(state, command, known);
        assertThat(decider().decide(state, command, known)).as("decided again").isEqualTo(decision);
        assertThat(decider().decide(refolded(), command, known))
                .as("decided on the state that the journal folds to")
                .isEqualTo(decision);
        append(decision.events());
        assertThat(state).as("the state that the decision left").isEqualTo(decision.after());
        legs.answered(command, decision);
        legs.balance(state);
        Identity identity = command.header().identity();
        if (identity != null && !(decision.outcome() instanceof Outcome.Invalid)) {
            outcomes.putIfAbsent(identity, new Known.Prior(command.header().contentHash(), decision.outcome()));
        }
        return this;
    }

    /** Exactly these events, as {@link Words} writes them. */
    ThreadSpec then(String... lines) {
        assertThat(words()).containsExactly(lines);
        return this;
    }

    ThreadSpec thenNothing() {
        return then();
    }

    /** Nothing but this refusal, stored on the thread. */
    ThreadSpec refused(String reasonAndMessage) {
        assertThat(decision.events()).hasSize(1);
        Event.InputRejected refusal = last(Event.InputRejected.class);
        assertThat(refusal.reason() + ": " + refusal.message()).isEqualTo(reasonAndMessage);
        return this;
    }

    /** That one of the events begins like this. */
    ThreadSpec has(String words) {
        assertThat(decision.events())
                .extracting(recorded -> Words.of(recorded.event()))
                .anySatisfy(line -> assertThat(line).startsWith(words));
        return this;
    }

    ThreadSpec outcome(String words) {
        assertThat(Words.of(decision.outcome())).isEqualTo(words);
        return this;
    }

    /** The thread's channels, as one JSON object with sorted keys. */
    ThreadSpec state(String json) {
        assertThat(Words.of(Json.object(state.channels().values()))).isEqualTo(Words.of(JsonText.parse(json)));
        return this;
    }

    ThreadSpec running(String words) {
        assertThat(state.situation().words()).isEqualTo(words);
        return this;
    }

    Decision decision() {
        return decision;
    }

    ThreadState state() {
        return state;
    }

    /** The events of the last command. */
    List<String> words() {
        return decision.events().stream()
                .map(recorded -> Words.of(recorded.event()))
                .toList();
    }

    /** All events so far. */
    List<Event> journal() {
        return journal.stream().map(Recorded::event).toList();
    }

    <E extends Event> E last(Class<E> type) {
        return decision.events().stream()
                .map(Recorded::event)
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private Decider decider() {
        return new Decider(settings, workflows, judges, new JsonSchemas(), gate);
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
            case Command.RejectInterrupt ignored -> null;
            case Command.CompactThread ignored -> null;
            case Command.RaiseInterrupt ignored -> null;
            case Command.RecordResult ignored -> null;
            case Command.CancelAll ignored -> null;
            case Command.UpdateThread ignored -> null;
            case Command.CompleteAction ignored -> null;
            case Command.FailAction ignored -> null;
            case Command.LoseAction ignored -> null;
            case Command.ReleaseAction ignored -> null;
            case Command.AcceptAction ignored -> null;
            case Command.ExtendAction ignored -> null;
            case Command.SettleAction ignored -> null;
            case Command.FireTimers ignored -> null;
            case Command.ContinueRun ignored -> null;
            case Command.UpdateState ignored -> null;
            case Command.RestoreState ignored -> null;
            case Command.ForkThread ignored -> null;
            case Command.RequestRun ignored -> null;
            case Command.CreateThread ignored -> null;
            case Command.DeleteThread ignored -> null;
        };
        return new Known(
                identity == null ? null : outcomes.get(identity),
                run == null ? null : ended.get(run),
                checkpoint(command),
                settled(command));
    }

    private Map<InterruptId, SettledInterrupt> settled(Command command) {
        Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
        for (Recorded recorded : journal) {
            SettledInterrupt one = SettledInterrupt.by(recorded.event());
            if (one != null && command.interrupts().contains(one.id())) {
                settled.put(one.id(), one);
            }
        }
        return settled;
    }

    /** The thread's own; what a fork copies is given to it. */
    private Checkpoint checkpoint(Command command) {
        String named = switch (command) {
            case Command.RestoreState restore -> restore.checkpoint();
            case Command.ForkThread fork -> fork.checkpoint();
            case Command.RequestRun request -> request.checkpoint();
            case Command.UpdateState update -> update.checkpoint();
            default -> null;
        };
        return command instanceof Command.ForkThread && source != null
                ? source
                : checkpoints().stream()
                        .filter(one -> one.id().text(state.key()).equals(named))
                        .findFirst()
                        .orElse(null);
    }

    /** All that the journal holds, the oldest first. */
    List<Checkpoint> checkpoints() {
        List<Checkpoint> all = new ArrayList<>();
        ThreadState folded = ThreadState.absent(Commands.THREAD);
        for (Recorded recorded : journal) {
            ThreadState after = Fold.evolve(folded, recorded);
            all.addAll(Checkpoint.of(folded, recorded, after));
            folded = after;
        }
        return all;
    }

    /** What a fork of another thread copies. */
    ThreadSpec forking(Checkpoint checkpoint) {
        source = checkpoint;
        return this;
    }

    private ThreadState refolded() {
        ThreadState folded = ThreadState.absent(Commands.THREAD);
        for (Recorded recorded : journal) {
            folded = Fold.evolve(folded, recorded);
        }
        return folded;
    }

    private void append(List<Recorded> events) {
        for (Recorded recorded : events) {
            state = Fold.evolve(state, recorded);
            journal.add(recorded);
            legs.follow(recorded.event());
            switch (recorded.event()) {
                case Event.RunCompleted completed -> ended.put(completed.run(), RunStatus.COMPLETED);
                case Event.RunFailed failed -> ended.put(failed.run(), RunStatus.FAILED);
                case Event.RunTimedOut timedOut -> ended.put(timedOut.run(), RunStatus.TIMED_OUT);
                case Event.RunCancelled cancelled -> ended.put(cancelled.run(), RunStatus.CANCELLED);
                default -> {}
            }
        }
    }
}
