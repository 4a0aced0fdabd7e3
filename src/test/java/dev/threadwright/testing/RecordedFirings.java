package dev.threadwright.testing;

import dev.threadwright.cron.CronFiring;
import dev.threadwright.cron.CronRuns;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The firings of crons, instead of their runs. As one that makes runs does, it reads first, which needs a context. */
@Alternative
@ApplicationScoped
public class RecordedFirings implements CronRuns {
    private final Queue<CronFiring> taken = new ConcurrentLinkedQueue<>();
    private final ThreadReads threads;

    RecordedFirings(ThreadReads threads) {
        this.threads = threads;
    }

    @Override
    public Uni<Void> start(CronFiring firing) {
        return threads.thread(new ThreadKey(firing.tenant(), "none"))
                .invoke(thread -> taken.add(firing))
                .replaceWithVoid();
    }

    public Queue<CronFiring> taken() {
        return taken;
    }
}
