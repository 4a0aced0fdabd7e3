package dev.threadwright.stream;

import dev.threadwright.contract.Projection;
import dev.threadwright.live.StepProgress;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.ThreadState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses what one client is told of a thread. Used by one thread at a time. */
interface Teller {

    /** An event before those that are told. */
    void passed(Event event);

    /** Adds what is to be told of an event. */
    void tell(Projection.Told told, List<ServerEvent> into);

    /** What is to be told of a handler's progress; null for nothing. */
    @Nullable ServerEvent tell(StepProgress progress, ThreadState state);

    /** Whether there is no more to be told, whatever happens. */
    boolean isOver();
}
