package dev.threadwright.ingress;

import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Turns a consumed record into a command. A function of the record, and meant to be total: whatever the bytes are, the
 * answer says what became of them. What it throws nevertheless is a defect. Safe for use by several threads.
 */
public final class RecordDecoder {

    /** Of a record's value: the data, or in structured mode the whole event. */
    public static final int DEFAULT_MAX_DATA_BYTES = 1 << 20;

    /** How long the reason of a dead letter gets; in UTF-16 units. */
    public static final int MAX_REASON = 1_000;

    /** The end of the year 9999: the latest time that can be written as RFC 3339, and far from any overflow. */
    static final long MAX_TIME_MS = 253_402_300_799_999L;

    private final TopicTenants tenants;
    private final ToIntFunction<String> generations;
    private final int maxForwardBytes;
    private final EnvelopeReader envelopes;
    private final CommandReader commands;
    private final ReceivedTrace traces;

    /**
     * @param policyCheck throws an IllegalArgumentException for a policy whose conditions do not compile
     * @param maxDataBytes see {@link #DEFAULT_MAX_DATA_BYTES}
     */
    public RecordDecoder(TopicTenants tenants, Consumer<Policy> policyCheck, int maxDataBytes) {
        this(tenants, topic -> 1, policyCheck, maxDataBytes, Integer.MAX_VALUE, ReceivedTrace.AS_SENT);
    }

    /**
     * @param generations of topics: how often one of that name was created; 1 if once
     * @param maxForwardBytes of a record with its headers that is sent on to the partition that it belongs to
     */
    public RecordDecoder(
            TopicTenants tenants,
            ToIntFunction<String> generations,
            Consumer<Policy> policyCheck,
            int maxDataBytes,
            int maxForwardBytes,
            ReceivedTrace traces) {
        this.traces = traces;
        this.tenants = tenants;
        this.generations = generations;
        this.maxForwardBytes = maxForwardBytes;
        this.envelopes = new EnvelopeReader(maxDataBytes);
        this.commands = new CommandReader(policyCheck);
    }

    /**
     * @param role what the topic is for
     * @param partitions how many partitions every inbound topic has
     */
    public Decoded decode(ConsumerRecord<byte[], byte[]> record, TopicRole role, int partitions) {
        try {
            Origin origin = ForwardHeaders.read(record, generations.applyAsInt(record.topic()), role);
            String elsewhere = elsewhere(record, role, origin);
            if (elsewhere != null) {
                return new Decoded.NotHere(elsewhere);
            }
            String thread = ThreadIds.read(record.key());
            int owner = KeyPartitions.of(record.key(), partitions);
            boolean isHere = owner == record.partition();
            // Understood before it is sent on, so that what is dead is dead where it lies and is decoded once.
            Command command = command(record, origin, thread, isHere);
            if (isHere) {
                return new Decoded.ForThread(command);
            }
            checkForward(record, owner);
            return new Decoded.Misrouted(owner);
        } catch (InvalidRecordException e) {
            return new Decoded.Dead(reason(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Whose it is, if it is a tenant's that this server does not have. That is nobody's fault and no dead letter, least of all
     * another tenant's. Servers alone write what says so.
     */
    private @Nullable String elsewhere(ConsumerRecord<byte[], byte[]> record, TopicRole role, Origin origin)
            throws InvalidRecordException {
        if (role != TopicRole.COMMANDS) {
            return null;
        }
        if (origin.role() != TopicRole.COMMANDS) {
            return tenants.tenant(origin.topic()) != null
                    ? null
                    : "came from topic " + origin.topic() + ", and is of a tenant that this server does not have:"
                            + " configure that topic under threadwright.tenants, and restart it";
        }
        String tenant = ForwardHeaders.tenant(record);
        return tenants.has(tenant)
                ? null
                : "is of tenant " + tenant + ", which this server does not have: configure threadwright.tenants."
                        + tenant + ", and restart it";
    }

    /** As a dead letter has it. */
    static String reason(String text) {
        return AttributeText.printable(text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON));
    }

    /** Headers count, too, those that mean nothing here: they go with it. */
    private void checkForward(ConsumerRecord<byte[], byte[]> record, int owner) throws InvalidRecordException {
        long bytes = (long) record.key().length + (record.value() == null ? 0 : record.value().length);
        for (Header header : record.headers()) {
            bytes += header.key().length() * 3L + (header.value() == null ? 0 : header.value().length);
        }
        if (bytes > maxForwardBytes) {
            throw new InvalidRecordException("The record is on partition " + record.partition()
                    + ", its key belongs to partition " + owner + ", and with " + bytes
                    + " bytes it is too large to be sent on (at most " + maxForwardBytes
                    + "): have the client choose partitions as the Java client does (murmur2)");
        }
    }

    /** With which a record that came to the wrong partition goes on to the right one. */
    RawHeaders forwardHeaders(ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        return ForwardHeaders.of(record, generations.applyAsInt(record.topic()), role);
    }

    /** @param isHere whether it stays here, and is not sent on to where it belongs */
    private Command command(ConsumerRecord<byte[], byte[]> record, Origin origin, String thread, boolean isHere)
            throws InvalidRecordException {
        if (origin.timeMs() < 0 || origin.timeMs() > MAX_TIME_MS) {
            throw new InvalidRecordException("The record's timestamp " + origin.timeMs()
                    + " is not between 1970 and 9999; leave it to the client or the broker");
        }
        Envelope sent = envelopes.read(record, origin, thread);
        // What is sent on is received where it goes.
        Envelope envelope = isHere ? sent.in(traces.of(record, sent.type(), sent.trace())) : sent;
        return commands.read(envelope, new ThreadKey(tenant(record, origin), thread), origin);
    }

    private String tenant(ConsumerRecord<byte[], byte[]> record, Origin origin) throws InvalidRecordException {
        if (origin.role() == TopicRole.COMMANDS) {
            return ForwardHeaders.tenant(record);
        }
        String tenant = tenants.tenant(origin.topic());
        if (tenant == null) {
            throw new InvalidRecordException("Topic " + origin.topic()
                    + ", which it came from, is no tenant's; see threadwright.tenants in docs/configuration.md");
        }
        return tenant;
    }

    /** Whose dead letter it is if it is one; of servers' records that do not say, the default tenant's. */
    String tenant(ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        if (role != TopicRole.COMMANDS) {
            String tenant = tenants.tenant(record.topic());
            return tenant == null ? ThreadKey.DEFAULT_TENANT : tenant;
        }
        try {
            return tenant(record, ForwardHeaders.read(record, 1, role));
        } catch (InvalidRecordException e) {
            return ThreadKey.DEFAULT_TENANT;
        }
    }
}
