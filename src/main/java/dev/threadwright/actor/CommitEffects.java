package dev.threadwright.actor;

import dev.threadwright.thread.Command;

/**
 * What follows from a batch once it is durable, so that callers and consumers may see it: callers are told first, and calls
 * are cancelled before others start.
 *
 * <p>On the committer's thread, or on the loop's if the answer to a commit was lost; never on both at once. Never blocks.
 */
final class CommitEffects {

    private final Replies replies;
    private final Quotas quotas;
    private final Publisher publisher;
    private final StepStarter steps;
    private final Turns turns;

    CommitEffects(Replies replies, Quotas quotas, Publisher publisher, StepStarter steps, Turns turns) {
        this.replies = replies;
        this.quotas = quotas;
        this.publisher = publisher;
        this.steps = steps;
        this.turns = turns;
    }

    void committed(PendingBatch pending) {
        replies.committed(pending.batch());
        quotas.committed(pending.uses());
        publisher.publish(pending.publications());
        pending.stops().forEach(steps::cancel);
        Work.forEachCommand(pending.works(), command -> {
            if (command instanceof Command.RecordResult done) {
                steps.recorded(done.header().thread(), done.action(), done.attempt(), done.name());
            }
        });
        pending.starts().forEach(steps::start);
        turns.committed(pending.turns());
    }
}
