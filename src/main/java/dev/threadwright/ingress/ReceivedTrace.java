package dev.threadwright.ingress;

import dev.threadwright.thread.TraceContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Which trace a record's command belongs to: the one that it was sent in, or a place in it that is noted here. */
@FunctionalInterface
public interface ReceivedTrace {

    /** Nothing is noted. */
    ReceivedTrace AS_SENT = (record, type, sent) -> sent;

    /**
     * Called for each record that is decided here, once for each time that it is consumed, or read after it was parked. Returns at once, does not throw.
     *
     * @param type of its command, as on the wire
     * @param sent what the record says; null for nothing
     */
    @Nullable TraceContext of(ConsumerRecord<byte[], byte[]> record, String type, @Nullable TraceContext sent);
}
