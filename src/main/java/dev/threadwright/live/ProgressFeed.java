package dev.threadwright.live;

import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;

/** What this server's handlers say of their progress, while they say it. A slow watcher misses the older of two. */
@ApplicationScoped
public class ProgressFeed {

    private final BroadcastProcessor<StepProgress> all = BroadcastProcessor.create();

    /** Does not block. */
    public synchronized void tell(StepProgress progress) {
        all.onNext(progress);
    }

    public Multi<StepProgress> of(ThreadKey thread) {
        return all.select()
                .where(progress -> progress.thread().equals(thread))
                .onOverflow()
                .dropPreviousItems();
    }
}
