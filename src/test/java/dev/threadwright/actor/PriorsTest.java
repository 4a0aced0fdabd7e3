package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.Priors.Prior;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriorsTest {

    private static final ThreadKey T = thread("t");
    private static final RunId RUN = new RunId("r");
    private static final InterruptId ASKED = new InterruptId("a".repeat(32));
    private static final Outcome FIRST = new Outcome.Started(RUN);
    private static final Outcome REFUSED = new Outcome.Rejected(Event.Rejection.CONFLICT, "It came with other content");

    private final EarlierBatches earlier = new EarlierBatches();
    private final Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
    private final Priors priors = new Priors(earlier, settled);
    private final Command.SubmitInput input = input(T, "1", 1, null, "echo");
    private final Command.SubmitInput other = input(T, "1", 1, null, "echo", Json.of("other content"));
    private final OutcomeKey key =
            new OutcomeKey(T, IdentityHash.of(input.header().identity()));
    private final OutcomeKey conflict = new OutcomeKey(
            T, IdentityHash.ofConflict(other.header().identity(), other.header().contentHash()));

    @Test
    void whatHasNoIdentityIsKeptUnderNoKey() {
        assertThat(priors.of(header())).isEqualTo(new Prior(null, null));
    }

    @Test
    void whatIsNewIsKeptUnderItsIdentity() {
        assertThat(priors.of(input.header())).isEqualTo(new Prior(null, key));
    }

    @Test
    void whatCameBeforeHasItsFirstOutcome_ofTheBatchOrBeforeIt() {
        Prior first = new Prior(new Known.Prior(input.header().contentHash(), FIRST), key);
        earlier.outcomes.put(key, row(key, input, FIRST));
        assertThat(priors.of(input.header())).isEqualTo(first);
        assertThat(new Priors(earlier, settled).outcomes()).as("of the batch").isEmpty();

        Priors here = new Priors(new EarlierBatches(), settled);
        here.decided(row(key, input, FIRST));
        assertThat(here.of(input.header())).isEqualTo(first);
        assertThat(here.outcomes()).containsExactly(Map.entry(key, row(key, input, FIRST)));
    }

    @Test
    void oneIdentityWithOtherContentIsKeptUnderBoth_andRefusedOnce() {
        priors.decided(row(key, input, FIRST));
        assertThat(priors.of(other.header()))
                .as("the first outcome, of another content")
                .isEqualTo(new Prior(new Known.Prior(input.header().contentHash(), FIRST), conflict));
        priors.decided(row(conflict, other, REFUSED));
        assertThat(priors.of(other.header()))
                .as("its own refusal")
                .isEqualTo(new Prior(new Known.Prior(other.header().contentHash(), REFUSED), conflict));
        assertThat(priors.of(input.header()).key()).as("that of the first").isEqualTo(key);
    }

    @Test
    void aRefusalOfAnEarlierBatchIsFoundToo() {
        earlier.outcomes.put(key, row(key, input, FIRST));
        earlier.outcomes.put(conflict, row(conflict, other, REFUSED));
        assertThat(priors.of(other.header()).known())
                .isEqualTo(new Known.Prior(other.header().contentHash(), REFUSED));
    }

    @Test
    void howARunEndedIsKnownToWhoNamesIt() {
        Command cancel = new Command.CancelRun(header(), RUN, false);
        assertThat(known(cancel).endedRun()).isNull();
        earlier.endings.put(RUN, RunStatus.COMPLETED);
        assertThat(known(cancel).endedRun()).isEqualTo(RunStatus.COMPLETED);
        assertThat(known(input).endedRun()).as("who names none").isNull();
    }

    @Test
    void whatEndsInTheBatchIsKnownToWhatComesBehind() {
        priors.add(new Event.RunFailed(RUN, "step", "no"));
        assertThat(known(new Command.CancelRun(header(), RUN, false)).endedRun())
                .isEqualTo(RunStatus.FAILED);
        assertThat(priors.endedRuns()).containsExactly(Map.entry(RUN, RunStatus.FAILED));
    }

    @Test
    void whatBecameOfAnInterruptIsKnownToWhoNamesIt_theBatchKnowsBetter() {
        Command reject = new Command.RejectInterrupt(header(), ASKED, null);
        assertThat(known(reject).settled()).isEmpty();
        SettledInterrupt before = settled(SettledInterrupt.Status.EXPIRED);
        earlier.settled.put(ASKED, before);
        assertThat(known(reject).settled()).containsExactly(Map.entry(ASKED, before));
        SettledInterrupt here = settled(SettledInterrupt.Status.RESOLVED);
        settled.put(ASKED, here);
        assertThat(known(reject).settled()).containsExactly(Map.entry(ASKED, here));
        assertThat(known(input).settled()).as("who names none").isEmpty();
    }

    @Test
    void theRoomIsPassedOn() {
        assertThat(priors.known(input, priors.of(input.header()), new Room(1, 2))
                        .room())
                .isEqualTo(new Room(1, 2));
    }

    private Known known(Command command) {
        return priors.known(command, priors.of(command.header()), Room.UNLIMITED);
    }

    private static SettledInterrupt settled(SettledInterrupt.Status status) {
        return new SettledInterrupt(ASKED, RUN, status, null, null);
    }

    private static OutcomeRow row(OutcomeKey key, Command.SubmitInput of, Outcome outcome) {
        return new OutcomeRow(key, of.header().contentHash(), outcome, 1);
    }

    private static Command.Header header() {
        return new Command.Header(T, 9, null, "", "test", "test");
    }
}
