package dev.threadwright.faults.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.faults.campaign.Checker.Line;
import dev.threadwright.faults.campaign.Findings.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of damage is found; what is in order is not. */
class CheckerTest {
    private final Inputs inputs = new Inputs();
    private final Findings findings = new Findings();
    private final Checker checker = new Checker(2, inputs, findings);

    @BeforeEach
    void threeInputsAreSent() {
        for (int i = 0; i < 3; i++) {
            inputs.acknowledged(inputs.next(0));
        }
    }

    @Test
    void whatIsTheSameOnAllSidesIsFine() {
        input("t", 1, "i0");
        outcome("t", 2, "run.completed", "r0");
        checker.lifecycle(0, new Line("t", 2, "run.completed"));
        journaled("t", 1, "input.accepted");
        journaled("t", 2, "run.completed");
        checker.claimed(0, 1, 5);
        assertThat(checker.claimed(0, 3, 6)).isEqualTo(2);
        assertThat(checker.isEven()).isTrue();
        assertThat(findings.told()).isEmpty();
    }

    @Test
    void aSecondDecisionOnAnInput() {
        input("t", 1, "i0");
        input("t", 2, "i0");
        found(Kind.DOUBLED, "i0 is decided again");
    }

    @Test
    void inputsInAnotherOrderThanTheyWereSent() {
        input("t", 1, "i1");
        input("t", 2, "i0");
        found(Kind.MISORDERED, "i0 is decided after i1");
    }

    @Test
    void inputsOfTwoThreadsHaveNoOrder() {
        input("t", 1, "i1");
        input("u", 1, "i0");
        assertThat(findings.told()).isEmpty();
    }

    @Test
    void anEventThatIsMissing() {
        event("t", 1, "run.started");
        event("t", 3, "run.started");
        found(Kind.MISORDERED, "t/3 run.started");
    }

    @Test
    void anEventThatIsPublishedTwice() {
        event("t", 1, "run.started");
        event("t", 1, "run.started");
        found(Kind.DOUBLED, "t/1 run.started");
    }

    @Test
    void twoOutcomesOfOneRunOrInterruptOrAction() {
        outcome("t", 1, "run.completed", "x");
        outcome("t", 2, "interrupt.resolved", "x");
        outcome("t", 3, "action.succeeded", "x");
        assertThat(findings.told()).isEmpty();
        outcome("t", 4, "action.failed", "x");
        found(Kind.DOUBLED, "the action x has a second outcome");
        outcome("t", 5, "interrupt.expired", "x");
        found(Kind.DOUBLED, "the interrupt x has a second outcome");
        outcome("t", 6, "run.cancelled", "x");
        found(Kind.DOUBLED, "the run x has a second outcome");
    }

    @Test
    void anotherOrderThanTheJournals() {
        event("t", 1, "run.started");
        event("u", 1, "run.started");
        journaled("u", 1, "run.started");
        journaled("t", 1, "run.started");
        assertThat(checker.wantsJournal(0)).isFalse();
        found(Kind.DIFFERENT, "partition 0 has published t/1 run.started where its journal has u/1 run.started");
    }

    @Test
    void whatTheJournalDoesNotHave() {
        event("t", 1, "run.started");
        assertThat(checker.wantsJournal(0)).isTrue();
        checker.journalEnds(0);
        found(Kind.STALE, "not in the journal: t/1 run.started");
    }

    @Test
    void whatIsJournaledAndNotPublishedIsAwaited() {
        journaled("t", 1, "run.started");
        assertThat(checker.isEven()).isFalse();
        event("t", 1, "run.started");
        assertThat(checker.isEven()).as("its lifecycle record is missing").isFalse();
        checker.lifecycle(0, new Line("t", 1, "run.started"));
        assertThat(checker.isEven()).isTrue();
    }

    @Test
    void aLifecycleThatIsNotTheEvents() {
        outcome("t", 1, "run.completed", "r");
        checker.lifecycle(0, new Line("t", 1, "run.failed"));
        assertThat(checker.isEven()).isFalse();
        found(
                Kind.DIFFERENT,
                "the lifecycle of partition 0 has t/1 run.failed where the events have t/1 run.completed");
    }

    @Test
    void anEpochOrAPositionThatGoesBack() {
        checker.claimed(0, 2, 5);
        checker.claimed(1, 2, 5);
        checker.claimed(0, 1, 6);
        checker.claimed(1, 2, 4);
        assertThat(findings.count(Kind.STALE)).isEqualTo(2);
    }

    private void input(String thread, long seq, String id) {
        checker.event(0, new Line(thread, seq, "input.accepted"), id, "");
    }

    private void event(String thread, long seq, String type) {
        checker.event(0, new Line(thread, seq, type), "", "");
    }

    private void outcome(String thread, long seq, String type, String subject) {
        checker.event(0, new Line(thread, seq, type), "", subject);
    }

    private void journaled(String thread, long seq, String type) {
        checker.journaled(0, new Line(thread, seq, type));
    }

    private void found(Kind kind, String what) {
        assertThat(findings.told()).anyMatch(line -> line.startsWith(kind + ":") && line.contains(what));
    }
}
