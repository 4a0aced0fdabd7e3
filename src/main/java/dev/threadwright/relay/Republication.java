package dev.threadwright.relay;

import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.Publication;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.Producer;

/**
 * Publishes once more what the log has lost: the events of the journal, as they were published before. What was forwarded, asked of
 * workers or set aside is not published again, since others have acted on it.
 */
public final class Republication {

    private final Producer<byte[], byte[]> producer;
    private final OutgoingRecords records;
    private final String positionsTopic;

    /** @param producer transactional, not yet initialised; stays the caller's to close */
    public Republication(Producer<byte[], byte[]> producer, Topics topics, int partitions, int recordBytes) {
        this.producer = producer;
        // Dead letters, which would be named, are not published again.
        this.records = Relay.outgoing(topics, new DeadLetterNames(), partitions, recordBytes);
        this.positionsTopic = topics.positions();
        producer.initTransactions();
    }

    /**
     * A page in each transaction, which also says how far the partition is published.
     *
     * @param after the position behind which it begins
     * @param to the last position
     * @param pages what follows a position, in order; none at the end
     * @return how many events were published
     */
    public long republish(int partition, long after, long to, LongFunction<List<Publication>> pages) {
        long events = 0;
        List<Publication> page = pages.apply(after);
        do {
            producer.beginTransaction();
            for (Publication publication : page) {
                if (publication instanceof DecisionRow decision) {
                    records.of(decision).forEach(producer::send);
                    events += decision.events().size();
                }
            }
            long reached = page.isEmpty() ? to : page.getLast().position();
            producer.send(PositionRecords.of(positionsTopic, partition, reached));
            producer.commitTransaction();
            page = page.isEmpty() ? page : pages.apply(reached);
        } while (!page.isEmpty());
        return events;
    }
}
