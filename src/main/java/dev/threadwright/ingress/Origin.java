package dev.threadwright.ingress;

import dev.threadwright.thread.Identity;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where a record first arrived, which a forward does not change.
 *
 * @param coordinates {@code topic-partition-offset}, and {@code ~generation} if the topic was created anew
 * @param timeMs when it was appended there; milliseconds since 1970
 * @param role what that topic is for
 * @param actor who sent it
 */
record Origin(String topic, String coordinates, long timeMs, TopicRole role, String actor) {

    /** Who sent what carries no caller. */
    static final String KAFKA = "kafka";

    /** Sources that begin with this are the server's to give: nobody may take a plain record's identity before it. */
    static final String RESERVED_SOURCE = "/kafka/";

    static Origin here(ConsumerRecord<?, ?> record, int generation, TopicRole role, String actor) {
        return new Origin(record.topic(), coordinates(record, generation), record.timestamp(), role, actor);
    }

    /** @param generation of its topic; offsets begin anew with each, and name other records */
    static String coordinates(ConsumerRecord<?, ?> record, int generation) {
        return record.topic() + "-" + record.partition() + "-" + record.offset()
                + (generation == 1 ? "" : "~" + generation);
    }

    /** Of a record that brings none of its own. */
    Identity identity() {
        return new Identity(RESERVED_SOURCE + topic, coordinates);
    }
}
