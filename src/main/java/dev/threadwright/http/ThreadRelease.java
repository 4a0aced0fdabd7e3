package dev.threadwright.http;

import dev.threadwright.deadletter.Releases;
import dev.threadwright.deadletter.Replays;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.query.DeadLetterReads;
import dev.threadwright.query.SetAsideReads;
import dev.threadwright.query.StoredDeadLetter;
import dev.threadwright.query.StoredSetAside;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Lets a thread go on that was set aside, with what came for it meanwhile. Each record that is sent again names the time
 * that it releases the thread from: the first one that arrives lets it go on, and if the server fails on that one, too, the
 * others are set aside again behind it. So their order holds, and nobody has to wait for the thread's owner.
 */
@ApplicationScoped
public class ThreadRelease {

    /** Dead letters that one release sends again. */
    static final int MAX_REPLAYS = 1_000;

    private final SetAsideReads threads;
    private final DeadLetterReads letters;
    private final DeadLetterSender sender;
    private final Releases releases;

    ThreadRelease(SetAsideReads threads, DeadLetterReads letters, DeadLetterSender sender, Releases releases) {
        this.threads = threads;
        this.letters = letters;
        this.sender = sender;
        this.releases = releases;
    }

    /**
     * @param replayed dead letters that were sent again
     * @param left dead letters that were not: nobody wanted it, or they cannot be, or somebody else has, or there are too
     *     many, or they are of an earlier time
     */
    record Released(int replayed, boolean left) {}

    /** @param withReplay whether its dead letters are sent again */
    Uni<Released> release(ThreadKey thread, boolean withReplay) {
        String actor = Commands.actor();
        return threads.one(thread)
                .onItem()
                .ifNull()
                .failWith(() -> notSetAside(thread))
                .flatMap(aside -> (withReplay
                                ? replayed(thread, actor, aside)
                                : letters.hasParked(thread, Long.MAX_VALUE).map(left -> new Released(0, left)))
                        .call(done -> releases.release(thread.tenant(), thread.thread(), aside.asideId)));
    }

    private Uni<Released> replayed(ThreadKey thread, String actor, StoredSetAside aside) {
        // Sending ends on other threads, and the next letter is read where reading is allowed.
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return letters.hasParked(thread, aside.sinceMs)
                .flatMap(earlier -> letters.parked(thread, aside.sinceMs, MAX_REPLAYS + 1)
                        .flatMap(all -> sendFirst(all, thread, actor, aside, context)
                                .map(sent -> new Released(sent, earlier || sent < all.size()))));
    }

    /** Those that one release sends. Answers with how many it could. */
    private Uni<Integer> sendFirst(
            List<StoredDeadLetter> all, ThreadKey thread, String actor, StoredSetAside aside, Executor context) {
        return Multi.createFrom()
                .iterable(all.size() > MAX_REPLAYS ? all.subList(0, MAX_REPLAYS) : all)
                .onItem()
                .transformToUniAndConcatenate(
                        letter -> replayed(thread, actor, letter, aside.asideId).emitOn(context))
                .filter(isSent -> isSent)
                .collect()
                .with(Collectors.counting())
                .map(Long::intValue);
    }

    private Uni<Boolean> replayed(ThreadKey thread, String actor, StoredDeadLetter letter, String asideId) {
        OutboxPlace place = letter.place();
        return letters.one(thread.tenant(), place)
                .flatMap(whole -> {
                    if (whole == null) {
                        return Uni.createFrom().item(false);
                    }
                    ProducerRecord<byte[], byte[]> record = sender.record(whole, ReplayRequest.UNCHANGED);
                    record.headers().add(SetAsideThread.RELEASE_HEADER, asideId.getBytes(StandardCharsets.US_ASCII));
                    return sender.send(
                                    new Replays.Request(
                                            thread.tenant(),
                                            place,
                                            actor,
                                            null,
                                            ReplayRequest.UNCHANGED.content(),
                                            false),
                                    record)
                            .map(sent -> true);
                })
                .onFailure(ThreadRelease::isOfTheLetterAlone)
                .recoverWithItem(false);
    }

    private static boolean isOfTheLetterAlone(Throwable failure) {
        return failure instanceof ProblemException known
                && (known.problem().type() == ProblemType.NOT_REPLAYABLE
                        || known.problem().type() == ProblemType.ALREADY_REPLAYED
                        || known.problem().type() == ProblemType.DEAD_LETTER_NOT_FOUND);
    }

    static ProblemException notSetAside(ThreadKey thread) {
        return new ProblemException(
                Problem.of(ProblemType.NOT_SET_ASIDE, "Thread " + thread.thread() + " is not set aside"));
    }
}
