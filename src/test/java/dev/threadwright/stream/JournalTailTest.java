package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.query.DecisionReads.Known;
import dev.threadwright.query.DecisionReads.News;
import dev.threadwright.query.EventReads.Stretch;
import dev.threadwright.query.StoredDecision;
import dev.threadwright.stream.JournalTails.Part;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A tail without a clock or a database: what is committed, read and asked for happens when the test says so. */
class JournalTailTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");

    private final List<DecisionRow> decisions = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private long head;
    private long nowMs;
    private int pages;
    private boolean hidden;
    private final ThreadFeed feed = new ThreadFeed(
            new ThreadFeed.Source() {
                @Override
                public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
                    return Uni.createFrom()
                            .item(decisions.stream()
                                    .flatMap(decision -> decision.events().stream())
                                    .filter(recorded -> recorded.seq() >= fromSeq)
                                    .toList());
                }

                @Override
                public Uni<List<News>> news(String tenant, List<Known> known) {
                    return Uni.createFrom().item(List.of());
                }
            },
            thread -> 0,
            () -> nowMs * 1_000_000,
            delay -> {},
            ticked -> {});

    @Test
    void nothingIsReadBeforeTheClientHasTakenWhatCameBefore() {
        for (int i = 0; i < 5; i++) {
            commit(JournalTail.PAGE);
        }
        AssertSubscriber<Part> client = tail(0);
        assertThat(pages).isZero();
        client.request(1);
        client.request(1);
        assertThat(seqs(client)).isEqualTo(range(1, 2 * JournalTail.PAGE));
        assertThat(pages).isEqualTo(2);
        client.request(3);
        assertThat(seqs(client)).isEqualTo(range(1, 5 * JournalTail.PAGE));
    }

    @Test
    void whatIsReadAheadOfWhatIsToldIsNotRepeated() {
        commit(3);
        AssertSubscriber<Part> client = tail(1);
        client.request(100);
        assertThat(seqs(client)).isEqualTo(range(2, 3));
        // Committed, both, before the first of them is told.
        DecisionRow first = row(2, new Event.ThreadCreated());
        DecisionRow second = row(2, new Event.ThreadCreated());
        tell(first);
        assertThat(seqs(client)).isEqualTo(range(2, 7));
        tell(second);
        assertThat(seqs(client)).isEqualTo(range(2, 7));
        commit(1);
        assertThat(seqs(client)).isEqualTo(range(2, 8));
    }

    @Test
    void whileNothingHappensTheServerIsThere() {
        commit(1);
        AssertSubscriber<Part> client = tail(1);
        client.request(100);
        timers.removeLast().run();
        timers.removeLast().run();
        assertThat(client.getItems()).hasSize(2).allMatch(part -> part.stretch() == null);
        commit(1);
        assertThat(seqs(client)).containsExactly(2L);
    }

    @Test
    void itEndsWithTheThread() {
        commit(1);
        AssertSubscriber<Part> client = tail(0);
        client.request(100);
        tell(row(1, new Event.ThreadDeleted()));
        client.assertCompleted();
        assertThat(seqs(client)).containsExactly(1L);
        assertThat(feed.size()).isZero();
    }

    @Test
    void whatWasDeletedBeforeItIsReadEndsItToo() {
        commit(1);
        hidden = true;
        AssertSubscriber<Part> client = tail(0);
        client.request(100);
        client.assertCompleted();
        assertThat(client.getItems()).isEmpty();
    }

    @Test
    void aClientThatTakesNothingIsGivenUp() {
        AssertSubscriber<Part> client = tail(0);
        commit(1);
        client.request(1);
        assertThat(seqs(client)).containsExactly(1L);
        commit(1);
        tick(ThreadFeed.STALLED_MS - 1);
        assertThat(feed.size()).isEqualTo(1);
        tick(1);
        assertThat(feed.size()).isZero();
        client.request(1);
        assertThat(client.getFailure()).hasMessageContaining("took nothing");
    }

    @Test
    void whoGoesAwayIsForgotten() {
        AssertSubscriber<Part> client = tail(0);
        client.request(1);
        client.cancel();
        assertThat(feed.size()).isZero();
    }

    private AssertSubscriber<Part> tail(long afterSeq) {
        Subscription subscription = feed.subscribe(THREAD, afterSeq, Runnable::run);
        return new JournalTail(subscription, this::page, afterSeq + 1, Runnable::run, (ms, action) -> {
                    timers.add(action);
                    return () -> timers.remove(action);
                })
                .parts()
                .subscribe()
                .withSubscriber(AssertSubscriber.create());
    }

    /** As the journal is read: whole decisions, from that which holds the event. */
    private Uni<Stretch> page(ThreadKey thread, long fromSeq, int limit) {
        pages++;
        List<StoredDecision> rows = decisions.stream()
                .filter(decision -> !hidden && decision.lastSeq() >= fromSeq && decision.firstSeq() < fromSeq + limit)
                .map(decision -> {
                    StoredDecision row = new StoredDecision();
                    row.firstSeq = decision.firstSeq();
                    row.count = decision.events().size();
                    return row;
                })
                .toList();
        return Uni.createFrom().item(new Stretch(rows, false));
    }

    private static List<Long> seqs(AssertSubscriber<Part> client) {
        return client.getItems().stream()
                .flatMap(part -> range(part.fromSeq(), part.fromSeq() + part.count() - 1).stream())
                .filter(seq -> seq > 0)
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private void commit(int events) {
        tell(row(events, new Event.ThreadCreated()));
    }

    private DecisionRow row(int events, Event event) {
        List<Recorded> recorded = LongStream.rangeClosed(head + 1, head + events)
                .mapToObj(seq -> new Recorded(seq, 1, event))
                .toList();
        head += events;
        DecisionRow row = new DecisionRow(THREAD, 3, decisions.size() + 1L, 1, null, "test", recorded);
        decisions.add(row);
        return row;
    }

    private void tell(DecisionRow decision) {
        feed.committed(new Batch(
                List.of(new Advance(3, 1, 0, 1)),
                List.of(decision),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
    }

    private void tick(long ms) {
        nowMs += ms;
        feed.tick();
    }
}
