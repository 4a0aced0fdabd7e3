package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.TraceContext;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** All who measure, each by itself: what one of them fails on is said once, and costs neither the others nor the work anything. */
final class SafeMeasurements implements Measurements {

    private static final Logger LOG = Logger.getLogger(SafeMeasurements.class);

    private final List<Measurements> all;
    private final AtomicBoolean told = new AtomicBoolean();

    SafeMeasurements(List<Measurements> all) {
        this.all = List.copyOf(all);
    }

    private void each(Consumer<Measurements> tell) {
        for (Measurements one : all) {
            try {
                tell.accept(one);
            } catch (RuntimeException e) {
                failed(e);
            }
        }
    }

    void failed(RuntimeException e) {
        if (told.compareAndSet(false, true)) {
            LOG.error("Something cannot be measured; the work goes on, and this is not said again", e);
        }
    }

    @Override
    public void committed(List<Work> works, Batch batch, long nanos) {
        each(one -> one.committed(works, batch, nanos));
    }

    @Override
    public void commitFailed(CommitFailure why) {
        each(one -> one.commitFailed(why));
    }

    @Override
    public void loaded(int threads, long nanos) {
        each(one -> one.loaded(threads, nanos));
    }

    @Override
    public void rebalanced(Rebalance what, int partitions) {
        each(one -> one.rebalanced(what, partitions));
    }

    @Override
    public void claimed(long nanos) {
        each(one -> one.claimed(nanos));
    }

    @Override
    public void claimFailed() {
        each(Measurements::claimFailed);
    }

    /** The place in its trace that the last of them has made for it. */
    @Override
    public @Nullable TraceContext stepBegun(StepCall step) {
        TraceContext trace = step.trace();
        for (Measurements one : all) {
            try {
                TraceContext made = one.stepBegun(step);
                trace = made == step.trace() ? trace : made;
            } catch (RuntimeException e) {
                failed(e);
            }
        }
        return trace;
    }

    @Override
    public void stepEnded(StepCall step, Command result, long nanos) {
        each(one -> one.stepEnded(step, result, nanos));
    }

    @Override
    public void stepCancelled(StepCall step, long nanos) {
        each(one -> one.stepCancelled(step, nanos));
    }

    @Override
    public void published(List<Publication> publications, long nanos) {
        each(one -> one.published(publications, nanos));
    }

    @Override
    public void publishingFailed() {
        each(Measurements::publishingFailed);
    }

    @Override
    public void relayed(long nanos) {
        each(one -> one.relayed(nanos));
    }
}
