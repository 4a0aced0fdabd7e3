package dev.threadwright.query;

import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records that were set aside, as long as they are kept. */
@ApplicationScoped
public class DeadLetterReads {

    private static final String NEWEST_FIRST = " order by deadAtMs desc, atPartition desc, atPosition desc";
    private static final String OLDEST_FIRST = " order by deadAtMs, atPartition, atPosition";

    private final ReadScope scope;
    private final Unsealing unsealing;

    DeadLetterReads(ReadScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /**
     * Which ones; null for all of that.
     *
     * @param topic that it came from
     * @param thread its key
     * @param isReplayed whether it was sent again, or may have been
     */
    public record Filter(
            @Nullable String topic,
            @Nullable String thread,
            OutboxRow.@Nullable Kind kind,
            @Nullable Boolean isReplayed) {}

    /** Where a page ends: the next one begins after it. */
    public record Place(long deadAtMs, OutboxPlace letter) {}

    /** With what it holds. */
    public record Whole(StoredDeadLetter letter, DeadLetterContent content) {}

    /** @param after null for the beginning */
    public Uni<List<StoredDeadLetter>> page(
            String tenant, Filter filter, boolean newestFirst, @Nullable Place after, int limit) {
        StringBuilder query = new StringBuilder("tenant = :tenant");
        Map<String, Object> values = new HashMap<>();
        values.put("tenant", tenant);
        if (filter.topic() != null) {
            query.append(" and sourceTopic = :topic");
            values.put("topic", filter.topic());
        }
        if (filter.thread() != null) {
            query.append(" and thread = :thread");
            values.put("thread", filter.thread());
        }
        if (filter.kind() != null) {
            query.append(" and kind = :kind");
            values.put("kind", filter.kind().word());
        }
        if (filter.isReplayed() != null) {
            query.append(
                    filter.isReplayed()
                            ? " and replayStatus in ('sent', 'sending', 'unsure')"
                            : " and (replayStatus is null or replayStatus = 'failed')");
        }
        if (after != null) {
            query.append(" and (deadAtMs, atPartition, atPosition) ")
                    .append(newestFirst ? '<' : '>')
                    .append(" (:deadAtMs, :partition, :position)");
            values.put("deadAtMs", after.deadAtMs());
            values.put("partition", after.letter().partition());
            values.put("position", after.letter().position());
        }
        String ordered = query + (newestFirst ? NEWEST_FIRST : OLDEST_FIRST);
        return scope.read(
                        tenant,
                        () -> StoredDeadLetter.<StoredDeadLetter>find(ordered, values)
                                .page(0, limit)
                                .list())
                .flatMap(found -> unsealing.opened(tenant, found));
    }

    private static final String NOT_SENT_OF_THREAD = "tenant = :tenant and thread = :thread"
            + " and kind in ('failed', 'not_stored', 'thread_unreadable', 'thread_set_aside')"
            + " and (replayStatus is null or replayStatus = 'failed')";

    private static final String PARKED = NOT_SENT_OF_THREAD + " and deadAtMs >= :since" + OLDEST_FIRST;

    /** Whether anything came for a thread while it was set aside, before a time, and was not sent again. */
    public Uni<Boolean> hasParked(ThreadKey thread, long beforeMs) {
        return scope.read(
                        thread.tenant(),
                        () -> StoredDeadLetter.count(
                                NOT_SENT_OF_THREAD + " and deadAtMs < :before",
                                Map.of("tenant", thread.tenant(), "thread", thread.thread(), "before", beforeMs)))
                .map(count -> count > 0);
    }

    /** What came for a thread since it was set aside, and was not sent again; the oldest first. */
    public Uni<List<StoredDeadLetter>> parked(ThreadKey thread, long sinceMs, int limit) {
        return scope.read(
                        thread.tenant(),
                        () -> StoredDeadLetter.<StoredDeadLetter>find(
                                        PARKED,
                                        Map.of("tenant", thread.tenant(), "thread", thread.thread(), "since", sinceMs))
                                .page(0, limit)
                                .list())
                .flatMap(found -> unsealing.opened(thread.tenant(), found));
    }

    /** Null if there is none at that place. */
    public Uni<@Nullable Whole> one(String tenant, OutboxPlace place) {
        StoredDeadLetter.Key key = new StoredDeadLetter.Key(place.partition(), place.position());
        return scope.read(
                        tenant,
                        () -> StoredDeadLetter.<StoredDeadLetter>findById(key)
                                .flatMap(letter -> letter == null || !letter.tenant.equals(tenant)
                                        ? Uni.createFrom().<Whole>nullItem()
                                        : DeadLetterContent.<DeadLetterContent>findById(key)
                                                .map(content -> new Whole(letter, content))))
                .call(whole -> whole == null
                        ? Uni.createFrom().voidItem()
                        : unsealing
                                .opened(tenant, whole.letter())
                                .flatMap(letter -> unsealing.opened(tenant, whole.content())));
    }
}
