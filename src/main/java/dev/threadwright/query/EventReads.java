package dev.threadwright.query;

import dev.threadwright.thread.ThreadKey;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** A thread's events, by the decisions that hold them. */
@ApplicationScoped
public class EventReads {

    /** Of the decisions in one page; the first is read whatever its size. */
    public static final long MAX_BYTES = 8L << 20;

    private static final String SIZES = """
            select d.firstSeq, d.count, d.bytes from StoredDecision d
            where d.tenant = :tenant and d.thread = :thread and d.firstSeq >= (
                select max(s.firstSeq) from StoredDecision s
                where s.tenant = :tenant and s.thread = :thread and s.firstSeq <= :from)
            order by d.firstSeq
            """;

    private static final String DECISIONS =
            "tenant = ?1 and thread = ?2 and firstSeq between ?3 and ?4 order by firstSeq";

    private final ReadScope scope;
    private final Unsealing unsealing;

    EventReads(ReadScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /**
     * The decisions that hold a stretch of events.
     *
     * @param decisions in order; the first may begin before the stretch, the last may go on after it
     * @param more whether the thread has decisions after these
     */
    public record Stretch(List<StoredDecision> decisions, boolean more) {
        static final Stretch NONE = new Stretch(List.of(), false);
    }

    private record Size(long firstSeq, int count, int bytes) {}

    /**
     * From the decision that holds {@code from} on, until there are {@code limit} events or {@link #MAX_BYTES}. No
     * decisions if there is no such thread; the last one if it ends before {@code from}.
     */
    public Uni<Stretch> events(ThreadKey key, long from, int limit) {
        return scope.read(
                        key.tenant(), () -> sizes(key, from, limit).flatMap(sizes -> stretch(key, from, limit, sizes)))
                .call(stretch -> unsealing.opened(key.tenant(), stretch.decisions()));
    }

    /** Every decision holds at least one event, so {@code limit + 1} of them are enough to tell whether there are more. */
    private static Uni<List<Size>> sizes(ThreadKey key, long from, int limit) {
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery(SIZES, Object[].class)
                        .setParameter("tenant", key.tenant())
                        .setParameter("thread", key.thread())
                        .setParameter("from", from)
                        .setMaxResults(limit + 1)
                        .getResultList())
                .map(rows -> rows.stream()
                        .map(row -> new Size((Long) row[0], (Integer) row[1], (Integer) row[2]))
                        .toList());
    }

    private static Uni<Stretch> stretch(ThreadKey key, long from, int limit, List<Size> sizes) {
        if (sizes.isEmpty()) {
            return Uni.createFrom().item(Stretch.NONE);
        }
        int taken = 0;
        long bytes = 0;
        long end = from;
        for (Size size : sizes) {
            bytes += size.bytes();
            if (taken > 0 && bytes > MAX_BYTES || end >= from + limit) {
                break;
            }
            end = size.firstSeq() + size.count();
            taken++;
        }
        boolean more = taken < sizes.size();
        return StoredDecision.<StoredDecision>list(
                        DECISIONS,
                        key.tenant(),
                        key.thread(),
                        sizes.getFirst().firstSeq(),
                        sizes.get(taken - 1).firstSeq())
                .map(decisions -> new Stretch(decisions, more));
    }
}
