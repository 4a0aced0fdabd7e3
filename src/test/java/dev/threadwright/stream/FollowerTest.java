package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Projection;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.live.StepProgress;
import dev.threadwright.query.DecisionReads;
import dev.threadwright.query.DecisionReads.News;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What handlers say comes by another way than what is committed, and may come before it or after. */
class FollowerTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final RunId RUN = new RunId("r");
    private static final ActionId ACTION = new ActionId("r-1");

    private static final Workflow WORK = WorkflowBuilder.workflow("work", 1)
            .start("wait")
            .step(
                    "wait",
                    new Step.Action(
                            "worker",
                            Step.View::trigger,
                            Json.EMPTY_OBJECT,
                            (view, result) -> Step.Outcome.of(List.of()),
                            1_000,
                            new Step.Retries(3, 100, 1_000),
                            true),
                    options -> options)
            .build();

    private final Decider decider = new Decider(
            new ServerSettings(InterruptPolicy.DEFAULT, "work", 10, 100),
            new Workflows(List.of(WORK)),
            NO_JUDGES,
            new JsonSchemas());
    private final ProgressFeed progress = new ProgressFeed();
    private final ThreadFeed feed = new ThreadFeed(NOTHING, thread -> 0, () -> 0, delay -> {}, ticked -> {});
    private ThreadState state = ThreadState.absent(THREAD);

    @Test
    void whatIsSaidBeforeItsRunHasBegunHereIsToldThenAndBeforeWhatComesAfter() {
        Ear ear = ear();
        Subscription subscription = subscribe();
        AssertSubscriber<ServerEvent> told = follow(ear, subscription);
        say("a", 1);
        say("b", 1);
        assertThat(words(told)).isEmpty();
        List<Recorded> begun = begun();
        List<Recorded> both = new ArrayList<>(begun);
        both.addAll(done());
        subscription.offer(both, null);
        assertThat(words(told))
                .containsExactly(
                        "ThreadCreated",
                        "InputAccepted",
                        "RunStarted",
                        "ActionRequested",
                        "a",
                        "b",
                        "ActionSucceeded",
                        "StepCompleted",
                        "RunCompleted");
    }

    @Test
    void whatWasSaidBeforeAnybodyAskedIsTold() {
        Ear ear = ear();
        Subscription subscription = subscribe();
        say("a", 1);
        AssertSubscriber<ServerEvent> told = follow(ear, subscription);
        subscription.offer(begun(), null);
        say("b", 1);
        assertThat(words(told)).endsWith("ActionRequested", "a", "b");
    }

    @Test
    void whatIsSaidOfAnAttemptThatHasEndedIsNotTold() {
        Subscription subscription = subscribe();
        AssertSubscriber<ServerEvent> told = follow(ear(), subscription);
        subscription.offer(begun(), null);
        say("a", 1);
        subscription.offer(failed(), null);
        say("late", 1);
        say("early", 2);
        assertThat(words(told)).endsWith("a", "ActionRetryScheduled");
        subscription.offer(retried(), null);
        say("b", 2);
        subscription.offer(done(), null);
        say("late again", 2);
        assertThat(words(told))
                .endsWith("TimerFired", "early", "b", "ActionSucceeded", "StepCompleted", "RunCompleted");
    }

    @Test
    void ofMuchThatWasSaidBeforeTheLastIsKept() {
        List<String> all = IntStream.range(0, Follower.MAX_LIVE + 2)
                .mapToObj(number -> "w" + number)
                .toList();
        List<String> last = all.subList(2, all.size());

        Ear ear = ear();
        Subscription first = subscribe();
        all.forEach(word -> say(word, 1));
        AssertSubscriber<ServerEvent> kept = follow(ear, first);
        Subscription second = subscribe();
        AssertSubscriber<ServerEvent> early = follow(ear(), second);
        all.forEach(word -> say(word, 1));
        List<Recorded> begun = begun();
        first.offer(begun, null);
        second.offer(begun, null);
        assertThat(words(kept).stream().filter(word -> word.startsWith("w"))).containsExactlyElementsOf(last);
        assertThat(words(early).stream().filter(word -> word.startsWith("w"))).containsExactlyElementsOf(last);
    }

    @Test
    void nobodyListensAnyMoreWhenItIsClosed() {
        Subscription subscription = subscribe();
        AssertSubscriber<ServerEvent> told = follow(ear(), subscription);
        subscription.offer(begun(), null);
        told.cancel();
        say("a", 1);
        assertThat(words(told)).endsWith("ActionRequested");
        assertThat(feed.size()).isZero();
    }

    private Ear ear() {
        return new Ear(progress.of(THREAD), Runnable::run);
    }

    private void say(String word, int attempt) {
        progress.tell(new StepProgress(THREAD, RUN, "wait", ACTION, attempt, Json.of(word)));
    }

    private Subscription subscribe() {
        Subscription subscription = feed.subscribe(THREAD, Runnable::run);
        assertThat(subscription).isNotNull();
        subscription.beginBehind(0);
        return subscription;
    }

    private AssertSubscriber<ServerEvent> follow(Ear ear, Subscription subscription) {
        Follower follower = new Follower(
                subscription,
                ThreadState.absent(THREAD),
                Follower.Range.ALL,
                new Words(),
                Runnable::run,
                (ms, action) -> () -> {});
        AssertSubscriber<ServerEvent> told =
                follower.events().subscribe().withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        follower.listen(ear);
        return told;
    }

    private static List<String> words(AssertSubscriber<ServerEvent> told) {
        return told.getItems().stream().map(ServerEvent::event).toList();
    }

    private List<Recorded> begun() {
        Identity identity = new Identity("/test", "1");
        return decided(new Command.SubmitInput(
                header(1_000, identity),
                new Input(identity, Input.Type.USER_INPUT, null, Json.object("ms", Json.of(1))),
                RUN,
                null,
                "work",
                null,
                null));
    }

    private List<Recorded> failed() {
        return decided(new Command.FailAction(header(1_000, null), RUN, ACTION, 1, Failure.passing("busy")));
    }

    private List<Recorded> retried() {
        return decided(new Command.FireTimers(header(1_000_000, null), 1_000_000));
    }

    private List<Recorded> done() {
        int attempt = OpenAction.of(state).get(ACTION).attempt();
        return decided(new Command.CompleteAction(header(1_000_000, null), RUN, ACTION, attempt, Json.NULL));
    }

    private List<Recorded> decided(Command command) {
        Decision decision = decider.decide(state, command, new Known(null, null, null, Map.of()));
        state = decision.after();
        return decision.events();
    }

    private static Command.Header header(long timeMs, Identity identity) {
        return new Command.Header(THREAD, timeMs, identity, "", "test", "test");
    }

    /** Tells the names of events and the words of handlers. */
    private static final class Words implements Teller {
        @Override
        public void passed(Event event) {}

        @Override
        public void tell(Projection.Told told, List<ServerEvent> into) {
            into.add(new ServerEvent(null, told.recorded().event().getClass().getSimpleName(), () -> Json.NULL));
        }

        @Override
        public ServerEvent tell(StepProgress said, ThreadState state) {
            return new ServerEvent(null, ((Json.Text) said.data()).value(), said::data);
        }

        @Override
        public boolean isOver() {
            return false;
        }
    }

    private static final Judges NO_JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new AssertionError("no conditions here");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new AssertionError("no custom policies here");
        }
    };

    private static final ThreadFeed.Source NOTHING = new ThreadFeed.Source() {
        @Override
        public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
            return Uni.createFrom().item(List.of());
        }

        @Override
        public Uni<List<News>> news(String tenant, List<DecisionReads.Known> known) {
            return Uni.createFrom().item(List.of());
        }
    };
}
