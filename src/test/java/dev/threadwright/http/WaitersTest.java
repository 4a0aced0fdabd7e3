package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.http.Waiter.Answer;
import dev.threadwright.http.Waiter.Until;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.query.OutcomeReads.Found;
import dev.threadwright.query.OutcomeReads.RunHalt;
import dev.threadwright.query.OutcomeReads.RunKey;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitersTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final RunId RUN = new RunId("r");
    private static final Outcome STARTED = new Outcome.Started(RUN);
    private static final String CONTENT = "c0";

    private record Question(Collection<OutcomeKey> outcomes, Collection<RunKey> runs) {}

    private final List<Question> asked = new ArrayList<>();
    private Uni<Found> answer = Uni.createFrom().item(Found.NOTHING);
    private long nowMs = 1_000;
    private final Waiters waiters = new Waiters(
            (outcomes, runs) -> {
                asked.add(new Question(outcomes, runs));
                return answer;
            },
            () -> nowMs * 1_000_000,
            all -> {});

    @Test
    void aCommitOnThisInstanceAnswersAtOnce() {
        var waiting = await(command("k"), Until.DECISION);
        waiters.committed(batch(List.of(outcome("k", CONTENT, STARTED)), List.of()));
        assertThat(waiting.assertCompleted().getItem().outcome().outcome()).isEqualTo(STARTED);
        assertThat(waiters.size()).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void aBatchThatStartsAndEndsTheRunAnswersWhoWaitsForItsEnd() {
        var waiting = await(command("k"), Until.COMPLETION);
        waiters.committed(batch(List.of(outcome("k", CONTENT, STARTED)), List.of(ended(RunStatus.COMPLETED))));
        Answer told = waiting.assertCompleted().getItem();
        assertThat(told.outcome().seq()).isEqualTo(7);
        assertThat(told.halt().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(told.halt().values()).isEqualTo(Json.object("output", Json.of(1)));
        assertThat(waiters.size()).isZero();
    }

    @Test
    void theEndMayComeInALaterBatch() {
        var waiting = await(command("k"), Until.COMPLETION);
        waiters.committed(batch(List.of(outcome("k", CONTENT, STARTED)), List.of(running())));
        waiting.assertNotTerminated();
        waiters.committed(batch(List.of(), List.of(ended(RunStatus.FAILED))));
        assertThat(waiting.assertCompleted().getItem().halt().error()).isEqualTo("no");
        assertThat(waiters.size()).isZero();
    }

    @Test
    void whoIsRefusedHasNoRunToWaitFor() {
        var waiting = await(command("k"), Until.COMPLETION);
        Outcome refused = new Outcome.Rejected(Rejection.BUSY, "Thread is busy");
        waiters.committed(batch(List.of(outcome("k", CONTENT, refused)), List.of()));
        assertThat(waiting.assertCompleted().getItem().outcome().outcome()).isEqualTo(refused);
    }

    @Test
    void anOutcomeOfOtherContentIsSomebodyElses() {
        CheckedCommand command = command("k");
        var waiting = await(command, Until.DECISION);
        waiters.committed(batch(List.of(outcome("k", "other", STARTED)), List.of()));
        waiting.assertNotTerminated();
        Outcome conflict = new Outcome.Rejected(Rejection.CONFLICT, "used before");
        waiters.committed(batch(List.of(new OutcomeRow(command.conflictKey(), CONTENT, conflict, 8)), List.of()));
        assertThat(waiting.assertCompleted().getItem().outcome().outcome()).isEqualTo(conflict);
    }

    @Test
    void whoseRecordIsSetAsideIsToldAtOnce_othersAreNot() {
        CheckedCommand command = command("k");
        command.record().headers().add("ce_id", new byte[] {'k'});
        CheckedCommand other = command("other");
        other.record().headers().add("ce_id", new byte[] {'o'});
        var waiting = await(command, Until.COMPLETION);
        var elsewhere = await(other, Until.DECISION);
        waiters.committed(setAside(OutboxRow.Kind.FORWARD, Map.of("ce_id", new byte[] {'k'})));
        waiters.committed(setAside(OutboxRow.Kind.THREAD_UNREADABLE, Map.of()));
        waiting.assertNotTerminated();

        waiters.committed(setAside(OutboxRow.Kind.THREAD_UNREADABLE, Map.of("ce_id", new byte[] {'k'})));
        Answer told = waiting.assertCompleted().getItem();
        assertThat(told.deadLetter()).isEqualTo("the thread cannot be read");
        assertThatThrownBy(() -> Answers.of(command, told, false, true))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.problem().type()).isEqualTo(ProblemType.SET_ASIDE);
                    assertThat(problem.problem().detail()).endsWith("the thread cannot be read");
                });
        elsewhere.assertNotTerminated();
        assertThat(waiters.size()).isOne();
    }

    /** The look-up may not have been answered in time, and a new command's refusal looks like a repeated one's. */
    @ParameterizedTest
    @CsvSource({", false,", ", true, true", "false, false, false", "false, true, true", "true, false, true"})
    void whetherItCameBeforeIsSaidAsFarAsItIsKnown(Boolean decidedBefore, boolean loopKnows, Boolean told) {
        Outcome refused = new Outcome.Rejected(Rejection.BUSY, "Thread is busy");
        Answer answer =
                new Answer(outcome("k", CONTENT, loopKnows ? new Outcome.Duplicate(refused) : refused), null, null);
        assertThatThrownBy(() -> Answers.decided(command("k"), answer, decidedBefore))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.problem().more().get("duplicate"))
                                .isEqualTo(told == null ? null : Json.of(told)));
    }

    @Test
    void oneQueryAsksForEverybodyWhoWaits() {
        var decision = await(command("a"), Until.DECISION);
        var completion = await(command("b"), Until.COMPLETION);
        waiters.told(outcome("b", CONTENT, STARTED));
        answer = Uni.createFrom()
                .item(new Found(List.of(outcome("a", CONTENT, STARTED)), List.of(halt(RunStatus.CANCELLED, 9))));
        waiters.tick();
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().outcomes())
                .containsExactlyInAnyOrder(
                        command("a").outcomeKey(), command("a").conflictKey());
        assertThat(asked.getFirst().runs()).containsExactly(new RunKey(THREAD, RUN));
        decision.assertCompleted();
        assertThat(completion.assertCompleted().getItem().halt().status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(waiters.tick()).isFalse();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatThePollFindsOfARunIsFollowedToItsEnd() {
        var waiting = await(command("k"), Until.COMPLETION);
        answer = Uni.createFrom().item(new Found(List.of(outcome("k", CONTENT, STARTED)), List.of()));
        waiters.tick();
        waiting.assertNotTerminated();
        nowMs += Waiters.POLL_MS;
        waiters.tick();
        assertThat(asked.getLast().runs()).containsExactly(new RunKey(THREAD, RUN));
    }

    @Test
    void aRunThatStopsForSomebodyIsNotWaitedFor() {
        var waiting = await(command("k"), Until.COMPLETION);
        waiters.told(outcome("k", CONTENT, STARTED));
        answer = Uni.createFrom().item(new Found(List.of(), List.of(halt(RunStatus.WAITING_USER, 7))));
        waiters.tick();
        assertThat(waiting.assertCompleted().getItem().halt().status()).isEqualTo(RunStatus.WAITING_USER);
        assertThat(waiters.size()).isZero();
    }

    @Test
    void whereARunStoppedBeforeTheCommandIsNoNews() {
        var waiting = await(command("k"), Until.COMPLETION);
        waiters.told(outcome("k", CONTENT, new Outcome.Resumed(RUN, List.of())));
        answer = Uni.createFrom().item(new Found(List.of(), List.of(halt(RunStatus.PAUSED, 6))));
        waiters.tick();
        waiting.assertNotTerminated();
        answer = Uni.createFrom().item(new Found(List.of(), List.of(halt(RunStatus.PAUSED, 8))));
        nowMs += Waiters.POLL_MS;
        waiters.tick();
        waiting.assertCompleted();
    }

    @Test
    void theRunOfWhatDidNothingIsAskedForAtOnce() {
        waiters.committed(batch(List.of(), List.of()));
        var waiting = await(command("k"), Until.COMPLETION);
        answer = Uni.createFrom().item(new Found(List.of(), List.of(halt(RunStatus.WAITING_USER, 7))));
        waiters.tick();
        assertThat(asked).isEmpty();
        waiters.told(outcome("k", CONTENT, new Outcome.Duplicate(new Outcome.Resumed(RUN, List.of()))));
        waiters.tick();
        waiting.assertCompleted();
    }

    @Test
    void thereIsOnePollAtATimeAndItIsRepeated() {
        await(command("k"), Until.DECISION);
        CompletableFuture<Found> slow = new CompletableFuture<>();
        answer = Uni.createFrom().completionStage(slow);
        waiters.tick();
        nowMs += Waiters.POLL_MS;
        waiters.tick();
        assertThat(asked).hasSize(1);
        slow.complete(Found.NOTHING);
        waiters.tick();
        assertThat(asked).hasSize(2);
    }

    @Test
    void partitionsThatAreCommittedHereAreSeldomPolled() {
        waiters.committed(batch(List.of(), List.of()));
        await(command("k"), Until.DECISION);
        nowMs += Waiters.POLL_OWN_MS - 1;
        waiters.tick();
        assertThat(asked).isEmpty();
        nowMs += 1;
        waiters.tick();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aDatabaseThatIsAwayIsAskedAgain() {
        var waiting = await(command("k"), Until.DECISION);
        answer = Uni.createFrom().failure(new IllegalStateException("away"));
        waiters.tick();
        waiting.assertNotTerminated();
        answer = Uni.createFrom().item(new Found(List.of(outcome("k", CONTENT, STARTED)), List.of()));
        nowMs += Waiters.POLL_MS;
        waiters.tick();
        waiting.assertCompleted();
    }

    @Test
    void whenTimeIsUpTheAnswerIsWhatIsKnown() {
        var undecided = await(command("a"), Until.DECISION);
        var unfinished = await(command("b"), Until.COMPLETION);
        waiters.committed(batch(List.of(outcome("b", CONTENT, STARTED)), List.of()));
        nowMs += 5_000;
        waiters.tick();
        assertThat(undecided.assertCompleted().getItem().outcome()).isNull();
        Answer known = unfinished.assertCompleted().getItem();
        assertThat(known.outcome().outcome()).isEqualTo(STARTED);
        assertThat(known.halt()).isNull();
        assertThat(waiters.size()).isZero();
    }

    @Test
    void whoGoesAwayIsForgotten() {
        var waiting = await(command("k"), Until.COMPLETION);
        waiters.committed(batch(List.of(outcome("k", CONTENT, STARTED)), List.of()));
        waiting.cancel();
        assertThat(waiters.size()).isZero();
        waiters.committed(batch(List.of(), List.of(ended(RunStatus.COMPLETED))));
        waiting.assertNotTerminated();
        assertThat(waiters.tick()).isFalse();
    }

    @Test
    void noMoreThanTheLimitMayWait() {
        List<Waiter> all = new ArrayList<>();
        for (int i = 0; i < Waiters.MAX_WAITERS; i++) {
            all.add(waiters.register(command("k" + i), Until.DECISION, Duration.ofSeconds(5)));
        }
        assertThatThrownBy(() -> waiters.register(command("one more"), Until.DECISION, Duration.ofSeconds(5)))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(503);
                });
        all.forEach(Waiter::drop);
        assertThat(waiters.size()).isZero();
    }

    @Test
    void noMoreBytesThanTheLimitMayWait() {
        int half = (int) (Waiters.MAX_BYTES / 2);
        List<Waiter> all = new ArrayList<>();
        all.add(waiters.register(command("a", half), Until.DECISION, Duration.ofSeconds(5)));
        CheckedCommand second = command("b", half);
        assertThatThrownBy(() -> waiters.register(command("c", half + 1), Until.DECISION, Duration.ofSeconds(5)))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().status()).isEqualTo(503);
                    assertThat(refused.problem().detail()).contains(half + " bytes", Waiters.MAX_BYTES + " is");
                });
        all.add(waiters.register(second, Until.DECISION, Duration.ofSeconds(5)));
        assertThatThrownBy(() -> waiters.register(command("d", 1), Until.DECISION, Duration.ofSeconds(5)))
                .isInstanceOf(ProblemException.class);
        all.forEach(Waiter::drop);
        assertThat(waiters.size()).isZero();
        // All of it was given back, even what was refused.
        Waiter alone = waiters.register(command("e", 2 * half), Until.DECISION, Duration.ofSeconds(5));
        assertThat(waiters.size()).isOne();
        alone.drop();
    }

    private static CheckedCommand command(String id, int bytes) {
        return CheckedCommand.of(
                new ProducerRecord<>("commands", 3, new byte[0], new byte[bytes]),
                THREAD,
                new Identity("/http", id),
                CONTENT,
                true,
                false);
    }

    private UniAssertSubscriber<Answer> await(CheckedCommand command, Until until) {
        return waiters.register(command, until, Duration.ofSeconds(5))
                .answer()
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private static CheckedCommand command(String id) {
        return CheckedCommand.of(
                new ProducerRecord<>("commands", 3, new byte[0], new byte[0]),
                THREAD,
                new Identity("/http", id),
                CONTENT,
                true,
                false);
    }

    private static OutcomeRow outcome(String id, String content, Outcome outcome) {
        return new OutcomeRow(command(id).outcomeKey(), content, outcome, 7);
    }

    private static RunRow ended(RunStatus status) {
        boolean completed = status == RunStatus.COMPLETED;
        return new RunRow(
                THREAD,
                RUN,
                status,
                null,
                null,
                null,
                null,
                9L,
                completed ? Map.of("output", Json.of(1)) : null,
                status == RunStatus.FAILED ? "no" : null);
    }

    private static RunHalt halt(RunStatus status, long seq) {
        return new RunHalt(new RunKey(THREAD, RUN), status, seq, null, null);
    }

    private static RunRow running() {
        return new RunRow(THREAD, RUN, RunStatus.ACTIVE, "echo@1", "start", 1L, 1L, null, null, null);
    }

    private static Batch setAside(OutboxRow.Kind kind, Map<String, byte[]> headers) {
        OutboxRow row = new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                kind,
                3,
                1,
                new OutboxRow.Coordinates("commands", 3, 0),
                new byte[0],
                new byte[0],
                RawHeaders.of(headers),
                "the thread cannot be read",
                9);
        return new Batch(
                List.of(new Advance(3, 1, 0, 1)),
                List.of(),
                List.of(row),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static Batch batch(List<OutcomeRow> outcomes, List<RunRow> runs) {
        return new Batch(
                List.of(new Advance(3, 1, 0, 1)),
                List.of(),
                List.of(),
                outcomes,
                List.of(),
                runs,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
