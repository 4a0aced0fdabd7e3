package dev.threadwright.stream;

import dev.threadwright.contract.FrameId;
import dev.threadwright.contract.Mode;
import dev.threadwright.contract.Projection;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.live.StepProgress;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells of all runs of a thread, for as long as somebody listens. */
final class ThreadTeller implements Teller {

    private final Set<ThreadMode> modes;
    private final @Nullable FrameId behind;

    private final PartialMessages partial = new PartialMessages();

    /** Of the legs that are open, as they were asked for. */
    private final Map<RunId, StreamOptions> options;

    /** @param open as the legs were asked for that are open where this begins */
    ThreadTeller(Set<ThreadMode> modes, @Nullable FrameId behind, Map<RunId, StreamOptions> open) {
        this.modes = Set.copyOf(modes);
        this.behind = behind;
        this.options = new HashMap<>(open);
    }

    @Override
    public void passed(Event event) {
        if (event instanceof Event.RunRequested requested) {
            options.put(requested.leg(), StreamOptions.of(requested.request()));
        }
    }

    @Override
    public void tell(Projection.Told told, List<ServerEvent> into) {
        passed(told.recorded().event());
        for (StreamFrame frame : told.frames().get()) {
            FrameId id = frame.id();
            if (wants(frame) && (behind == null || id == null || id.compareTo(behind) > 0) && !partial.covers(frame)) {
                into.add(LegTeller.event(frame));
            }
        }
        RunId leg = told.leg();
        if (told.end() != null && leg != null) {
            options.remove(leg);
        }
    }

    private boolean wants(StreamFrame frame) {
        return modes.contains(ThreadMode.LIFECYCLE)
                        && frame.mode() == Mode.LIFECYCLE
                        && frame.namespace().isEmpty()
                || modes.contains(ThreadMode.STATE_UPDATE) && frame.mode() == Mode.STATE_UPDATE
                || modes.contains(ThreadMode.RUN_MODES) && isOfRun(frame);
    }

    private boolean isOfRun(StreamFrame frame) {
        RunId leg = frame.leg();
        return leg != null && options.getOrDefault(leg, StreamOptions.DEFAULT).wants(frame);
    }

    @Override
    public @Nullable ServerEvent tell(StepProgress progress, ThreadState state) {
        StartedRun run = state.started(progress.run());
        if (run == null) {
            return null;
        }
        StreamFrame frame = Projection.progress(run.leg().id(), progress.step(), progress.data());
        if (!wants(frame)) {
            return null;
        }
        partial.told(frame);
        return LegTeller.event(frame);
    }

    @Override
    public boolean isOver() {
        return false;
    }
}
