package dev.threadwright.query;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers many who ask at about the same time with one read. Whoever asks while as many reads are under way as may be is
 * answered by the next one: never by one that began before the question, so an answer is never older than it. Nobody waits
 * for others to come, and the busier it is, the more each read answers.
 */
final class Gathering<K, V> {

    /** Of one read. */
    static final int MAX_KEYS = 128;

    /** At once. One would leave the database idle while its answer is worked on. */
    static final int MAX_READS = 2;

    /** Questions that wait for a read; further ones are told to come back. */
    static final int MAX_WAITING = 10_000;

    private final BiFunction<String, Set<K>, Uni<Map<K, V>>> read;

    // Guarded by this.

    private final LinkedHashMap<String, LinkedHashMap<K, List<CompletableFuture<@Nullable V>>>> waiting =
            new LinkedHashMap<>();
    private int reads;
    private int size;

    /** @param read of one tenant; what is not in its answer is not there */
    Gathering(BiFunction<String, Set<K>, Uni<Map<K, V>>> read) {
        this.read = read;
    }

    /** Null if there is none. The answer comes on the caller's Vert.x context, if it has one. */
    Uni<@Nullable V> ask(String tenant, K key) {
        return Uni.createFrom().<V>deferred(() -> {
            Context context = Vertx.currentContext();
            Uni<V> answer = Uni.createFrom().completionStage(register(tenant, key));
            readNext();
            if (context == null) {
                return answer;
            }
            Executor executor = MutinyHelper.executor(context);
            return answer.emitOn(executor);
        });
    }

    private synchronized CompletableFuture<@Nullable V> register(String tenant, K key) {
        CompletableFuture<@Nullable V> answer = new CompletableFuture<>();
        if (size >= MAX_WAITING) {
            answer.completeExceptionally(
                    new UnavailableException(MAX_WAITING + " questions wait for the database already", null));
            return answer;
        }
        size++;
        waiting.computeIfAbsent(tenant, own -> new LinkedHashMap<>())
                .computeIfAbsent(key, own -> new ArrayList<>(1))
                .add(answer);
        return answer;
    }

    private void readNext() {
        for (Turn<K, V> turn = next(); turn != null; turn = next()) {
            Turn<K, V> taken = turn;
            Uni.createFrom()
                    .deferred(() -> read.apply(taken.tenant, taken.askers.keySet()))
                    .onTermination()
                    .invoke(this::ended)
                    .subscribe()
                    .with(taken::answer, failure -> failed(taken, failure));
        }
    }

    /** What is wrong with one of them must not cost the others: then each is read alone, one after the other. */
    private void failed(Turn<K, V> turn, Throwable failure) {
        if (turn.askers.size() == 1 || failure instanceof UnavailableException) {
            turn.fail(failure);
            return;
        }
        Multi.createFrom()
                .iterable(turn.askers.keySet())
                .onItem()
                .transformToUniAndConcatenate(key -> Uni.createFrom()
                        .deferred(() -> read.apply(turn.tenant, Set.of(key)))
                        .onItemOrFailure()
                        .transform((found, own) -> turn.settle(key, found, own)))
                .subscribe()
                .with(settled -> {}, turn::fail);
    }

    /** The tenant who has waited longest is served, and waits again with what is left. */
    private synchronized @Nullable Turn<K, V> next() {
        if (reads >= MAX_READS) {
            return null;
        }
        Map.Entry<String, LinkedHashMap<K, List<CompletableFuture<@Nullable V>>>> oldest = waiting.pollFirstEntry();
        if (oldest == null) {
            return null;
        }
        reads++;
        LinkedHashMap<K, List<CompletableFuture<@Nullable V>>> all = oldest.getValue();
        Map<K, List<CompletableFuture<@Nullable V>>> taken = new HashMap<>();
        while (taken.size() < MAX_KEYS && !all.isEmpty()) {
            Map.Entry<K, List<CompletableFuture<@Nullable V>>> first = all.pollFirstEntry();
            taken.put(first.getKey(), first.getValue());
            size -= first.getValue().size();
        }
        if (!all.isEmpty()) {
            waiting.put(oldest.getKey(), all);
        }
        return new Turn<>(oldest.getKey(), taken);
    }

    private void ended() {
        synchronized (this) {
            reads--;
        }
        readNext();
    }

    /** One read, and who asked for what. */
    private record Turn<K, V>(String tenant, Map<K, List<CompletableFuture<@Nullable V>>> askers) {

        void answer(Map<K, V> found) {
            askers.forEach((key, all) -> all.forEach(asker -> asker.complete(found.get(key))));
        }

        boolean settle(K key, @Nullable Map<K, V> found, @Nullable Throwable failure) {
            for (CompletableFuture<@Nullable V> asker : askers.getOrDefault(key, List.of())) {
                if (found == null) {
                    asker.completeExceptionally(failure == null ? new IllegalStateException("No answer") : failure);
                } else {
                    asker.complete(found.get(key));
                }
            }
            return true;
        }

        void fail(Throwable failure) {
            askers.values().forEach(all -> all.forEach(asker -> asker.completeExceptionally(failure)));
        }
    }
}
