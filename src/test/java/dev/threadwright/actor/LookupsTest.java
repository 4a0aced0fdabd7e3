package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LookupsTest {

    private static final ThreadKey T = thread("t");
    private static final ThreadKey OTHER = thread("other");

    private final InMemoryJournal memory = new InMemoryJournal();
    private final CommittedBatches batches = new CommittedBatches(memory, LoopHarness.decider(Gate.OPEN));
    private final List<Set<ThreadKey>> loads = new ArrayList<>();
    private final List<Set<OutcomeKey>> outcomeReads = new ArrayList<>();
    private final Set<ThreadKey> damaged = new HashSet<>();
    private final Set<ThreadKey> withoutOutcomes = new HashSet<>();
    private boolean isAway;

    private final JournalDelegate journal = new JournalDelegate(memory) {
        @Override
        public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
            loads.add(Set.copyOf(threads));
            threads.stream().filter(damaged::contains).forEach(thread -> {
                throw unreadable(thread);
            });
            return super.load(threads);
        }

        @Override
        public Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
            outcomeReads.add(Set.copyOf(keys));
            if (isAway) {
                throw new JournalUnavailableException("The store is away", null);
            }
            keys.stream()
                    .map(OutcomeKey::thread)
                    .filter(withoutOutcomes::contains)
                    .forEach(thread -> {
                        throw unreadable(thread);
                    });
            return super.outcomes(keys);
        }
    };

    private final Actors actors = new Actors(10, 1 << 20);
    private final Lookups lookups =
            new Lookups(journal, NeededWorkflows.fixed(BuiltInWorkflows.registry()), actors, Measurements.NONE);

    @Test
    void statesAreThoseOfTheJournal_absentOnesToo() {
        batches.commit(input(T, "1", 1, null, "echo"));
        read(input(T, "2", 2, null, "echo"), input(OTHER, "3", 3, null, "echo"));
        assertThat(lookups.state(T).seq()).isEqualTo(memory.head(T)).isPositive();
        assertThat(lookups.state(OTHER).exists()).isFalse();
        assertThat(lookups.find(OTHER)).isNotNull();
        assertThat(lookups.find(thread("nobody"))).isNull();
        assertThatThrownBy(() -> lookups.state(thread("nobody"))).hasMessageContaining("was not loaded");
    }

    @Test
    void whatIsKeptInMemoryIsNotRead_untilItIsTrimmed() {
        ThreadState kept = ThreadState.absent(T);
        actors.put(0, kept);
        Command command = input(T, "1", 1, null, "echo");
        read(command);
        assertThat(loads).isEmpty();
        assertThat(lookups.state(T)).isSameAs(kept);

        lookups.readTrimmed(works(command));
        assertThat(loads).isEmpty();
        actors.remove(T);
        lookups.readTrimmed(works(command));
        lookups.readTrimmed(works(command));
        assertThat(loads).containsExactly(Set.of(T));
        assertThat(lookups.state(T)).isNotSameAs(kept);
    }

    @Test
    void whatACommitUnderWayChangesIsNotReadBeforeItIsSettled() {
        List<Work> works = works(input(T, "1", 1, null, "echo"), input(OTHER, "2", 2, null, "echo"));
        lookups.read(works, Set.of(T));
        assertThat(loads).containsExactly(Set.of(OTHER));
        assertThat(lookups.find(T)).isNull();
        lookups.readTrimmed(works);
        assertThat(loads).containsExactly(Set.of(OTHER), Set.of(T));
    }

    @Test
    void whatWasDecidedAboutIdentitiesRunsAndCheckpointsIsFound() {
        Command.SubmitInput first = input(T, "1", 1, null, "echo");
        batches.commit(first);
        Command fork = new Command.ForkThread(header(OTHER), "t", null, Json.EMPTY_OBJECT, null);
        read(input(T, "1", 1, null, "echo"), cancel(T, first.newRun()), fork);

        assertThat(lookups.outcome(key(first)).outcome()).isEqualTo(new Outcome.Started(first.newRun()));
        assertThat(lookups.ending(first.newRun())).isEqualTo(RunStatus.COMPLETED);
        assertThat(lookups.checkpoint(new CheckpointKey(T, null))).isNotNull();
        assertThat(lookups.isComplete()).isTrue();
        assertThat(lookups.ending(new RunId("unknown"))).isNull();

        lookups.clear();
        assertThat(lookups.outcome(key(first))).isNull();
        assertThat(lookups.ending(first.newRun())).isNull();
        assertThat(lookups.checkpoint(new CheckpointKey(T, null))).isNull();
        assertThat(lookups.find(T)).isNull();
    }

    @Test
    void theSecondKeyIsReadOfConflictsOnly() {
        Command.SubmitInput first = input(T, "1", 1, null, "echo");
        Command.SubmitInput other = input(T, "1", 1, null, "echo", Json.of("other"));
        batches.commit(first, other);
        OutcomeKey conflict = new OutcomeKey(
                T,
                IdentityHash.ofConflict(
                        other.header().identity(), other.header().contentHash()));

        read(first);
        assertThat(outcomeReads).containsExactly(Set.of(key(first)));
        outcomeReads.clear();
        read(other);
        assertThat(outcomeReads).containsExactly(Set.of(key(first)), Set.of(conflict));
        assertThat(lookups.outcome(conflict).outcome()).isInstanceOf(Outcome.Rejected.class);
    }

    /** The outcomes were read while it was being committed. */
    @Test
    void whatTheLastBatchDecidedStandsBeforeWhatWasRead_alsoAfterThatIsForgotten() {
        Command.SubmitInput input = input(T, "1", 1, null, "echo");
        read(input, cancel(T, input.newRun()));
        assertThat(lookups.outcome(key(input))).isNull();
        PendingBatch pending = batches.commit(input);
        lookups.committed(pending);
        assertThat(lookups.outcome(key(input))).isEqualTo(pending.outcomes().get(key(input)));
        assertThat(lookups.ending(input.newRun())).isEqualTo(RunStatus.COMPLETED);
        lookups.clear();
        assertThat(lookups.ending(input.newRun())).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void aStateThatCannotBeReadIsDamageOfItsThreadAlone() {
        damaged.add(T);
        Command command = input(T, "1", 1, null, "echo");
        Command sound = input(OTHER, "2", 2, null, "echo");
        read(command, sound);
        assertThat(lookups.isComplete()).isFalse();
        assertThat(lookups.damage(T)).contains("a newer release");
        assertThat(lookups.whyUnreadable(command)).isEqualTo(lookups.damage(T));
        assertThat(lookups.damage(OTHER)).isNull();
        assertThat(lookups.whyUnreadable(sound)).isNull();
        assertThat(lookups.state(OTHER).exists()).isFalse();
        assertThat(outcomeReads).as("of the sound one").containsExactly(Set.of(key((Command.SubmitInput) sound)));
        lookups.clear();
        assertThat(lookups.isComplete()).isTrue();
    }

    @Test
    void anOutcomeThatCannotBeReadCostsItsThreadsCommandsAndIsNoDamage() {
        withoutOutcomes.add(T);
        Command command = input(T, "1", 1, null, "echo");
        Command.SubmitInput sound = input(OTHER, "2", 2, null, "echo");
        batches.commit(sound);
        read(command, sound);
        assertThat(lookups.damage(T)).isNull();
        assertThat(lookups.whyUnreadable(command)).contains("a newer release");
        assertThat(lookups.whyUnreadable(sound)).isNull();
        assertThat(lookups.outcome(key(sound))).isNotNull();
    }

    @Test
    void aCheckpointThatCannotBeReadCostsTheCommandThatNamesIt() {
        damaged.add(T);
        Command fork = new Command.ForkThread(header(OTHER), "t", null, Json.EMPTY_OBJECT, null);
        Command sound = input(OTHER, "2", 2, null, "echo");
        read(fork, sound);
        assertThat(lookups.whyUnreadable(fork)).contains("a newer release");
        assertThat(lookups.whyUnreadable(sound)).isNull();
        assertThat(lookups.damage(OTHER)).isNull();
        assertThat(lookups.isComplete()).isFalse();
    }

    @Test
    void whileTheJournalIsAwayItThrows_andMayBeRepeated() {
        isAway = true;
        Command.SubmitInput input = input(T, "1", 1, null, "echo");
        batches.commit(input);
        assertThatThrownBy(() -> read(input)).isInstanceOf(JournalUnavailableException.class);
        isAway = false;
        read(input);
        assertThat(lookups.outcome(key(input))).isNotNull();
        assertThat(loads).as("what was read is known").hasSize(1);
    }

    private void read(Command... commands) {
        lookups.read(works(commands), Set.of());
    }

    private static List<Work> works(Command... commands) {
        return Arrays.stream(commands)
                .<Work>map(command -> new Work.Decide(0, command, null, false))
                .toList();
    }

    private static OutcomeKey key(Command.SubmitInput input) {
        return new OutcomeKey(
                input.header().thread(), IdentityHash.of(input.header().identity()));
    }

    private static Command.CancelRun cancel(ThreadKey thread, RunId run) {
        return new Command.CancelRun(header(thread), run, false);
    }

    private static Command.Header header(ThreadKey thread) {
        return new Command.Header(thread, 9, null, "", "test", "test");
    }
}
