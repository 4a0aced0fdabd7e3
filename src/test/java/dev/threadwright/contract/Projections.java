package dev.threadwright.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What holds for the frames of any journal. */
public final class Projections {

    private record Shown(FrameId id, Mode mode, String name, RunId leg, String data) {}

    private Projections() {}

    /** Legs begin once and end once, ids are in order, and a stream cut anywhere goes on as if it had not been. */
    public static void check(ThreadKey thread, List<Recorded> journal, RandomGenerator random) {
        List<Shown> all = frames(thread, journal);
        assertThat(all.stream().map(Shown::id)).isSorted().doesNotHaveDuplicates();
        legs(thread, journal);
        protocol(thread, journal);
        if (all.isEmpty()) {
            return;
        }
        FrameId cut = all.get(random.nextInt(all.size())).id();
        Mode mode = Mode.values()[random.nextInt(Mode.values().length)];
        // Another reader begins at the event of the frame, as a server does that has a state from before it.
        Projection projection = new Projection(ThreadState.absent(thread));
        List<Shown> resumed = new ArrayList<>();
        for (Recorded recorded : journal) {
            if (recorded.seq() < cut.seq()) {
                projection.pass(recorded);
            } else {
                projection.add(recorded).frames().get().stream()
                        .filter(frame -> frame.mode() == mode && frame.id().compareTo(cut) > 0)
                        .forEach(frame -> resumed.add(shown(frame)));
            }
        }
        assertThat(resumed)
                .isEqualTo(all.stream()
                        .filter(frame -> frame.mode() == mode && frame.id().compareTo(cut) > 0)
                        .toList());
    }

    private static List<Shown> frames(ThreadKey thread, List<Recorded> journal) {
        Projection projection = new Projection(ThreadState.absent(thread));
        List<Shown> all = new ArrayList<>();
        for (Recorded recorded : journal) {
            projection.add(recorded).frames().get().forEach(frame -> all.add(shown(frame)));
        }
        return all;
    }

    private static Shown shown(StreamFrame frame) {
        return new Shown(
                frame.id(),
                frame.mode(),
                frame.name(),
                frame.leg(),
                JsonText.write(frame.data().get()));
    }

    private static void legs(ThreadKey thread, List<Recorded> journal) {
        Projection projection = new Projection(ThreadState.absent(thread));
        Set<RunId> opened = new HashSet<>();
        Set<RunId> ended = new HashSet<>();
        Map<RunId, Mode> last = new HashMap<>();
        for (Recorded recorded : journal) {
            Projection.Told told = projection.add(recorded);
            if (told.opened()) {
                assertThat(opened.add(told.leg()))
                        .as("%s begins once", told.leg())
                        .isTrue();
            }
            for (StreamFrame frame : told.frames().get()) {
                if (frame.leg() != null) {
                    assertThat(opened)
                            .as("%s has begun with %s", frame.leg(), recorded)
                            .contains(frame.leg());
                    if (!last.containsKey(frame.leg())) {
                        assertThat(frame.mode()).isEqualTo(Mode.METADATA);
                    }
                    if (!ended.contains(frame.leg())) {
                        last.put(frame.leg(), frame.mode());
                    }
                }
            }
            if (told.end() != null) {
                assertThat(ended.add(told.leg())).as("%s ends once", told.leg()).isTrue();
                assertThat(last.get(told.leg())).isEqualTo(Mode.END);
                assertThat(told.end().values().get()).isNotNull();
            }
        }
        assertThat(projection.state().isIdle() ? opened : ended)
                .as("what has begun ends")
                .isEqualTo(ended);
    }

    private static void protocol(ThreadKey thread, List<Recorded> journal) {
        Projection projection = new Projection(ThreadState.absent(thread));
        List<Long> numbers = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Recorded recorded : journal) {
            for (ProtocolEvent event : projection.add(recorded).protocol().get()) {
                numbers.add(event.seq());
                assertThat(ids.add(event.id())).isTrue();
                assertThat(ProtocolEvent.journalSeq(event.seq())).isEqualTo(recorded.seq());
                assertThat(event.json().get("method")).isNotNull();
            }
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }
}
