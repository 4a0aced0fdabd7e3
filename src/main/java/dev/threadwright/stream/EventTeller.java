package dev.threadwright.stream;

import dev.threadwright.contract.Projection;
import dev.threadwright.contract.ProtocolEvent;
import dev.threadwright.live.StepProgress;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.ThreadState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the events of a thread in the words of the newer protocol, for as long as somebody listens. */
final class EventTeller implements Teller {

    private final List<ThreadStreams.Wanted> wanted;

    EventTeller(List<ThreadStreams.Wanted> wanted) {
        this.wanted = List.copyOf(wanted);
    }

    @Override
    public void passed(Event event) {}

    @Override
    public void tell(Projection.Told told, List<ServerEvent> into) {
        for (ProtocolEvent event : told.protocol().get()) {
            if (wanted.stream()
                    .anyMatch(one -> event.seq() > one.since() && one.filter().wants(event))) {
                into.add(event(event));
            }
        }
    }

    @Override
    public @Nullable ServerEvent tell(StepProgress progress, ThreadState state) {
        ProtocolEvent event = Projection.progress(state, progress.step(), progress.data());
        return wanted.stream().anyMatch(one -> one.filter().wants(event)) ? event(event) : null;
    }

    @Override
    public boolean isOver() {
        return false;
    }

    private static ServerEvent event(ProtocolEvent event) {
        return new ServerEvent(Long.toString(event.seq()), event.method(), event::json);
    }
}
