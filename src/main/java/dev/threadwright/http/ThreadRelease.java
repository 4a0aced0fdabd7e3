package dev.threadwright.http;

import dev.threadwright.deadletter.Releases;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Lets a thread go on that was set aside, with what came for it meanwhile: says so in the journal, and leaves the rest to
 * the thread's owner. So it may be asked twice, and whoever is asked may die over it.
 */
@ApplicationScoped
public class ThreadRelease {

    private final Releases releases;

    ThreadRelease(Releases releases) {
        this.releases = releases;
    }

    /**
     * Answers how many commands are parked that will be decided.
     *
     * @param withParked whether what is parked is decided
     */
    Uni<Long> release(ThreadKey thread, boolean withParked) {
        return releases.release(thread.tenant(), thread.thread(), withParked)
                .onItem()
                .ifNull()
                .failWith(() -> notSetAside(thread));
    }

    static ProblemException notSetAside(ThreadKey thread) {
        return new ProblemException(
                Problem.of(ProblemType.NOT_SET_ASIDE, "Thread " + thread.thread() + " is not set aside"));
    }
}
