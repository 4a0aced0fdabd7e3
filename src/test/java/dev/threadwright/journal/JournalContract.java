package dev.threadwright.journal;

import static dev.threadwright.journal.Owner.hash;
import static dev.threadwright.journal.Owner.input;
import static dev.threadwright.journal.Owner.thread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.Journal.DueTimer;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every journal does. A test finds an empty store. */
abstract class JournalContract {

    static final ThreadKey T = thread("t");

    /** The one that is closed after the test. */
    abstract Journal journal();

    /** Another process's, on the same store. */
    abstract Journal another();

    // Commits --------------------------------------------------------------------------------------------------------

    @Test
    void a_batch_is_stored_whole_or_not_at_all() {
        Owner owner = Owner.of(journal(), 0);
        Owner.Draft draft = owner.draft();
        draft.decide(input(T, "1", null, Json.NULL)).decide(input(T, "2", null, Json.NULL));
        draft.forward(OutboxRow.Kind.FORWARD, null, null, RawHeaders.NONE, "");
        Batch two = draft.build();
        draft.decide(input(thread("nul\u0000"), "3", null, Json.NULL));

        assertThatThrownBy(() -> journal().commit(draft.build())).isInstanceOf(RejectedBatchException.class);
        assertThat(journal().head(T)).isZero();
        assertThat(journal().load(List.of(T))).isEmpty();
        assertThat(journal().publications(0, 0, 10)).isEmpty();
        assertThat(journal().outcomes(List.of(new OutcomeKey(T, hash("1"))))).isEmpty();

        journal().commit(two);
        assertThat(journal().publications(0, 0, 10)).hasSize(3);
    }

    @Test
    void gaps_are_rejected() {
        Owner owner = Owner.of(journal(), 0);
        Batch good = owner.draft().decide(input(T, "1", null, Json.NULL)).build();
        ThreadRow row = good.threads().getFirst();
        List<Batch> bad = List.of(
                with(good, List.of(new Advance(0, 1, 0, 2)), good.threads()),
                with(good, List.of(new Advance(0, 1, 0, 0)), good.threads()),
                with(good, List.of(new Advance(1, 1, 0, 1)), good.threads()),
                with(good, good.advances(), List.of()),
                with(good, good.advances(), List.of(new ThreadRow(0, 7, row.state(), true))));
        for (Batch batch : bad) {
            assertThatThrownBy(() -> journal().commit(batch)).isInstanceOf(RejectedBatchException.class);
        }
        assertThat(journal().head(T)).isZero();
    }

    @Test
    void the_older_of_two_owners_is_fenced_and_sequence_numbers_have_no_gaps() {
        Owner older = Owner.of(journal(), 0);
        older.submit(T, "1");
        Owner newer = Owner.of(another(), 0);
        newer.states.putAll(newer.journal.load(List.of(T)));
        newer.submit(T, "2");

        FencedException fenced = catchThrowableOfType(FencedException.class, () -> older.submit(T, "3"));
        assertThat(fenced.partitions()).containsExactly(0);
        newer.submit(T, "4");

        List<Long> seqs = new ArrayList<>();
        journal().decisions(T, 1, 100).forEach(row -> row.events().forEach(event -> seqs.add(event.seq())));
        assertThat(seqs).hasSizeGreaterThan(3).isEqualTo(upTo(journal().head(T)));
        assertThat(journal().publications(0, 0, 100).stream().map(Publication::position))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void one_stale_partition_of_many_is_named_and_nothing_is_stored() {
        Owner zero = Owner.of(journal(), 0);
        Owner one = Owner.of(journal(), 1);
        Owner two = Owner.of(journal(), 2);
        Claim newer = another().claim(1, "other", "other");
        Batch batch = new Batch(
                List.of(advance(two), advance(one), advance(zero)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(new Offset("in", 0, 5)),
                List.of());

        FencedException fenced =
                catchThrowableOfType(FencedException.class, () -> journal().commit(batch));
        assertThat(fenced.partitions()).containsExactly(1);
        assertThat(newer.epoch()).isEqualTo(2);
        assertThat(another().claim(0, "other", "other").offsets()).isEmpty();
    }

    @Test
    void a_batch_is_stored_once() {
        Owner owner = Owner.of(journal(), 3);
        Batch batch = owner.submit(T, "1");
        FencedException again =
                catchThrowableOfType(FencedException.class, () -> journal().commit(batch));
        assertThat(again.partitions()).containsExactly(3);
        assertThat(journal().publications(3, 0, 10)).hasSize(1);
    }

    @Test
    void a_partition_that_was_never_claimed_cannot_be_written() {
        Batch batch = new Owner(journal(), new Claim(5, 1, 0, 0, List.of(), List.of()))
                .draft()
                .decide(input(T, "1", null, Json.NULL))
                .build();
        FencedException fenced =
                catchThrowableOfType(FencedException.class, () -> journal().commit(batch));
        assertThat(fenced.partitions()).containsExactly(5);
    }

    @Test
    void a_thread_that_is_not_where_its_owner_believes_is_rejected_and_does_not_fence() {
        Owner owner = Owner.of(journal(), 0);
        owner.submit(T, "1");
        ThreadState first = owner.states.get(T);
        owner.submit(T, "2");
        owner.states.put(T, first);
        assertThatThrownBy(() -> owner.submit(T, "3"))
                .isInstanceOf(RejectedBatchException.class)
                .hasMessageContaining("default/t is at 9 and not at 5");
        owner.states.put(T, ThreadState.absent(T));
        assertThatThrownBy(() -> owner.submit(T, "3"))
                .isInstanceOf(RejectedBatchException.class)
                .hasMessageContaining("default/t is at 9 and not at 0");

        owner.submit(thread("other"), "1");
        assertThat(journal().publications(0, 0, 10)).hasSize(3);
    }

    @Test
    void whether_there_is_another_owner_is_asked_before_where_the_threads_are() {
        Owner zero = Owner.of(journal(), 0);
        zero.submit(T, "1");
        another().claim(0, "other", "other");
        zero.states.put(T, ThreadState.absent(T));
        FencedException fenced = catchThrowableOfType(FencedException.class, () -> zero.submit(T, "2"));
        assertThat(fenced.partitions()).containsExactly(0);
    }

    @Test
    void a_batch_may_do_nothing_but_consume() {
        Owner owner = Owner.of(journal(), 0);
        Owner.Draft draft = owner.draft();
        draft.offsets.add(new Offset("in", 0, 7));
        draft.commit();
        draft.offsets.set(0, new Offset("in", 0, 9));
        draft.offsets.add(new Offset("commands", 0, 2));
        draft.commit();
        assertThat(another().claim(0, "o", "p").offsets())
                .containsExactlyInAnyOrder(new Offset("in", 0, 9), new Offset("commands", 0, 2));
        assertThat(another().claim(1, "o", "p").offsets()).isEmpty();
    }

    @Test
    void what_can_only_be_a_defect_is_rejected() {
        Owner owner = Owner.of(journal(), 0);
        owner.submit(T, "1");
        assertThatThrownBy(() -> owner.submit(T, "1")).as("outcome twice").isInstanceOf(RejectedBatchException.class);
        Owner.Draft draft = owner.draft();
        RunId unknown = new RunId("unknown");
        draft.runs.put(unknown, new RunRow(T, unknown, RunStatus.FAILED, null, null, null, null, 5L, null, "x"));
        assertThatThrownBy(draft::commit).as("patch of no run").isInstanceOf(RejectedBatchException.class);
    }

    @Test
    void data_of_all_kinds_comes_back_as_it_was() {
        Owner owner = Owner.of(journal(), 0);
        Json data = Json.object(Map.of(
                "nul", Json.of("a\u0000b"),
                "\u0000", Json.of("😀 日本語 \" \\ \n"),
                "big", Json.of("x".repeat(1 << 20)),
                "number", new Json.Num(new java.math.BigDecimal("1E-900"))));
        byte[] bytes = {0, 1, -1, '"', '\\'};
        ThreadKey odd = new ThreadKey("ténant", "'; drop table thread; -- 😀");
        Owner.Draft draft = owner.draft()
                .decide(input(odd, "ïd", null, data))
                .forward(
                        OutboxRow.Kind.INVALID,
                        bytes,
                        new byte[1 << 20],
                        new RawHeaders(List.of(
                                new RawHeaders.Header("h", bytes),
                                new RawHeaders.Header("", new byte[0]),
                                new RawHeaders.Header("\u0000", null),
                                new RawHeaders.Header("h", new byte[] {7}))),
                        "because")
                .forward(OutboxRow.Kind.FORWARD, null, null, RawHeaders.NONE, "");
        draft.snapshot(odd);
        draft.commit();

        List<Publication> found = journal().publications(0, 0, 10);
        assertThat(found.getFirst()).isEqualTo(draft.decisions.getFirst());
        assertSame((OutboxRow) found.get(1), draft.outbox.getFirst());
        assertSame((OutboxRow) found.get(2), draft.outbox.getLast());
        assertThat(journal().load(List.of(odd))).containsExactly(Map.entry(odd, owner.states.get(odd)));
        assertThat(journal().decisions(odd, 1, 10)).isEqualTo(draft.decisions);
    }

    @Test
    void a_thousand_decisions_are_one_batch() {
        Owner owner = Owner.of(journal(), 0);
        Owner.Draft draft = owner.draft();
        for (int i = 0; i < 1_000; i++) {
            draft.decide(input(thread("t" + i % 100), "i" + i, null, Json.of(i)));
        }
        draft.commit();
        assertThat(journal().publications(0, 0, 2_000)).isEqualTo(draft.decisions);
        assertThat(journal().load(owner.states.keySet())).isEqualTo(owner.states);
    }

    @Test
    void batches_over_the_same_partitions_in_any_order_do_not_block_each_other_for_good() throws Exception {
        Claim one = journal().claim(1, "o", "p");
        Claim two = journal().claim(2, "o", "p");
        for (long round = 0; round < 30; round++) {
            Advance a = new Advance(1, one.epoch(), round, round + 1);
            Advance b = new Advance(2, two.epoch(), round, round + 1);
            List<Callable<Throwable>> commits = List.of(
                    () -> catchThrowable(() -> journal().commit(forwards(List.of(a, b)))),
                    () -> catchThrowable(() -> another().commit(forwards(List.of(b, a)))));
            List<Throwable> thrown = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (Future<Throwable> future : threads.invokeAll(commits)) {
                    if (future.get() != null) {
                        thrown.add(future.get());
                    }
                }
            }
            assertThat(thrown).singleElement().isInstanceOf(FencedException.class);
        }
    }

    // Claims ---------------------------------------------------------------------------------------------------------

    @Test
    void a_claim_tells_how_the_partition_was_left() {
        Claim first = journal().claim(7, "a", "publisher-a");
        assertThat(first).isEqualTo(new Claim(7, 1, 0, 0, List.of(), List.of()));
        new Owner(journal(), first).submit(T, "1");

        Claim second = another().claim(7, "b", "publisher-b");
        assertThat(second).isEqualTo(new Claim(7, 2, 1, 0, List.of("publisher-a"), List.of()));

        journal().release(7, first.epoch(), 1);
        assertThat(journal().claim(7, "a", "publisher-a"))
                .as("a release by an earlier owner does nothing")
                .isEqualTo(new Claim(7, 3, 1, 0, List.of("publisher-a", "publisher-b"), List.of()));

        journal().release(7, 3, 1);
        assertThat(another().claim(7, "b", "publisher-b")).isEqualTo(new Claim(7, 4, 1, 1, List.of(), List.of()));
        assertThat(journal().holders(List.of(7, 8))).isEqualTo(Map.of(7, new Journal.Holder(4, "publisher-b")));
    }

    @Test
    void a_claim_tells_of_every_publisher_until_somebody_has_fenced_them() {
        journal().claim(7, "a", "pa");
        journal().claim(7, "b", "pb");
        Claim third = another().claim(7, "c", "pc");
        assertThat(third.publishers())
                .as("the second may have died before it fenced the first")
                .containsExactly("pa", "pb");

        journal().fenced(7, 2);
        assertThat(another().claim(7, "d", "pd").publishers())
                .as("an earlier owner's word does not count")
                .containsExactly("pa", "pb", "pc");
        another().fenced(7, 4);
        assertThat(journal().claim(7, "e", "pe").publishers()).containsExactly("pd");
    }

    @Test
    void who_has_released_cannot_commit() {
        Owner owner = Owner.of(journal(), 0);
        journal().release(0, owner.claim.epoch(), 0);
        assertThatThrownBy(() -> owner.submit(T, "1")).isInstanceOf(FencedException.class);
    }

    @Test
    void a_reclaim_succeeds_unless_somebody_else_came_between() {
        Claim claim = journal().claim(0, "a", "pa");
        Claim again = journal().reclaim(0, claim.epoch(), "a", "pa");
        assertThat(again).isEqualTo(new Claim(0, 2, 0, 0, List.of("pa"), List.of()));
        assertThat(journal().reclaim(0, claim.epoch(), "a", "pa"))
                .as("the answer to the first was lost")
                .extracting(Claim::epoch)
                .isEqualTo(3L);

        another().claim(0, "b", "pb");
        assertThat(journal().reclaim(0, 3, "a", "pa")).isNull();
        assertThat(journal().reclaim(9, 1, "a", "pa")).as("never claimed").isNull();
        assertThat(journal().holders(List.of(0))).isEqualTo(Map.of(0, new Journal.Holder(4, "pb")));
    }

    // Reads ----------------------------------------------------------------------------------------------------------

    @Test
    void a_load_from_a_snapshot_and_its_tail_equals_the_full_replay() {
        Owner owner = Owner.of(journal(), 0);
        owner.submit(T, "1");
        owner.draft()
                .decide(input(T, "2", "delay", Json.of(2)))
                .decide(input(thread("plain"), "2", "delay", Json.of(2)))
                .snapshot(T)
                .commit();
        owner.draft()
                .decide(input(T, "3", "delay", Json.of(3)))
                .decide(input(T, "4", null, Json.of(4)))
                .commit();
        owner.submit(thread("plain"), "3");

        Map<ThreadKey, ThreadState> loaded = another().load(List.of(T, thread("absent"), thread("plain")));
        assertThat(loaded).isEqualTo(owner.states);
        for (ThreadKey thread : loaded.keySet()) {
            ThreadState replayed = ThreadState.absent(thread);
            for (DecisionRow row : journal().decisions(thread, 1, 100)) {
                for (Recorded event : row.events()) {
                    replayed = Fold.evolve(replayed, event);
                }
            }
            assertThat(replayed).isEqualTo(loaded.get(thread));
        }
    }

    @Test
    void outcomes_are_found_by_thread_and_identity() {
        Owner owner = Owner.of(journal(), 0);
        Batch batch = owner.draft()
                .decide(input(T, "1", null, Json.NULL))
                .decide(input(thread("u"), "2", null, Json.NULL))
                .commit();
        assertThat(journal()
                        .outcomes(List.of(
                                new OutcomeKey(T, hash("1")),
                                new OutcomeKey(T, hash("1")),
                                new OutcomeKey(T, hash("2")),
                                new OutcomeKey(new ThreadKey("other", "t"), hash("1")))))
                .isEqualTo(Map.of(
                        batch.outcomes().getFirst().key(), batch.outcomes().getFirst()));
        assertThat(batch.outcomes().getFirst().outcome()).isInstanceOf(Outcome.Started.class);
        assertThat(journal().outcomes(List.of())).isEmpty();
    }

    @Test
    void ended_runs_are_found_on_their_thread_alone() {
        Owner owner = Owner.of(journal(), 0);
        owner.submit(T, "1");
        RunId completed = owner.states.get(T).latestRun();
        owner.draft().decide(input(T, "2", "delay", Json.NULL)).commit();
        RunId cancelled = owner.states.get(T).latestRun();
        Map<RunId, ThreadKey> asked = Map.of(completed, T, cancelled, T, new RunId("never"), T, new RunId("\u0000"), T);
        assertThat(journal().endedRuns(asked)).isEqualTo(Map.of(completed, RunStatus.COMPLETED));

        owner.draft().decide(input(T, "3", "delay", Json.NULL)).commit();
        assertThat(journal().endedRuns(asked))
                .isEqualTo(Map.of(completed, RunStatus.COMPLETED, cancelled, RunStatus.CANCELLED));
        assertThat(journal().endedRuns(Map.of(completed, thread("u")))).isEmpty();
        assertThat(journal().endedRuns(Map.of())).isEmpty();
    }

    @Test
    void publications_come_in_the_order_of_positions_whatever_they_are() {
        Owner owner = Owner.of(journal(), 0);
        Owner.of(journal(), 1).submit(thread("u"), "1");
        owner.draft()
                .forward(OutboxRow.Kind.FORWARD, null, null, RawHeaders.NONE, "")
                .decide(input(T, "1", null, Json.NULL))
                .forward(OutboxRow.Kind.REFUSED, null, null, RawHeaders.NONE, "x")
                .forward(OutboxRow.Kind.FORWARD, null, null, RawHeaders.NONE, "")
                .decide(input(T, "2", null, Json.NULL))
                .commit();
        assertThat(journal().publications(0, 0, 100).stream().map(Publication::position))
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(journal().publications(0, 1, 3).stream().map(Publication::position))
                .containsExactly(2L, 3L, 4L);
        assertThat(journal().publications(0, 5, 3)).isEmpty();
    }

    @Test
    void decisions_begin_with_the_one_that_holds_the_number() {
        Owner owner = Owner.of(journal(), 0);
        for (int i = 0; i < 4; i++) {
            owner.submit(T, "i" + i);
        }
        List<DecisionRow> all = journal().decisions(T, 0, 100);
        assertThat(all).hasSize(4);
        DecisionRow second = all.get(1);
        for (long seq = second.firstSeq(); seq <= second.lastSeq(); seq++) {
            assertThat(journal().decisions(T, seq, 2)).isEqualTo(all.subList(1, 3));
        }
        assertThat(journal().decisions(T, all.getLast().lastSeq(), 9)).isEqualTo(all.subList(3, 4));
        assertThat(journal().decisions(T, all.getLast().lastSeq() + 1, 9)).isEmpty();
    }

    @Test
    void what_is_not_there_is_not_found() {
        for (ThreadKey thread : List.of(T, new ThreadKey("", ""), thread("\u0000"))) {
            assertThat(journal().head(thread)).isZero();
            assertThat(journal().load(Set.of(thread))).isEmpty();
            assertThat(journal().decisions(thread, 1, 10)).isEmpty();
            assertThat(journal().outcomes(Set.of(new OutcomeKey(thread, hash("x")))))
                    .isEmpty();
        }
        assertThat(journal().load(List.of())).isEmpty();
        assertThat(journal().publications(0, 0, 10)).isEmpty();
        assertThat(journal().threadsOwingCalls(0)).isEmpty();
        assertThat(journal().timers(List.of(0), Long.MAX_VALUE, 10)).isEmpty();
        assertThat(journal().holders(List.of(0))).isEmpty();
    }

    @Test
    void timers_come_when_due_earliest_first_until_they_are_paid() {
        Owner zero = Owner.of(journal(), 0);
        Owner one = Owner.of(journal(), 1);
        owe(zero, true, T, OwedChange.TIMER, "late", 300L);
        owe(zero, true, T, OwedChange.TIMER, "early", 100L);
        owe(one, true, thread("u"), OwedChange.TIMER, "mid", 200L);
        owe(one, true, thread("u"), OwedChange.CALL, "mid", 201L);

        assertThat(journal().timers(List.of(0, 1), 200, 10))
                .containsExactly(new DueTimer(0, T, "early", 100), new DueTimer(1, thread("u"), "mid", 200));
        assertThat(journal().timers(List.of(0, 1), 1_000, 1))
                .extracting(DueTimer::ref)
                .containsExactly("early");
        assertThat(journal().timers(List.of(0), 1_000, 10))
                .extracting(DueTimer::ref)
                .containsExactly("early", "late");

        owe(zero, false, T, OwedChange.TIMER, "early", 100L);
        assertThat(journal().timers(List.of(0), 1_000, 10))
                .extracting(DueTimer::ref)
                .containsExactly("late");
        assertThat(journal().timers(List.of(), 1_000, 10)).isEmpty();
    }

    @Test
    void threads_that_owe_calls_are_listed_once_until_all_are_paid() {
        Owner owner = Owner.of(journal(), 0);
        owe(owner, true, T, OwedChange.CALL, "a#1", 7);
        owe(owner, true, T, OwedChange.CALL, "b#1", 7);
        owe(owner, true, thread("u"), OwedChange.TIMER, "x", 5);
        assertThat(journal().threadsOwingCalls(0)).containsExactly(T);
        assertThat(journal().threadsOwingCalls(1)).isEmpty();

        owe(owner, false, T, OwedChange.CALL, "a#1", 7);
        assertThat(journal().threadsOwingCalls(0)).containsExactly(T);
        Owner.Draft again = owner.draft();
        again.owed.add(new OwedChange(true, 0, T, OwedChange.CALL, "b#1", 7));
        again.owed.add(new OwedChange(false, 0, T, OwedChange.CALL, "b#1", 7));
        again.commit();
        assertThat(journal().threadsOwingCalls(0)).as("paid, and owed anew").containsExactly(T);
        owe(owner, false, T, OwedChange.CALL, "b#1", 7);
        assertThat(journal().threadsOwingCalls(0)).isEmpty();
    }

    @Test
    void of_a_thread_that_is_set_aside_nothing_is_told_until_that_is_taken_back() {
        Owner owner = Owner.of(journal(), 0);
        owe(owner, true, T, OwedChange.TIMER, "timer", 100);
        owe(owner, true, T, OwedChange.CALL, "call", 100);
        owe(owner, true, thread("u"), OwedChange.CALL, "other", 100);
        SetAsideThread first =
                new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.FAILED, "java.lang.Error: \u00fc\ud83d\ude00");
        SetAsideThread again = new SetAsideThread(T, 0, "0-1-2", OutboxRow.Kind.NOT_STORED, "why");

        journal().setAside(first, owner.claim.epoch());
        assertThat(another().setAside(List.of(0, 1), 10)).containsExactly(first);
        assertThat(another().setAside(List.of(1), 10)).isEmpty();
        assertThat(another().setAside(List.of(), 10)).isEmpty();
        assertThat(journal().timers(List.of(0), 1_000, 10))
                .extracting(DueTimer::ref)
                .containsExactly("other");
        assertThat(journal().threadsOwingCalls(0)).containsExactly(thread("u"));

        journal().setAside(again, owner.claim.epoch());
        assertThat(journal().setAside(List.of(0), 10)).containsExactly(again);
        journal().takeBack(first);
        assertThat(journal().setAside(List.of(0), 10))
                .as("the second time, which nobody has taken back")
                .containsExactly(again);
        journal().takeBack(again);
        journal().takeBack(again);
        assertThat(journal().setAside(List.of(0), 10)).isEmpty();
        assertThat(journal().timers(List.of(0), 1_000, 10)).hasSize(3);
        assertThat(journal().threadsOwingCalls(0)).containsExactly(T, thread("u"));
    }

    @Test
    void only_the_owner_of_its_partition_sets_a_thread_aside() {
        Owner owner = Owner.of(journal(), 0);
        Owner.of(another(), 0);
        SetAsideThread thread = new SetAsideThread(T, 0, "0-1-1", OutboxRow.Kind.FAILED, "why");
        assertThat(catchThrowableOfType(FencedException.class, () -> journal().setAside(thread, owner.claim.epoch()))
                        .partitions())
                .containsExactly(0);
        assertThatThrownBy(() -> journal().setAside(thread, 17)).isInstanceOf(FencedException.class);
        assertThat(journal().setAside(List.of(0), 10)).isEmpty();
    }

    // -----------------------------------------------------------------------------------------------------------------

    private static void owe(Owner owner, boolean owed, ThreadKey thread, String kind, String ref, long dueAtMs) {
        Owner.Draft draft = owner.draft();
        draft.owed.add(new OwedChange(owed, owner.claim.partition(), thread, kind, ref, dueAtMs));
        draft.commit();
    }

    private static Advance advance(Owner owner) {
        return new Advance(owner.claim.partition(), owner.claim.epoch(), owner.position, owner.position);
    }

    private static Batch forwards(List<Advance> advances) {
        List<OutboxRow> rows = advances.stream()
                .map(advance -> new OutboxRow(
                        ThreadKey.DEFAULT_TENANT,
                        OutboxRow.Kind.FORWARD,
                        advance.partition(),
                        advance.to(),
                        new OutboxRow.Coordinates("in", advance.partition(), 0),
                        null,
                        null,
                        RawHeaders.NONE,
                        "",
                        0))
                .toList();
        return new Batch(
                advances, List.of(), rows, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static Batch with(Batch batch, List<Advance> advances, List<ThreadRow> threads) {
        return new Batch(
                advances,
                batch.decisions(),
                batch.outbox(),
                batch.outcomes(),
                threads,
                batch.runs(),
                batch.interrupts(),
                batch.owed(),
                batch.offsets(),
                batch.snapshots());
    }

    private static List<Long> upTo(long last) {
        List<Long> numbers = new ArrayList<>();
        for (long number = 1; number <= last; number++) {
            numbers.add(number);
        }
        return numbers;
    }

    /** Records compare arrays by identity. */
    private static void assertSame(OutboxRow found, OutboxRow expected) {
        assertThat(withoutBytes(found)).isEqualTo(withoutBytes(expected));
        assertThat(found.key()).isEqualTo(expected.key());
        assertThat(found.value()).isEqualTo(expected.value());
        assertThat(found.headers()).isEqualTo(expected.headers());
    }

    private static OutboxRow withoutBytes(OutboxRow row) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                row.kind(),
                row.partition(),
                row.position(),
                row.source(),
                null,
                null,
                RawHeaders.NONE,
                row.reason(),
                row.timeMs());
    }
}
