package dev.threadwright.ending;

import dev.threadwright.thread.ThreadKey;
import java.util.concurrent.CompletionStage;

/** Deletes threads that were for one run alone. */
public interface ThreadDeletions {

    /** Completes when it is deleted, or was before; fails if it has to be tried again. */
    CompletionStage<Void> delete(ThreadKey thread);
}
