package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.query.DecisionReads.Known;
import dev.threadwright.query.DecisionReads.News;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The feed without a clock or a database: what is committed, told, read and polled happens when the test says so. */
class ThreadFeedTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final int PARTITION = 3;
    private static final int PAGE = 4;

    private final FakeJournal journal = new FakeJournal();
    private final List<Long> delays = new ArrayList<>();
    private long nowMs;
    private final ThreadFeed feed =
            new ThreadFeed(journal, thread -> PARTITION, () -> nowMs * 1_000_000, delays::add, ticked -> {});

    @Test
    void whatWasBeforeIsReadInPagesAndWhatFollowsIsTold() {
        committedElsewhere(10);
        Subscription subscription = subscribe(0);
        assertThat(taken(subscription, 10)).isEqualTo(seqs(1, 10));
        CompletableFuture<List<Recorded>> next = next(subscription);
        assertThat(next).isNotDone();
        committedHere(2);
        assertThat(next.join()).extracting(Recorded::seq).containsExactly(11L, 12L);
        assertThat(journal.polls).isZero();
    }

    @Test
    void itBeginsBehindAnyEventEvenWithinADecision() {
        committedElsewhere(3);
        committedHere(4);
        assertThat(taken(subscribe(5), 2)).isEqualTo(seqs(6, 7));
    }

    @Test
    void aThreadThatDoesNotExistYetIsFollowed() {
        Subscription subscription = subscribe(0);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedHere(2);
        assertThat(next.join()).hasSize(2);
    }

    @Test
    void whatOthersCommitIsFoundByAsking() {
        Subscription subscription = subscribe(0);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedElsewhere(2);
        assertThat(next).isNotDone();
        tick(ThreadFeed.POLL_MS);
        assertThat(next.join()).hasSize(2);
        assertThat(taken(subscription, 0)).isEmpty();
    }

    @Test
    void aThreadOfOnesOwnIsSeldomAskedFor() {
        Subscription subscription = subscribe(0);
        next(subscription);
        committedHere(1);
        next(subscription);
        int before = journal.polls;
        for (int i = 0; i < 10; i++) {
            tick(ThreadFeed.POLL_MS);
        }
        assertThat(journal.polls - before).isZero();
        tick(ThreadFeed.POLL_OWN_MS);
        assertThat(journal.polls - before).isEqualTo(1);
    }

    @Test
    void aPartitionThatHasLeftIsNoticedAndAskedForAgainAsOften() {
        Subscription subscription = subscribe(0);
        next(subscription);
        committedHere(1);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedElsewhere(1);
        tick(ThreadFeed.POLL_OWN_MS);
        assertThat(next.join()).extracting(Recorded::seq).containsExactly(2L);
        CompletableFuture<List<Recorded>> after = next(subscription);
        committedElsewhere(1);
        tick(ThreadFeed.POLL_MS);
        assertThat(after.join()).extracting(Recorded::seq).containsExactly(3L);
    }

    @Test
    void whoFollowsFromNowOnIsToldWhatComesBehindTheStateAndReadsNothing() {
        committedHere(3);
        Subscription subscription = feed.subscribe(THREAD, Runnable::run);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedHere(2);
        subscription.beginBehind(4);
        assertThat(next.join()).extracting(Recorded::seq).containsExactly(5L);
        committedHere(1);
        assertThat(taken(subscription, 1)).isEqualTo(seqs(6, 6));
        tick(ThreadFeed.POLL_MS);
        assertThat(journal.pages + journal.polls).isZero();
    }

    @Test
    void whatDidNotFitWhileTheStateWasReadIsRead() {
        Subscription subscription = feed.subscribe(THREAD, Runnable::run);
        int many = Subscription.MAX_BUFFERED + 3;
        for (int i = 0; i < many; i++) {
            committedHere(1);
        }
        subscription.beginBehind(1);
        assertThat(taken(subscription, many - 1)).isEqualTo(seqs(2, many));
        assertThat(journal.pages).isPositive();
    }

    @Test
    void whatWasCommittedHereIsTimedFromTheCommitToTheConnection() {
        Subscription subscription = feed.subscribe(THREAD, Runnable::run);
        subscription.beginBehind(0);
        committedHere(1);
        nowMs += 7;
        Long committed = subscription.take().toCompletableFuture().join().committedNanos();
        assertThat(committed).isNotNull();
        subscription.sent(committed);
        assertThat(delays).containsExactly(7_000_000L);
        committedElsewhere(1);
        tick(ThreadFeed.POLL_OWN_MS);
        assertThat(subscription.take().toCompletableFuture().join().committedNanos())
                .as("when others commit is not known")
                .isNull();
    }

    @Test
    void whoFollowsAThreadThatSomebodyElseDeletesIsToldSoOnceBehindAllElse() {
        Subscription subscription = subscribe(0);
        next(subscription);
        committedHere(1);
        committedHere(1);
        journal.deleted = true;
        tick(ThreadFeed.POLL_OWN_MS);
        tick(ThreadFeed.POLL_OWN_MS);
        assertThat(next(subscription).join()).extracting(Recorded::seq).containsExactly(2L);
        assertThat(next(subscription).join()).as("nothing more will come").isEmpty();
    }

    @Test
    void whoIsToldOfADeletionBeforeItHasReadAnythingDoesNotGoOnReadingForEver() {
        committedElsewhere(2);
        journal.deleted = true;
        journal.holdsOn = true;
        journal.held = new CompletableFuture<>();
        Subscription subscription = subscribe(0);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedHere(1);
        journal.release();
        assertThat(next).as("it was told of something that it cannot read").isNotDone();
        tick(ThreadFeed.POLL_MS);
        assertThat(next.join()).as("nothing more will come").isEmpty();
        int pages = journal.pages;
        journal.release();
        assertThat(journal.pages).isEqualTo(pages);
    }

    @Test
    void whatIsToldTwiceIsTakenOnce() {
        Subscription subscription = subscribe(0);
        committedHere(2);
        tell(journal.decisions.getFirst());
        tick(ThreadFeed.POLL_OWN_MS);
        assertThat(taken(subscription, 2)).isEqualTo(seqs(1, 2));
        assertThat(next(subscription)).isNotDone();
    }

    @Test
    void whatWasMissedIsRead() {
        Subscription subscription = subscribe(0);
        next(subscription);
        committedHere(1);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedElsewhere(2);
        committedHere(1);
        List<Long> all = new ArrayList<>(next.join().stream().map(Recorded::seq).toList());
        while (all.size() < 3) {
            all.addAll(next(subscription).join().stream().map(Recorded::seq).toList());
        }
        assertThat(all).containsExactly(2L, 3L, 4L);
    }

    @Test
    void whatIsCommittedWhileItReadsIsNotMissed() {
        committedElsewhere(1);
        journal.held = new CompletableFuture<>();
        Subscription subscription = subscribe(0);
        CompletableFuture<List<Recorded>> next = next(subscription);
        committedHere(1);
        committedHere(1);
        journal.release();
        assertThat(next.join()).extracting(Recorded::seq).containsExactly(1L, 2L, 3L);
        assertThat(journal.pages).isEqualTo(1);
    }

    @Test
    void aSlowFollowerKeepsNoMoreThanItsBufferAndMissesNothing() {
        Subscription subscription = subscribe(0);
        next(subscription);
        committedHere(1);
        int many = 5 * Subscription.MAX_BUFFERED;
        for (int i = 0; i < many; i++) {
            committedHere(1);
        }
        assertThat(taken(subscription, many)).isEqualTo(seqs(2, many + 1L));
    }

    @Test
    void whoTakesNothingForTooLongIsNotServedAnyMoreAndToldSo() {
        Subscription subscription = subscribe(0);
        boolean[] told = {false};
        subscription.onStalled(() -> told[0] = true);
        next(subscription);
        committedHere(1);
        committedHere(1);
        tick(ThreadFeed.STALLED_MS - 1);
        assertThat(told[0]).isFalse();
        tick(1);
        assertThat(told[0]).isTrue();
        assertThat(feed.size()).isZero();
    }

    @Test
    void whoWaitsForWhatDoesNotComeIsNotStalled() {
        Subscription subscription = subscribe(0);
        next(subscription);
        tick(10 * ThreadFeed.STALLED_MS);
        assertThat(feed.size()).isEqualTo(1);
    }

    @Test
    void noMoreFollowThanMayAndWhoIsClosedIsForgottenOnce() {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < ThreadFeed.MAX_SUBSCRIPTIONS; i++) {
            all.add(subscribe(0));
        }
        assertThat(feed.subscribe(THREAD, 0, Runnable::run)).isNull();
        all.forEach(Subscription::close);
        all.forEach(Subscription::close);
        assertThat(feed.size()).isZero();
        assertThat(feed.tick()).isFalse();
        assertThat(feed.subscribe(THREAD, 0, Runnable::run)).isNotNull();
    }

    @Test
    void aClosedFollowerHearsNothingMore() {
        Subscription subscription = subscribe(0);
        CompletableFuture<List<Recorded>> next = next(subscription);
        subscription.close();
        committedHere(1);
        assertThat(next).isNotDone();
        assertThat(next(subscription)).isNotDone();
    }

    @Test
    void whoCannotReadIsToldAndMayTryAgain() {
        journal.failure = new IllegalStateException("gone");
        Subscription subscription = subscribe(0);
        assertThat(next(subscription)).isCompletedExceptionally();
        journal.failure = null;
        committedHere(1);
        assertThat(taken(subscription, 1)).isEqualTo(seqs(1, 1));
    }

    @Test
    void oneThreadThatCannotBeReadCostsTheOthersNothing_norDoesATenant() {
        ThreadKey damaged = new ThreadKey("default", "damaged");
        ThreadKey ofAnother = new ThreadKey("another", "t");
        journal.unreadable.add(damaged);
        journal.failingTenant = "another";
        List<CompletableFuture<List<Recorded>>> waiting = new ArrayList<>();
        for (ThreadKey thread : List.of(damaged, ofAnother, THREAD, new ThreadKey("zebra", "t"))) {
            waiting.add(next(feed.subscribe(thread, 0, Runnable::run)));
        }
        committedElsewhere(2);
        tick(ThreadFeed.POLL_MS);
        assertThat(waiting.get(0)).isCompletedExceptionally();
        assertThat(waiting.get(1)).isNotDone();
        assertThat(waiting.get(2).join()).hasSize(2);
        assertThat(waiting.get(3).join()).hasSize(2);
        journal.failingTenant = null;
        tick(ThreadFeed.POLL_MS);
        assertThat(waiting.get(1).join()).hasSize(2);
    }

    /** Commits here and elsewhere, lost and doubled tellings, slow readings and takings, in any order. */
    @Test
    void everyEventIsTakenOnceInOrderWhateverHappens() {
        for (long seed = 1; seed <= 300; seed++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            FakeJournal own = new FakeJournal();
            long[] now = {0};
            ThreadFeed followed =
                    new ThreadFeed(own, thread -> PARTITION, () -> now[0] * 1_000_000, delay -> {}, ticked -> {});
            boolean fromNow = random.nextBoolean();
            own.commit(random.nextInt(1, 4));
            Subscription subscription =
                    fromNow ? followed.subscribe(THREAD, Runnable::run) : followed.subscribe(THREAD, 0, Runnable::run);
            int stateReadAt = random.nextInt(100);
            int stateKnownAt = stateReadAt + random.nextInt(100);
            long state = 0;
            List<Long> taken = new ArrayList<>();
            CompletableFuture<List<Recorded>> waiting = null;
            for (int i = 0; i < 200; i++) {
                if (fromNow && i == stateReadAt) {
                    state = own.head;
                }
                if (fromNow && i == stateKnownAt) {
                    subscription.beginBehind(state);
                }
                switch (random.nextInt(8)) {
                    case 0, 1 -> followed.committed(batch(own.commit(random.nextInt(1, 4))));
                    case 2 -> own.commit(random.nextInt(1, 4));
                    case 3 -> {
                        if (!own.decisions.isEmpty()) {
                            followed.committed(batch(own.decisions.get(random.nextInt(own.decisions.size()))));
                        }
                    }
                    case 4 -> own.held = own.held == null ? new CompletableFuture<>() : own.held;
                    case 5 -> own.release();
                    case 6 -> {
                        now[0] += random.nextInt(600);
                        followed.tick();
                    }
                    default -> {
                        if (waiting == null || waiting.isDone()) {
                            if (waiting != null) {
                                waiting.join().forEach(recorded -> taken.add(recorded.seq()));
                            }
                            waiting = subscription.take().toCompletableFuture().thenApply(Subscription.Taken::events);
                        }
                    }
                }
            }
            own.release();
            for (int i = 0; i < 500 && (taken.isEmpty() ? state : taken.getLast()) < own.head; i++) {
                now[0] += 600;
                followed.tick();
                if (waiting != null && waiting.isDone()) {
                    waiting.join().forEach(recorded -> taken.add(recorded.seq()));
                    waiting = null;
                }
                if (waiting == null) {
                    waiting = subscription.take().toCompletableFuture().thenApply(Subscription.Taken::events);
                }
            }
            assertThat(taken).as("seed %d", seed).isEqualTo(seqs(state + 1, own.head));
        }
    }

    private Subscription subscribe(long afterSeq) {
        Subscription subscription = feed.subscribe(THREAD, afterSeq, Runnable::run);
        assertThat(subscription).isNotNull();
        return subscription;
    }

    private void committedHere(int events) {
        tell(journal.commit(events));
    }

    private void committedElsewhere(int events) {
        journal.commit(events);
    }

    private void tell(DecisionRow decision) {
        feed.committed(batch(decision));
    }

    private void tick(long ms) {
        nowMs += ms;
        feed.tick();
    }

    private static CompletableFuture<List<Recorded>> next(Subscription subscription) {
        return subscription.take().toCompletableFuture().thenApply(Subscription.Taken::events);
    }

    private static List<Long> taken(Subscription subscription, int count) {
        List<Long> seqs = new ArrayList<>();
        while (seqs.size() < count) {
            next(subscription).join().forEach(recorded -> seqs.add(recorded.seq()));
        }
        return seqs;
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static Batch batch(DecisionRow decision) {
        return new Batch(
                List.of(new Advance(PARTITION, 1, 0, 1)),
                List.of(decision),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** Decisions of one thread; pages are read at once, or when they are released. */
    private static final class FakeJournal implements ThreadFeed.Source {
        final List<DecisionRow> decisions = new ArrayList<>();
        long head;
        int pages;
        int polls;
        CompletableFuture<Void> held;
        RuntimeException failure;
        boolean deleted;
        final List<ThreadKey> unreadable = new ArrayList<>();
        String failingTenant;

        DecisionRow commit(int events) {
            List<Recorded> recorded = LongStream.rangeClosed(head + 1, head + events)
                    .mapToObj(seq -> new Recorded(seq, 1, new Event.ThreadCreated()))
                    .toList();
            head += events;
            DecisionRow row = new DecisionRow(THREAD, PARTITION, decisions.size() + 1L, 1, null, "test", recorded);
            decisions.add(row);
            return row;
        }

        /** Whether the next answer, too, waits to be released. */
        boolean holdsOn;

        void release() {
            CompletableFuture<Void> waiting = held;
            held = holdsOn ? new CompletableFuture<>() : null;
            if (waiting != null) {
                waiting.complete(null);
            }
        }

        @Override
        public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
            pages++;
            if (failure != null) {
                return Uni.createFrom().failure(failure);
            }
            // As of when it was asked for, however late the answer is.
            List<Recorded> page = decisions.stream()
                    .filter(decision -> !deleted && decision.lastSeq() >= fromSeq)
                    .limit(PAGE)
                    .flatMap(decision -> decision.events().stream())
                    .filter(recorded -> recorded.seq() >= fromSeq)
                    .toList();
            return held == null
                    ? Uni.createFrom().item(page)
                    : Uni.createFrom().completionStage(held.thenApply(ignored -> page));
        }

        @Override
        public Uni<List<News>> news(String tenant, List<Known> known) {
            polls++;
            if (tenant.equals(failingTenant)) {
                return Uni.createFrom().failure(new IllegalStateException("away"));
            }
            List<News> news = new ArrayList<>();
            for (Known one : known) {
                if (unreadable.contains(one.thread())) {
                    news.add(new News.Unreadable(one.thread(), new IllegalStateException("damaged")));
                    continue;
                }
                if (deleted) {
                    news.add(new News.Deleted(one.thread()));
                    continue;
                }
                decisions.stream()
                        .filter(decision -> decision.firstSeq() > one.seq())
                        .forEach(decision -> news.add(new News.Decided(one.thread(), decision.events())));
            }
            return Uni.createFrom().item(news);
        }
    }
}
