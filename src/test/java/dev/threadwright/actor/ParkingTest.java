package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.raw;
import static dev.threadwright.actor.LoopHarness.release;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow.Kind;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.BuiltInWorkflows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParkingTest {

    private static final ThreadKey T = thread("t");
    private static final ThreadKey OTHER = thread("other");
    private static final IllegalStateException DEFECT = new IllegalStateException("a defect");

    private final Set<ThreadKey> damaged = new HashSet<>();
    private boolean isAway;
    private final InMemoryJournal memory = new InMemoryJournal();
    private final Journal journal = new JournalDelegate(memory) {
        @Override
        public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
            threads.stream().filter(damaged::contains).forEach(thread -> {
                throw unreadable(thread);
            });
            return super.load(threads);
        }

        @Override
        public void setAside(SetAsideThread thread, long epoch) {
            if (isAway) {
                throw new JournalUnavailableException("The store is away", null);
            }
            super.setAside(thread, epoch);
        }
    };

    private final Actors actors = new Actors(10, 1 << 20);
    private final Lookups lookups =
            new Lookups(journal, NeededWorkflows.fixed(BuiltInWorkflows.registry()), actors, Measurements.NONE);
    private final SetAsides setAsides = new SetAsides(journal);
    private final Map<Integer, OwnedPartition> owned = new HashMap<>(
            Map.of(0, new OwnedPartition(0, memory.claim(0, "test", "publisher").epoch(), 0)));
    private final List<Work> goneOn = new ArrayList<>();
    private final Parking parking = new Parking(setAsides, lookups, actors, owned, goneOn::addAll);

    @Test
    void whileAllIsWellNothingIsLookedAt() {
        read(record(0, T));
        assertThat(parking.isNeeded()).isFalse();
        damaged.add(OTHER);
        read(record(1, OTHER));
        assertThat(parking.isNeeded()).as("one cannot be read").isTrue();
        lookups.clear();
        assertThat(parking.isNeeded()).isFalse();
        parking.withoutRefused(record(2, T), "It cannot be stored");
        assertThat(parking.isNeeded()).as("one is set aside").isTrue();
    }

    @Test
    void aThreadThatCannotBeReadIsSetAsideOnce_andItsRecordsBecomeDeadLetters() {
        damaged.add(T);
        List<Work> works = List.of(record(0, T), record(1, OTHER), record(2, T));
        read(works.toArray(Work[]::new));
        assertThat(parking.note(works)).isFalse();
        assertThat(journaled()).singleElement().satisfies(aside -> {
            assertThat(aside.thread()).isEqualTo(T);
            assertThat(aside.cause()).isEqualTo(Kind.THREAD_UNREADABLE);
            assertThat(aside.error()).contains("a newer release");
        });
        List<Work> left = parking.parked(works);
        assertThat(left).hasSize(3);
        assertThat(left.get(1)).isEqualTo(works.get(1));
        assertThat(left.get(0))
                .isEqualTo(letter(
                        works.get(0), Kind.THREAD_UNREADABLE, setAsides.of(T).error()));
        assertThat(left.get(2))
                .isEqualTo(letter(
                        works.get(2), Kind.THREAD_UNREADABLE, setAsides.of(T).error()));
    }

    @Test
    void whileTheJournalIsAwayNothingIsParked_andItMayBeRepeated() {
        damaged.add(T);
        List<Work> works = List.of(record(0, T));
        read(works.getFirst());
        isAway = true;
        assertThatThrownBy(() -> parking.note(works)).isInstanceOf(JournalUnavailableException.class);
        assertThat(setAsides.isEmpty()).isTrue();
        isAway = false;
        parking.note(works);
        assertThat(journaled()).hasSize(1);
    }

    @Test
    void whatComesForAThreadThatIsSetAsideIsADeadLetter_andWhatNoRecordBringsAgainWaits() {
        parking.withoutRefused(record(0, T), "It cannot be stored");
        Work.Decide result = result(T);
        List<Work> works = List.of(record(1, T), result, record(2, OTHER));
        assertThat(parking.note(works)).isFalse();
        assertThat(parking.parked(works))
                .containsExactly(
                        letter(works.get(0), Kind.THREAD_SET_ASIDE, "Its thread is set aside: It cannot be stored"),
                        works.get(2));

        actors.put(0, ThreadState.absent(T));
        parking.released(setAsides.of(T));
        assertThat(goneOn).containsExactly(result);
        assertThat(actors.contains(T)).as("it is read again").isFalse();
        assertThat(parking.isNeeded()).isFalse();
    }

    @Test
    void aRecordThatReleasesItsThreadIsDecided_oneOfAnEarlierTimeIsNot() {
        parking.withoutRefused(record(0, T), "It cannot be stored");
        Work earlier = release(1, input(T, "1", 1, null, "echo"), "0-1-0");
        assertThat(parking.note(List.of(earlier))).isFalse();
        Work release =
                release(2, input(T, "2", 2, null, "echo"), setAsides.of(T).id());
        assertThat(parking.note(List.of(release))).as("its state is to be read").isTrue();
        assertThat(journaled()).isEmpty();
        assertThat(parking.parked(List.of(release))).containsExactly(release);
    }

    @Test
    void aThreadThatCouldNotBeReadGoesOnAsSoonAsItCan() {
        damaged.add(T);
        Work.Decide first = record(0, T);
        read(first);
        parking.note(List.of(first));
        lookups.clear();
        damaged.clear();
        Work.Decide second = record(1, T);
        read(second);
        assertThat(parking.note(List.of(second))).isTrue();
        assertThat(journaled()).isEmpty();
        assertThat(parking.parked(List.of(second))).containsExactly(second);
    }

    @Test
    void aReleaseOfAThreadThatCannotBeReadEndsOneTimeAndBeginsAnother() {
        damaged.add(T);
        Work.Decide first = record(0, T);
        read(first);
        parking.note(List.of(first));
        SetAsideThread aside = setAsides.of(T);
        Work.Decide result = result(T);
        assertThat(parking.parked(List.of(result))).isEmpty();

        Work again = release(1, input(T, "i0", 1, null, "echo"), aside.id());
        Work behind = release(2, input(T, "i1", 1, null, "echo"), aside.id());
        assertThat(parking.note(List.of(again, behind))).isFalse();
        SetAsideThread second = setAsides.of(T);
        assertThat(second.id()).isNotEqualTo(aside.id());
        assertThat(journaled()).containsExactly(second);
        assertThat(parking.parked(List.of(again, behind)))
                .containsExactly(
                        letter((Work.Decide) again, Kind.THREAD_UNREADABLE, second.error()),
                        letter((Work.Decide) behind, Kind.THREAD_UNREADABLE, second.error()));
        parking.released(aside);
        assertThat(journaled()).as("it was released from another time").containsExactly(second);
        assertThat(goneOn).isEmpty();

        memory.takeBack(second);
        isAway = true;
        assertThatThrownBy(() -> parking.released(second)).isInstanceOf(JournalUnavailableException.class);
        assertThat(setAsides.of(T)).as("it is told of again").isEqualTo(second);
        isAway = false;
        parking.released(second);
        SetAsideThread third = setAsides.of(T);
        assertThat(third.id()).isNotEqualTo(second.id());
        assertThat(journaled()).containsExactly(third);
        assertThat(goneOn).isEmpty();

        damaged.clear();
        memory.takeBack(third);
        parking.released(third);
        assertThat(setAsides.isEmpty()).isTrue();
        assertThat(goneOn).containsExactly(result);
    }

    @Test
    void whatTheServerFailsOnIsTakenOutWithAllBehindIt() {
        List<Work> works = List.of(record(0, T), record(1, T), record(2, OTHER), record(3, T), result(T));
        assertThat(parking.withoutFailed(works, Map.of(T, new FailedThreads.Failure(1, DEFECT))))
                .containsExactly(
                        works.get(0),
                        letter(works.get(1), Kind.FAILED, "The server failed on it: " + DEFECT),
                        works.get(2),
                        letter(
                                works.get(3),
                                Kind.THREAD_SET_ASIDE,
                                "The server failed on an earlier command of its thread, which is set aside: "
                                        + DEFECT));
        assertThat(journaled()).extracting(SetAsideThread::cause).containsExactly(Kind.FAILED);
        parking.released(setAsides.of(T));
        assertThat(goneOn).containsExactly(works.get(4));
    }

    @Test
    void aCommandThatIsRefusedMakesRoomForItsDeadLetter_orWaits() {
        Work.Decide poison = record(0, T);
        assertThat(parking.withoutRefused(poison, "It cannot be stored"))
                .containsExactly(letter(poison, Kind.NOT_STORED, "It cannot be stored"));
        assertThat(journaled()).extracting(SetAsideThread::cause).containsExactly(Kind.NOT_STORED);

        Work.Decide result = result(OTHER);
        assertThat(parking.withoutRefused(result, "It cannot be stored")).isEmpty();
        parking.released(setAsides.of(OTHER));
        assertThat(goneOn).containsExactly(result);
    }

    @Test
    void ofAPartitionThatHasLeftNothingIsSaidInTheJournal() {
        owned.clear();
        parking.withoutRefused(record(0, T), "It cannot be stored");
        assertThat(journaled()).isEmpty();
        assertThat(setAsides.isEmpty()).isTrue();
    }

    @Test
    void aDeadLetterThatIsRefusedLosesItsContent_andThenItself() {
        Work.SetAside invalid = new Work.SetAside(0, Kind.INVALID, "no JSON", raw(0, 7, 1));
        assertThat(Parking.withoutContent(invalid, "injected")).singleElement().satisfies(work -> {
            Work.SetAside bare = (Work.SetAside) work;
            assertThat(bare.kind()).isEqualTo(Kind.INVALID);
            assertThat(bare.record().isBare()).isTrue();
            assertThat(bare.reason())
                    .contains("injected", "no JSON", invalid.record().source().toString());
            assertThat(Parking.withoutContent(bare, "injected")).isEmpty();
        });
    }

    @Test
    void aForwardWithoutContentIsADeadLetter() {
        Work.SetAside forward = new Work.SetAside(0, Kind.FORWARD, "", raw(0, 7, 1));
        assertThat(Parking.withoutContent(forward, "injected")).singleElement().satisfies(work -> {
            assertThat(((Work.SetAside) work).kind()).isEqualTo(Kind.NOT_STORED);
            assertThat(((Work.SetAside) work).reason()).contains("it is on the wrong partition");
        });
    }

    private void read(Work... works) {
        lookups.read(List.of(works), Set.of());
    }

    private List<SetAsideThread> journaled() {
        return memory.setAside(List.of(0), 10);
    }

    private static Work.Decide record(long offset, ThreadKey thread) {
        return (Work.Decide) work(0, offset, input(thread, "i" + offset, 1, null, "echo"));
    }

    private static Work.Decide result(ThreadKey thread) {
        return new Work.Decide(0, input(thread, "result", 1, null, "echo"), null, false);
    }

    private static Work letter(Work of, Kind kind, String reason) {
        return new Work.SetAside(0, kind, reason, of.record());
    }
}
