package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.log.LogFields;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a thread that cannot be decided on from stopping its partition: the thread is set aside in the journal, its records
 * become dead letters, and what no record brings again waits for its release.
 *
 * <p>Whatever is to be said in the journal is said first, so that a batch that is tried again because the journal is away
 * has lost nothing.
 */
final class Parking {

    private static final Logger LOG = Logger.getLogger(Parking.class);

    private final SetAsides setAsides;
    private final Lookups lookups;
    private final Actors actors;
    private final Map<Integer, OwnedPartition> owned;
    private final Consumer<List<Work>> goOn;

    /**
     * @param owned the partitions at any time
     * @param goOn takes what waited for the release of its thread
     */
    Parking(
            SetAsides setAsides,
            Lookups lookups,
            Actors actors,
            Map<Integer, OwnedPartition> owned,
            Consumer<List<Work>> goOn) {
        this.setAsides = setAsides;
        this.lookups = lookups;
        this.actors = actors;
        this.owned = owned;
        this.goOn = goOn;
    }

    /** Whether any work may have to be parked; if not, none has to be looked at. */
    boolean isNeeded() {
        return !lookups.isComplete() || !setAsides.isEmpty();
    }

    /**
     * Sets threads aside in the journal that cannot be read, and takes that back of those that go on: sound again, or
     * released by a record.
     *
     * @return whether a thread goes on, whose state has to be read before it is decided on
     * @throws dev.threadwright.journal.JournalException if the journal cannot be told now; it may be repeated
     */
    boolean note(List<Work> works) {
        boolean goesOn = false;
        for (Work work : works) {
            goesOn |= work instanceof Work.Decide decide && note(decide);
        }
        return goesOn;
    }

    /** The works without those that cannot be decided, and with dead letters in their places. */
    List<Work> parked(List<Work> works) {
        List<Work> left = new ArrayList<>(works.size());
        for (Work work : works) {
            if (!(work instanceof Work.Decide decide)) {
                left.add(work);
                continue;
            }
            String unreadable = lookups.whyUnreadable(decide.command());
            SetAsideThread aside = setAsides.of(decide.command().header().thread());
            if (unreadable != null) {
                try (LogFields ignored = LogFields.of(decide.command().header().thread())) {
                    LOG.errorf("A command on partition %d is set aside: %s", work.partition(), unreadable);
                }
                park(left, decide, OutboxRow.Kind.THREAD_UNREADABLE, unreadable);
            } else if (aside != null) {
                park(left, decide, OutboxRow.Kind.THREAD_SET_ASIDE, "Its thread is set aside: " + aside.error());
            } else {
                left.add(work);
            }
        }
        return left;
    }

    /**
     * Sets threads aside that the server fails on.
     *
     * @return the works without those that it fails on and those behind them on their threads
     */
    List<Work> withoutFailed(List<Work> works, Map<ThreadKey, FailedThreads.Failure> failures) {
        failures.values()
                .forEach(failure -> setAside(
                        (Work.Decide) works.get(failure.index()),
                        OutboxRow.Kind.FAILED,
                        "The server failed on it: " + failure.defect(),
                        failure.defect()));
        List<Work> left = new ArrayList<>(works.size());
        for (int i = 0; i < works.size(); i++) {
            Work work = works.get(i);
            FailedThreads.Failure failure = work instanceof Work.Decide decide
                    ? failures.get(decide.command().header().thread())
                    : null;
            if (!(work instanceof Work.Decide decide) || failure == null || i < failure.index()) {
                left.add(work);
            } else if (i == failure.index()) {
                park(left, decide, OutboxRow.Kind.FAILED, "The server failed on it: " + failure.defect());
            } else {
                park(
                        left,
                        decide,
                        OutboxRow.Kind.THREAD_SET_ASIDE,
                        "The server failed on an earlier command of its" + " thread, which is set aside: "
                                + failure.defect());
            }
        }
        return left;
    }

    /**
     * Sets a thread aside of which a command cannot be stored: nor can, perhaps, what would come of anything else on it.
     *
     * @return what takes the command's place
     */
    List<Work> withoutRefused(Work.Decide poison, String error) {
        setAside(poison, OutboxRow.Kind.NOT_STORED, error, null);
        List<Work> left = new ArrayList<>();
        park(left, poison, OutboxRow.Kind.NOT_STORED, error);
        return left;
    }

    /**
     * What the store refuses must be in the record itself, so a letter without it says where that is. If the store
     * refuses even this, it is the store that is at fault, and no partition waits for a letter that tells nothing new.
     */
    static List<Work> withoutContent(Work.SetAside letter, String reason) {
        RawRecord record = letter.record();
        if (record.isBare()) {
            LOG.errorf(
                    "There will be no dead letter of record %s (%s), because Postgres does not even store that it was"
                            + " there: %s",
                    record.source(), letter.reason(), reason);
            return List.of();
        }
        String told =
                "Its key, value and headers cannot be stored and are only in the record itself, " + record.source()
                        + ": " + reason + ". It is a dead letter because: "
                        + (letter.kind() == OutboxRow.Kind.FORWARD ? "it is on the wrong partition" : letter.reason());
        // What is to be sent on is nothing without its content.
        OutboxRow.Kind kind = letter.kind() == OutboxRow.Kind.FORWARD ? OutboxRow.Kind.NOT_STORED : letter.kind();
        return List.of(new Work.SetAside(letter.partition(), kind, SetAsides.printable(told), record.bare()));
    }

    /**
     * The journal has forgotten that the thread is set aside. One that cannot be read still is set aside anew: nobody may
     * think that it goes on.
     *
     * @throws dev.threadwright.journal.JournalException if the journal cannot be asked or told now; it may be repeated
     */
    void released(SetAsideThread thread) {
        if (!thread.equals(setAsides.of(thread.thread()))) {
            return; // It was set aside again since, or its partition has left.
        }
        if (thread.cause() == OutboxRow.Kind.THREAD_UNREADABLE) {
            String damage = lookups.damageNow(thread.thread());
            if (damage != null) {
                setAside(
                        thread.partition(),
                        thread.thread(),
                        "a release that came too early",
                        thread.cause(),
                        damage,
                        null);
                return;
            }
        }
        goOn(thread, setAsides.released(thread));
    }

    private boolean note(Work.Decide work) {
        ThreadKey thread = work.command().header().thread();
        SetAsideThread aside = setAsides.of(thread);
        String damage = lookups.damage(thread);
        if (damage != null) {
            // A release ends the time that it names, whenever the journal forgets that: what follows is another time.
            if (aside == null || SetAsides.isReleasedBy(aside, work.record())) {
                setAside(work, OutboxRow.Kind.THREAD_UNREADABLE, damage, null);
            }
        } else if (aside != null
                && (aside.cause() == OutboxRow.Kind.THREAD_UNREADABLE
                        || SetAsides.isReleasedBy(aside, work.record()))) {
            goOn(aside, setAsides.takeBack(aside));
            return true;
        }
        return false;
    }

    /** @param waited while it was set aside */
    private void goOn(SetAsideThread thread, List<Work> waited) {
        try (LogFields ignored = fields(thread.thread())) {
            LOG.infof("Thread %s, which was set aside, is decided on again", thread.thread());
        }
        actors.remove(thread.thread());
        goOn.accept(waited);
    }

    private void setAside(Work.Decide work, OutboxRow.Kind cause, String error, @Nullable Throwable defect) {
        Command.Header header = work.command().header();
        setAside(work.partition(), header.thread(), "a " + header.type(), cause, error, defect);
    }

    /** @param over what showed that it is to be */
    private void setAside(
            int partition,
            ThreadKey thread,
            String over,
            OutboxRow.Kind cause,
            String error,
            @Nullable Throwable defect) {
        OwnedPartition owner = owned.get(partition);
        if (owner == null) {
            return;
        }
        setAsides.add(owner, thread, cause, error);
        try (LogFields ignored = fields(thread)) {
            LOG.errorf(
                    defect,
                    "Thread %s is set aside over %s until it is released (POST /set-aside/{thread_id}/release): %s",
                    thread,
                    over,
                    error);
        }
    }

    private void park(List<Work> to, Work.Decide work, OutboxRow.Kind kind, String reason) {
        RawRecord record = work.record();
        if (record == null) {
            setAsides.await(work);
        } else {
            to.add(new Work.SetAside(work.partition(), kind, SetAsides.printable(reason), record));
        }
    }

    /** What is known of it. */
    private LogFields fields(ThreadKey thread) {
        LogFields fields = LogFields.of(thread);
        ThreadState known = lookups.find(thread);
        return known == null ? fields : fields.seq(known.seq());
    }
}
