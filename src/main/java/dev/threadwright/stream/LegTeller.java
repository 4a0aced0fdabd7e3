package dev.threadwright.stream;

import dev.threadwright.contract.FrameId;
import dev.threadwright.contract.LegEnd;
import dev.threadwright.contract.Projection;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.live.StepProgress;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadState;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells of one leg, until it ends. */
final class LegTeller implements Teller {

    private final RunId leg;
    private final StreamOptions options;
    private final @Nullable FrameId behind;
    private final Consumer<LegEnd> onEnd;
    private final PartialMessages partial = new PartialMessages();
    private boolean over;

    /** @param behind the frame that was told last; null for none */
    LegTeller(RunId leg, StreamOptions options, @Nullable FrameId behind, Consumer<LegEnd> onEnd) {
        this.leg = leg;
        this.options = options;
        this.behind = behind;
        this.onEnd = onEnd;
    }

    @Override
    public void passed(Event event) {}

    @Override
    public void tell(Projection.Told told, List<ServerEvent> into) {
        if (over || !leg.equals(told.leg())) {
            return;
        }
        for (StreamFrame frame : told.frames().get()) {
            FrameId id = frame.id();
            if (options.wants(frame)
                    && (behind == null || id == null || id.compareTo(behind) > 0)
                    && !partial.covers(frame)) {
                into.add(event(frame));
            }
        }
        LegEnd end = told.end();
        if (end != null) {
            over = true;
            onEnd.accept(end);
        }
    }

    @Override
    public @Nullable ServerEvent tell(StepProgress progress, ThreadState state) {
        StartedRun run = state.started(progress.run());
        if (run == null || !run.leg().id().equals(leg)) {
            return null;
        }
        StreamFrame frame = Projection.progress(leg, progress.step(), progress.data());
        if (!options.wants(frame)) {
            return null;
        }
        partial.told(frame);
        return event(frame);
    }

    @Override
    public boolean isOver() {
        return over;
    }

    static ServerEvent event(StreamFrame frame) {
        FrameId id = frame.id();
        return new ServerEvent(id == null ? null : id.toString(), frame.name(), frame.data());
    }
}
