package dev.threadwright.stream;

import dev.threadwright.query.EventReads;
import dev.threadwright.query.EventReads.Stretch;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Journals of threads, read while they are written. Called on a Vert.x context, as {@link RunStreams}. */
@ApplicationScoped
public class JournalTails {

    private final RunStreams runs;
    private final EventReads events;

    JournalTails(RunStreams runs, EventReads events) {
        this.runs = runs;
        this.events = events;
    }

    /**
     * What there is of a journal.
     *
     * @param stretch the decisions that hold it; null if there is nothing to tell but that the server is there
     * @param fromSeq the first event that is meant
     * @param count how many are meant
     */
    public record Part(@Nullable Stretch stretch, long fromSeq, int count) {
        static final Part HEARTBEAT = new Part(null, 0, 0);
    }

    /**
     * All events behind that number, in order, and then those to come, until the thread is deleted.
     *
     * @throws TooManyStreamsException if no more can be followed
     */
    public Multi<Part> behind(ThreadKey thread, long afterSeq) {
        Executor executor = runs.executor();
        Subscription subscription = runs.subscribe(thread, afterSeq, executor);
        return new JournalTail(subscription, events::events, afterSeq + 1, executor, runs.clock()).parts();
    }
}
