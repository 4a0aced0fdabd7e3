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

/**
 * Decodes records that were parked as if they came now: under their own place, which is what identifies those without an
 * id, but not at their own time, or what they begin would be late from the start.
 */
public final class ParkedRecords implements Parked {

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

    @Override
    public Work work(OutboxRow letter) {
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
        RawRecord raw = new RawRecord(source, letter.key(), letter.value(), letter.headers(), letter.timeMs());
        return switch (decoder.decode(record, role, partitions)) {
            case Decoded.ForThread decoded ->
                new Work.Decide(
                        letter.partition(),
                        decoded.command(),
                        raw,
                        role == TopicRole.COMMANDS && !ForwardHeaders.isForward(record));
            case Decoded.Misrouted ignored ->
                throw new IllegalStateException("Parked record " + source + " was decoded for another partition");
            case Decoded.Dead dead -> new Work.SetAside(letter.partition(), OutboxRow.Kind.INVALID, dead.reason(), raw);
        };
    }
}
