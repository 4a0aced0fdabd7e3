package dev.threadwright.ingress;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns a consumed record into a command. A function of the record, and total: whatever the bytes are, the answer says
 * what became of them. Safe for use by several threads.
 */
public final class RecordDecoder {

    /** Of a record's value: the data, or in structured mode the whole event. */
    public static final int DEFAULT_MAX_DATA_BYTES = 1 << 20;

    /** How long the reason of a dead letter gets; in UTF-16 units. */
    public static final int MAX_REASON = 1_000;

    /** The end of the year 9999: the latest time that can be written as RFC 3339, and far from any overflow. */
    static final long MAX_TIME_MS = 253_402_300_799_999L;

    private final Function<String, String> tenants;
    private final EnvelopeReader envelopes;
    private final CommandReader commands;

    /**
     * @param tenants the tenant of a topic
     * @param policyCheck throws an IllegalArgumentException for a policy whose conditions do not compile
     * @param maxDataBytes see {@link #DEFAULT_MAX_DATA_BYTES}
     */
    public RecordDecoder(Function<String, String> tenants, Consumer<Policy> policyCheck, int maxDataBytes) {
        this.tenants = tenants;
        this.envelopes = new EnvelopeReader(maxDataBytes);
        this.commands = new CommandReader(policyCheck);
    }

    /**
     * @param role what the topic is for
     * @param partitions how many partitions every inbound topic has
     */
    public Decoded decode(ConsumerRecord<byte[], byte[]> record, TopicRole role, int partitions) {
        try {
            // Understood before it is sent on, so that what is dead is dead where it lies and is decoded once.
            Command command = command(record, role);
            int owner = KeyPartitions.of(record.key(), partitions);
            return owner == record.partition() ? new Decoded.ForThread(command) : new Decoded.Misrouted(owner);
        } catch (InvalidRecordException e) {
            String reason = String.valueOf(e.getMessage());
            return new Decoded.Dead(
                    AttributeText.printable(reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON)));
        }
    }

    private Command command(ConsumerRecord<byte[], byte[]> record, TopicRole role) throws InvalidRecordException {
        String thread = ThreadIds.read(record.key());
        Origin origin = ForwardHeaders.read(record, role);
        if (origin.timeMs() < 0 || origin.timeMs() > MAX_TIME_MS) {
            throw new InvalidRecordException("The record's timestamp " + origin.timeMs()
                    + " is not between 1970 and 9999; leave it to the client or the broker");
        }
        Envelope envelope = envelopes.read(record, origin, thread);
        return commands.read(envelope, new ThreadKey(tenants.apply(origin.topic()), thread), origin);
    }
}
