package dev.threadwright.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reads are answered when the test says so, with what was true when they began. */
class GatheringTest {

    private final List<Read> reads = new ArrayList<>();
    private final Map<Integer, String> stored = new HashMap<>(Map.of(1, "one", 2, "two"));
    private final Gathering<Integer, String> gathering = new Gathering<>(this::read);

    @Test
    void whoAsksAloneIsAnsweredByAReadOfItsOwnAtOnce() {
        CompletableFuture<String> answer = ask("t", 1);
        assertThat(reads).hasSize(1);
        reads.getFirst().end();
        assertThat(answer).isCompletedWithValue("one");
    }

    @Test
    void whatIsNotThereIsNull() {
        CompletableFuture<String> answer = ask("t", 3);
        reads.getFirst().end();
        assertThat(answer).isCompletedWithValue(null);
    }

    @Test
    void whoAsksWhileAllReadsAreUnderWayIsAnsweredByOneTogether() {
        fill();
        CompletableFuture<String> one = ask("t", 1);
        CompletableFuture<String> two = ask("t", 2);
        CompletableFuture<String> again = ask("t", 1);
        assertThat(reads).hasSize(Gathering.MAX_READS);
        reads.getFirst().end();
        assertThat(reads).hasSize(Gathering.MAX_READS + 1);
        assertThat(reads.getLast().keys).containsExactlyInAnyOrder(1, 2);
        reads.getLast().end();
        assertThat(one).isCompletedWithValue("one");
        assertThat(two).isCompletedWithValue("two");
        assertThat(again).isCompletedWithValue("one");
    }

    @Test
    void noAnswerIsOlderThanItsQuestion() {
        fill();
        ask("t", 1);
        reads.getFirst().end();
        stored.put(1, "changed");
        CompletableFuture<String> after = ask("t", 1);
        reads.get(1).end();
        reads.get(2).end();
        reads.get(3).end();
        assertThat(after).isCompletedWithValue("changed");
    }

    @Test
    void aReadIsOfOneTenantAndTenantsTakeTurns() {
        fill();
        for (int i = 0; i < 2 * Gathering.MAX_KEYS; i++) {
            ask("busy", i);
        }
        CompletableFuture<String> other = ask("other", 1);
        reads.get(0).end();
        reads.get(1).end();
        assertThat(reads.subList(2, 4)).extracting(read -> read.tenant).containsExactly("busy", "other");
        assertThat(reads.get(2).keys).hasSize(Gathering.MAX_KEYS);
        reads.get(3).end();
        assertThat(other).isCompletedWithValue("one");
    }

    @Test
    void aReadThatFailsFailsThoseWhoAskedForItAndNobodyElse() {
        CompletableFuture<String> failing = ask("t", 1);
        CompletableFuture<String> fine = ask("t", 2);
        reads.get(0).answer.completeExceptionally(new UnavailableException("gone", null));
        reads.get(1).end();
        assertThat(failing).isCompletedExceptionally();
        assertThat(fine).isCompletedWithValue("two");
        CompletableFuture<String> later = ask("t", 1);
        reads.get(2).end();
        assertThat(later).isCompletedWithValue("one");
    }

    @Test
    void whatIsWrongWithOneDoesNotCostThoseWhoWereReadWithIt() {
        fill();
        CompletableFuture<String> damaged = ask("t", 1);
        CompletableFuture<String> sound = ask("t", 2);
        reads.getFirst().end();
        reads.getLast().answer.completeExceptionally(new IllegalStateException("thread 1 cannot be read"));
        for (int i = 0; i < 2; i++) {
            Read alone = reads.getLast();
            assertThat(alone.keys).hasSize(1);
            if (alone.keys.contains(1)) {
                alone.answer.completeExceptionally(new IllegalStateException("thread 1 cannot be read"));
            } else {
                alone.end();
            }
        }
        assertThat(damaged).isCompletedExceptionally();
        assertThat(sound).isCompletedWithValue("two");
    }

    @Test
    void noMoreWaitThanMayAndThoseAreToldSoAtOnce() {
        fill();
        IntStream.range(0, Gathering.MAX_WAITING).forEach(i -> ask("t", 1));
        assertThat(ask("t", 1))
                .isCompletedExceptionally()
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(UnavailableException.class);
        reads.getFirst().end();
        CompletableFuture<String> later = ask("t", 2);
        assertThat(later).isNotDone();
        assertThat(reads.getLast().keys).containsExactly(1);
    }

    private void fill() {
        for (int i = 0; i < Gathering.MAX_READS; i++) {
            ask("first", 100 + i);
        }
        assertThat(reads).hasSize(Gathering.MAX_READS);
    }

    private CompletableFuture<String> ask(String tenant, int key) {
        return gathering.ask(tenant, key).subscribeAsCompletionStage();
    }

    private Uni<Map<Integer, String>> read(String tenant, Set<Integer> keys) {
        Read read = new Read(tenant, new TreeSet<>(keys), Map.copyOf(stored));
        reads.add(read);
        return Uni.createFrom().completionStage(read.answer);
    }

    private static final class Read {
        final String tenant;
        final Set<Integer> keys;
        final Map<Integer, String> found;
        final CompletableFuture<Map<Integer, String>> answer = new CompletableFuture<>();

        Read(String tenant, Set<Integer> keys, Map<Integer, String> found) {
            this.tenant = tenant;
            this.keys = keys;
            this.found = found;
        }

        void end() {
            answer.complete(found);
        }
    }
}
