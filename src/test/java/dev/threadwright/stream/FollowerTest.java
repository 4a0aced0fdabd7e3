package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Projection;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.live.StepProgress;
import dev.threadwright.query.DecisionReads.Known;
import dev.threadwright.query.DecisionReads.News;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What handlers say comes by another way than what is committed, and may come first. */
class FollowerTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");

    private final ProgressFeed progress = new ProgressFeed();
    private final ThreadFeed feed = new ThreadFeed(NOTHING, thread -> 0, () -> 0, delay -> {}, ticked -> {});
    private final Words words = new Words();

    @Test
    void whatWasSaidBeforeAnybodyAskedIsTold() {
        Ear ear = new Ear(progress.of(THREAD), Runnable::run);
        words.hasBegun = true;
        say("a");
        AssertSubscriber<ServerEvent> told = follow(ear);
        say("b");
        assertThat(names(told)).containsExactly("a", "b");
    }

    @Test
    void ofManyThatWereSaidBeforeTheLastAreKept() {
        Ear ear = new Ear(progress.of(THREAD), Runnable::run);
        words.hasBegun = true;
        List<String> all = IntStream.range(0, Follower.MAX_LIVE + 2)
                .mapToObj(Integer::toString)
                .toList();
        all.forEach(this::say);
        assertThat(names(follow(ear))).isEqualTo(all.subList(2, all.size()));
    }

    @Test
    void whatIsSaidBeforeItsRunHasBegunHereIsToldThenAndBeforeWhatComesAfter() {
        Ear ear = new Ear(progress.of(THREAD), Runnable::run);
        Subscription subscription = subscribe();
        AssertSubscriber<ServerEvent> told = follow(ear, subscription);
        say("a");
        say("b");
        assertThat(names(told)).isEmpty();
        words.beginsAt = 2;
        subscription.offer(List.of(recorded(1), recorded(2), recorded(3)), null);
        assertThat(names(told)).containsExactly("1", "2", "a", "b", "3");
        say("c");
        assertThat(names(told)).endsWith("3", "c");
    }

    @Test
    void nobodyListensAnyMoreWhenItIsClosed() {
        Ear ear = new Ear(progress.of(THREAD), Runnable::run);
        words.hasBegun = true;
        AssertSubscriber<ServerEvent> told = follow(ear);
        told.cancel();
        say("a");
        assertThat(names(told)).isEmpty();
        assertThat(feed.size()).isZero();
    }

    private void say(String word) {
        progress.tell(new StepProgress(THREAD, new RunId("r"), "step", 1, Json.of(word)));
    }

    private Subscription subscribe() {
        Subscription subscription = feed.subscribe(THREAD, Runnable::run);
        assertThat(subscription).isNotNull();
        subscription.beginBehind(0);
        return subscription;
    }

    private AssertSubscriber<ServerEvent> follow(Ear ear) {
        return follow(ear, subscribe());
    }

    private AssertSubscriber<ServerEvent> follow(Ear ear, Subscription subscription) {
        Follower follower = new Follower(
                subscription,
                ThreadState.absent(THREAD),
                Follower.Range.ALL,
                words,
                Runnable::run,
                (ms, action) -> () -> {});
        AssertSubscriber<ServerEvent> told =
                follower.events().subscribe().withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        follower.listen(ear);
        return told;
    }

    private static List<String> names(AssertSubscriber<ServerEvent> told) {
        return told.getItems().stream().map(ServerEvent::event).toList();
    }

    private static Recorded recorded(long seq) {
        return new Recorded(seq, 1_000, seq == 1 ? new Event.ThreadCreated() : new Event.StateUpdated(null, List.of()));
    }

    /** Tells the numbers of events and the words of handlers. */
    private static final class Words implements Teller {
        boolean hasBegun;
        long beginsAt = Long.MAX_VALUE;

        @Override
        public void passed(Event event) {}

        @Override
        public void tell(Projection.Told told, List<ServerEvent> into) {
            long seq = told.recorded().seq();
            hasBegun |= seq >= beginsAt;
            into.add(new ServerEvent(null, Long.toString(seq), () -> Json.NULL));
        }

        @Override
        public boolean isEarly(StepProgress said, ThreadState state) {
            return !hasBegun;
        }

        @Override
        public @Nullable ServerEvent tell(StepProgress said, ThreadState state) {
            return new ServerEvent(null, ((Json.Text) said.data()).value(), said::data);
        }

        @Override
        public boolean isOver() {
            return false;
        }
    }

    private static final ThreadFeed.Source NOTHING = new ThreadFeed.Source() {
        @Override
        public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
            return Uni.createFrom().item(List.of());
        }

        @Override
        public Uni<List<News>> news(String tenant, List<Known> known) {
            return Uni.createFrom().item(List.of());
        }
    };
}
