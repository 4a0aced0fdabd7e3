package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.TraceContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Both, where there are traces. */
record MetersAndSpans(EngineMeters meters, EngineSpans spans) implements Measurements {

    @Override
    public void committed(List<Work> works, Batch batch, long nanos) {
        meters.committed(works, batch, nanos);
        spans.committed(works, batch, nanos);
    }

    @Override
    public void commitFailed(CommitFailure why) {
        meters.commitFailed(why);
    }

    @Override
    public void loaded(int threads, long nanos) {
        meters.loaded(threads, nanos);
    }

    @Override
    public void rebalanced(Rebalance what, int partitions) {
        meters.rebalanced(what, partitions);
    }

    @Override
    public void claimed(long nanos) {
        meters.claimed(nanos);
    }

    @Override
    public void claimFailed() {
        meters.claimFailed();
    }

    @Override
    public @Nullable TraceContext stepBegun(StepCall step) {
        return spans.stepBegun(step);
    }

    @Override
    public void stepEnded(StepCall step, Command result, long nanos) {
        meters.stepEnded(step, result, nanos);
        spans.stepEnded(step, result, nanos);
    }

    @Override
    public void stepCancelled(StepCall step, long nanos) {
        meters.stepCancelled(step, nanos);
        spans.stepCancelled(step, nanos);
    }

    @Override
    public void published(List<Publication> publications, long nanos) {
        meters.published(publications, nanos);
        spans.published(publications, nanos);
    }

    @Override
    public void publishingFailed() {
        meters.publishingFailed();
    }

    @Override
    public void relayed(long nanos) {
        meters.relayed(nanos);
    }
}
