package dev.threadwright.contract;

import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a thread from one of its states on, and says of each event what it means to those who watch. What it says
 * depends on the state and the event alone, so any reader on any server says the same.
 */
public final class Projection {

    private ThreadState state;

    public Projection(ThreadState state) {
        this.state = state;
    }

    /**
     * What an event means.
     *
     * @param frames of all modes, in the order in which they are told
     * @param protocol the same in the words of the newer protocol
     * @param leg whose it is; null if it is of none
     * @param opened whether the leg begins with it
     * @param end how the leg ends with it; null if it goes on
     */
    public record Told(
            Recorded recorded,
            Supplier<List<StreamFrame>> frames,
            Supplier<List<ProtocolEvent>> protocol,
            @Nullable RunId leg,
            boolean opened,
            @Nullable LegEnd end) {}

    public ThreadState state() {
        return state;
    }

    /** The number of the event that it comes to next. */
    public long nextSeq() {
        return state.seq() + 1;
    }

    /** Goes by an event of which nobody wants to know anything. */
    public void pass(Recorded recorded) {
        state = Fold.evolve(state, recorded);
    }

    public Told add(Recorded recorded) {
        ThreadState before = state;
        ThreadState after = Fold.evolve(before, recorded);
        state = after;
        Happenings happenings = Happenings.of(before, recorded, after);
        boolean opened = false;
        LegEnd end = null;
        for (Happening happening : happenings.all()) {
            if (happening instanceof Happening.LegOpened) {
                opened = true;
            } else if (happening instanceof Happening.LegEnded ended) {
                end = ended.end();
            }
        }
        ThreadKey thread = after.key();
        return new Told(
                recorded,
                () -> new Frames(thread, recorded, happenings.leg()).of(happenings),
                () -> new ProtocolEvents(thread, recorded, happenings.leg()).of(happenings),
                happenings.leg(),
                opened,
                end);
    }

    /** What a leg's first frame says, for who joins it later. */
    public static StreamFrame metadata(ThreadKey thread, RunId leg) {
        return new StreamFrame(null, Mode.METADATA, "metadata", List.of(), leg, () -> Frames.metadata(thread, leg));
    }

    /** What a handler says while it works: live, and not told again. */
    public static StreamFrame progress(RunId leg, String step, Json data) {
        return Frames.progress(leg, step, data);
    }

    /** The same in the words of the newer protocol; numbered as if it were the last part of the event before it. */
    public static ProtocolEvent progress(ThreadState state, String step, Json data) {
        return new ProtocolEvent(
                "custom",
                "custom",
                "live:" + UUID.randomUUID(),
                ProtocolEvent.lastSeq(state.seq()),
                List.of(),
                state.updatedAtMs(),
                step,
                () -> new Members().with("payload", data).json());
    }
}
