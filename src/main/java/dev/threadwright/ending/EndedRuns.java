package dev.threadwright.ending;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Runs as those are told of them who gave an address for that. */
public interface EndedRuns {

    /**
     * The run with all that a webhook tells but when it was sent.
     *
     * @param leg that has ended
     * @return empty if nobody can read the run any more: it was rolled back, or its thread is deleted
     */
    CompletionStage<Optional<Json.Obj>> find(ThreadKey thread, RunId leg);
}
