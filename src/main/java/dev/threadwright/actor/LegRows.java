package dev.threadwright.actor;

import dev.threadwright.journal.Batch.LegRow;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a batch's events change about legs as readers see them. A run that never stops for anybody has none of these. */
final class LegRows {

    private static final String RUNNING = "running";
    private static final String SUCCESS = "success";
    private static final String ERROR = "error";
    private static final String TIMEOUT = "timeout";
    private static final String INTERRUPTED = "interrupted";
    private static final String ROLLED_BACK = "rolled_back";

    private final Map<RunId, LegRow> rows = new LinkedHashMap<>();
    private final Map<RunId, Json.Obj> requests = new HashMap<>();

    /** By run, what this batch changed about which leg is open. */
    private final Map<RunId, Open> open = new HashMap<>();

    /** @param leg null if none is */
    private record Open(@Nullable RunId leg) {}

    /** @param before what the event's decision began with */
    void add(ThreadKey thread, ThreadState before, Recorded recorded) {
        long timeMs = recorded.timeMs();
        Event event = recorded.event();
        if (event instanceof Event.RunRequested requested) {
            requests.put(requested.leg(), requested.request());
        } else if (event instanceof Event.RunRequestEnded ended) {
            rows.put(ended.leg(), request(thread, ended, timeMs));
        } else if (event instanceof Event.RunInterrupted interrupted) {
            if (interrupted.closed() != null) {
                open.put(interrupted.run(), new Open(null));
                end(thread, interrupted.run(), interrupted.closed(), SUCCESS, timeMs, null);
            }
        } else if (event instanceof Event.RunResumed resumed) {
            if (resumed.opened() != null) {
                open.put(resumed.run(), new Open(resumed.opened()));
                rows.put(resumed.opened(), opened(thread, resumed.run(), resumed.opened(), timeMs));
            }
        } else if (event instanceof Event.RunCompleted completed) {
            endOpen(thread, before, completed.run(), SUCCESS, timeMs, null);
        } else if (event instanceof Event.RunFailed failed) {
            endOpen(thread, before, failed.run(), ERROR, timeMs, failed.error());
        } else if (event instanceof Event.RunTimedOut timedOut) {
            endOpen(thread, before, timedOut.run(), TIMEOUT, timeMs, null);
        } else if (event instanceof Event.RunCancelled cancelled) {
            String status = cancelled.cause() == Event.Cause.ROLLED_BACK ? ROLLED_BACK : INTERRUPTED;
            endOpen(thread, before, cancelled.run(), status, timeMs, null);
        }
    }

    List<LegRow> rows() {
        return List.copyOf(rows.values());
    }

    private LegRow request(ThreadKey thread, Event.RunRequestEnded ended, long timeMs) {
        boolean isFine = ended.error() == null;
        return new LegRow(
                thread,
                ended.leg(),
                null,
                isFine ? SUCCESS : ERROR,
                timeMs,
                timeMs,
                ended.error(),
                isFine ? null : ended.message(),
                requests.get(ended.leg()));
    }

    private LegRow opened(ThreadKey thread, RunId run, RunId leg, long timeMs) {
        return new LegRow(thread, leg, run, RUNNING, timeMs, null, null, null, requests.get(leg));
    }

    /** A first leg that ends with its run is told by the run. */
    private void endOpen(
            ThreadKey thread, ThreadState before, RunId run, String status, long timeMs, @Nullable String error) {
        RunId leg = open(before, run);
        if (leg != null && !leg.equals(run)) {
            end(thread, run, leg, status, timeMs, error);
        }
    }

    private @Nullable RunId open(ThreadState before, RunId run) {
        Open here = open.get(run);
        if (here != null) {
            return here.leg();
        }
        StartedRun started = before.started(run);
        return started == null || started.leg().isClosed()
                ? null
                : started.leg().id();
    }

    private void end(ThreadKey thread, RunId run, RunId leg, String status, long timeMs, @Nullable String error) {
        LegRow begun = rows.get(leg);
        rows.put(
                leg,
                new LegRow(
                        thread,
                        leg,
                        run,
                        status,
                        begun == null ? null : begun.createdAtMs(),
                        timeMs,
                        null,
                        error,
                        begun == null ? null : begun.request()));
    }
}
