package dev.threadwright.ingress;

import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.TIME_MS;
import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.expression.CelConditions;
import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.ThreadKey;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records as a server decodes them, and as servers send them. */
final class Decoding {

    static final String COMMANDS = "threadwright.commands";
    static final String RESULTS = "threadwright.results";
    static final int MAX_DATA_BYTES = 2_000;
    static final ThreadKey KEY = new ThreadKey("default", THREAD);
    static final Identity IDENTITY = new Identity("/shop", "i1");

    static final RecordDecoder DECODER = new RecordDecoder(
            topic -> topic.startsWith("acme.") ? "acme" : "default",
            new PolicyCheck(new CelConditions())::validate,
            MAX_DATA_BYTES);

    static final CommandRecords RECORDS = new CommandRecords(COMMANDS, RESULTS, PARTITIONS);

    private Decoding() {}

    static Decoded decode(TopicRole role, Sent sent) {
        return DECODER.decode(sent.record(), role, PARTITIONS);
    }

    static Command command(TopicRole role, Sent sent) {
        Decoded decoded = decode(role, sent);
        assertThat(decoded).isInstanceOf(Decoded.ForThread.class);
        return ((Decoded.ForThread) decoded).command();
    }

    static Object policy(String text) {
        return ((Command.SubmitInput) command(TopicRole.INPUT, input("{}").ce("policy", text))).policy();
    }

    /** What a server has sent, where it belongs. */
    static Command sent(ProducerRecord<byte[], byte[]> record) {
        assertThat(record.topic()).isEqualTo(COMMANDS);
        assertThat(record.partition()).isEqualTo(KeyPartitions.of(bytes(THREAD), PARTITIONS));
        return command(TopicRole.COMMANDS, Sent.of(record));
    }

    static String reason(TopicRole role, Sent sent) {
        Decoded decoded = decode(role, sent);
        assertThat(decoded).isInstanceOf(Decoded.Dead.class);
        return ((Decoded.Dead) decoded).reason();
    }

    /** As the relay sends it on. */
    static Sent forwarded(Sent sent, TopicRole role) {
        var record = sent.record();
        RawHeaders headers = ForwardHeaders.of(record, 1, role);
        Sent forward = new Sent()
                .topic(COMMANDS)
                .key(record.key())
                .value(record.value())
                .at(TIME_MS + 999);
        headers.forEach(forward::header);
        return forward;
    }

    static int anotherPartition() {
        return (KeyPartitions.of(bytes(THREAD), PARTITIONS) + 1) % PARTITIONS;
    }

    static Sent result(String type, String data) {
        return event(type, data)
                .topic(RESULTS)
                .ce("runid", "r1")
                .ce("actionid", "r1-1")
                .ce("attempt", "2");
    }
}
