package dev.threadwright.http;

import dev.threadwright.query.RequestedRun;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;

/** A run, as those name it who ask for runs: a leg. */
record RunName(ThreadKey thread, RunId leg) {

    static RunName of(RequestedRun run) {
        return new RunName(run.thread(), run.leg());
    }
}
