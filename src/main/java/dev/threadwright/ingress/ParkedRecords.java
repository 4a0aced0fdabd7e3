package dev.threadwright.ingress;

import dev.threadwright.actor.Parked;
import dev.threadwright.actor.RawRecord;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.OutboxRow;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jboss.logging.Logger;

/**
 * Decodes records that were parked as if they came now: under their own place, which is what identifies those without an
 * id, but not at their own time, or what they begin would be late from the start.
 */
public final class ParkedRecords implements Parked {

    private static final Logger LOG = Logger.getLogger(ParkedRecords.class);

    private final RecordDecoder decoder;
    private final Map<String, TopicRole> roles;
    private final int partitions;
    private final LongSupplier nowMs;

    /** @param nowMs milliseconds since 1970 */
    public ParkedRecords(
            RecordDecoder decoder,
            String inputTopic,
            String commandsTopic,
            String resultsTopic,
            int partitions,
            LongSupplier nowMs) {
        this.decoder = decoder;
        this.roles = TopicRole.of(inputTopic, commandsTopic, resultsTopic);
        this.partitions = partitions;
        this.nowMs = nowMs;
    }

    /** What nothing can be made of any more must not be in the way of what is behind it. */
    @Override
    public Work work(OutboxRow letter) {
        try {
            return decoded(letter);
        } catch (RuntimeException | StackOverflowError defect) {
            LOG.errorf(defect, "Decoding parked record %s failed; it becomes another dead letter", letter.source());
            return dead(letter, RecordDecoder.reason("Decoding failed: " + defect));
        }
    }

    private Work decoded(OutboxRow letter) {
        OutboxRow.Coordinates source = letter.source();
        RecordHeaders headers = new RecordHeaders();
        letter.headers().forEach(headers::add);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                source.topic(),
                source.partition(),
                source.offset(),
                Math.max(letter.timeMs(), nowMs.getAsLong()),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                letter.key(),
                letter.value(),
                headers,
                Optional.empty());
        TopicRole role = roles.getOrDefault(source.topic(), TopicRole.INPUT);
        return switch (decoder.decode(record, role, partitions)) {
            case Decoded.ForThread decoded ->
                new Work.Decide(
                        letter.partition(),
                        decoded.command(),
                        raw(letter),
                        role == TopicRole.COMMANDS && !ForwardHeaders.isForward(record));
            case Decoded.Misrouted ignored ->
                throw new IllegalStateException("Parked record " + source + " was decoded for another partition");
            case Decoded.Dead dead -> dead(letter, dead.reason());
        };
    }

    private static Work dead(OutboxRow letter, String reason) {
        return new Work.SetAside(letter.partition(), OutboxRow.Kind.INVALID, reason, raw(letter));
    }

    private static RawRecord raw(OutboxRow letter) {
        return new RawRecord(letter.source(), letter.key(), letter.value(), letter.headers(), letter.timeMs());
    }
}
