package dev.threadwright.query;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.panache.common.Page;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Threads and their runs. */
@ApplicationScoped
public class ThreadReads {

    /** How many runs come with a thread. */
    public static final int MAX_RUNS = 20;

    private static final String NEWEST_RUNS = "tenant = ?1 and thread = ?2 order by admittedAtMs desc, run desc";

    private final ReadScope scope;
    private final Unsealing unsealing;

    ThreadReads(ReadScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /**
     * @param runs its newest, newest first; at most {@link #MAX_RUNS}
     * @param pending the interrupts that wait for an answer, the oldest first; at most {@link
     *     InterruptReads#MAX_WITH_THREAD}
     * @param setAside why nothing is decided on it; null if it is not set aside
     */
    public record ThreadWithRuns(
            StoredThread thread,
            List<StoredRun> runs,
            List<String> pending,
            @Nullable StoredSetAside setAside) {}

    /** Null if there is no such thread. */
    public Uni<@Nullable ThreadWithRuns> thread(ThreadKey key) {
        return scope.read(
                        key.tenant(),
                        () -> StoredThread.<StoredThread>findById(new StoredThread.Key(key.tenant(), key.thread()))
                                .onItem()
                                .ifNotNull()
                                .transformToUni(thread -> runs(key)
                                        .flatMap(runs -> pending(key, thread)
                                                .flatMap(pending -> setAside(key)
                                                        .map(aside ->
                                                                new ThreadWithRuns(thread, runs, pending, aside))))))
                .call(found -> found == null
                        ? Uni.createFrom().voidItem()
                        : unsealing
                                .opened(key.tenant(), found.runs())
                                .flatMap(runs -> unsealing.opened(key.tenant(), found.setAside())));
    }

    private static Uni<@Nullable StoredSetAside> setAside(ThreadKey key) {
        return StoredSetAside.findById(new StoredSetAside.Key(key.tenant(), key.thread()));
    }

    /** What does not run asks nothing. */
    private static Uni<List<String>> pending(ThreadKey key, StoredThread thread) {
        return thread.activeRuns == 0 ? Uni.createFrom().item(List.of()) : InterruptReads.pendingIds(key);
    }

    public Uni<Boolean> exists(ThreadKey key) {
        return scope.read(
                key.tenant(),
                () -> StoredThread.count("tenant = ?1 and thread = ?2", key.tenant(), key.thread())
                        .map(count -> count > 0));
    }

    /** Null if the thread has no such run. */
    public Uni<@Nullable StoredRun> run(ThreadKey key, RunId run) {
        return scope.read(
                        key.tenant(),
                        () -> StoredRun.<StoredRun>findById(new StoredRun.Key(key.tenant(), key.thread(), run.value())))
                .flatMap(found -> unsealing.opened(key.tenant(), found));
    }

    private static Uni<List<StoredRun>> runs(ThreadKey key) {
        return StoredRun.<StoredRun>find(NEWEST_RUNS, key.tenant(), key.thread())
                .page(Page.ofSize(MAX_RUNS))
                .list();
    }
}
