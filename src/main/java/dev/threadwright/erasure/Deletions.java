package dev.threadwright.erasure;

import dev.threadwright.thread.ThreadKey;
import java.util.concurrent.CompletionStage;

/** Has threads deleted by who decides on them. */
public interface Deletions {

    /** Completes when it is deleted, or was before, or never was; fails if it has to be tried again. */
    CompletionStage<?> delete(ThreadKey thread);
}
