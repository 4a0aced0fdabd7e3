package dev.threadwright.actor;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.WorkflowCatalog;

/** A thread that is decided on without a loop: what follows from its states is looked at. */
final class DecidedThread {

    private final Decider decider;
    private ThreadState state;

    DecidedThread(ThreadKey key, Gate gate, WorkflowCatalog workflows) {
        this.decider = LoopHarness.decider(gate, workflows);
        this.state = ThreadState.absent(key);
    }

    ThreadState state() {
        return state;
    }

    Decision decide(Command command) {
        return decide(command, Known.NOTHING);
    }

    Decision decide(Command command, Known known) {
        Decision decision = decider.decide(state, command, known);
        state = decision.after();
        return decision;
    }
}
