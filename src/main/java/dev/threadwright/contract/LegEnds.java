package dev.threadwright.contract;

import dev.threadwright.thread.Event;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadState;
import org.jspecify.annotations.Nullable;

/** The ends of legs, with the state of that moment. */
final class LegEnds {

    private LegEnds() {}

    /** It waits for somebody, or stands at a breakpoint. */
    static LegEnd stopped(RunId leg, StartedRun run, ThreadState after) {
        return new LegEnd(
                leg,
                LegStatus.SUCCESS,
                () -> StateView.stopped(StateView.values(after.channelsOf(run)), StateView.interrupts(run)),
                true,
                null,
                null);
    }

    /** Where somebody is asked already, the same is asked again. */
    static LegEnd ofRequest(Event.RunRequestEnded ended, ThreadState after) {
        StartedRun stopped = after.started().stream()
                .filter(StartedRun::isStopped)
                .findFirst()
                .orElse(null);
        if (ended.error() == null && stopped != null) {
            return stopped(ended.leg(), stopped, after);
        }
        return ended(
                ended.leg(),
                ended.error() == null ? LegStatus.SUCCESS : LegStatus.ERROR,
                after,
                ended.error(),
                ended.error() == null ? null : ended.message());
    }

    static LegEnd ended(
            RunId leg, LegStatus status, ThreadState after, @Nullable String error, @Nullable String message) {
        return new LegEnd(leg, status, () -> StateView.values(after.channels()), false, error, message);
    }
}
