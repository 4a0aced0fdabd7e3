package dev.threadwright.ingress;

import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.testing.Mutations.pick;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.Mutations;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records of the corpus with a few things broken. */
final class BrokenRecords {

    private static final List<String> NAMES = List.of(
            "content-type",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_time",
            "ce_policy",
            "ce_runid",
            "ce_interruptid",
            "ce_workflow",
            "ce_attempt",
            "ce_actionid",
            "ce_traceparent",
            "ce_dataschema",
            "ce_",
            "ce_X",
            "tw_origin",
            "tw_time",
            "tw_role",
            "tw_actor",
            "tw_replay_of",
            "");

    private static final List<String> TEXTS = List.of(
            "application/cloudevents+json",
            "application/cloudevents",
            "application/cloudevents-batch+json",
            ";",
            "+json",
            "dev.threadwright.action.failed.v1",
            "dev.threadwright..v1",
            "a-1-2",
            "threadwright.input-1-2~3",
            "{\"type\":\"rules\"}",
            "%zz",
            "://",
            "{\"type\":\"rules\",\"rules\":[{\"when\":\"[[[\",\"then\":\"merge\"}],\"otherwise\":\"queue\"}",
            "results",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    private final List<RecordCorpus.Valid> corpus = RecordCorpus.all();

    /** Also of the moment and the partition. */
    Broken broken(RandomGenerator random, String thread, int partitions) {
        return broken(random, thread, partitions, true);
    }

    /** @param timed whether its time is broken, too; brokers give it another one */
    Broken broken(RandomGenerator random, String thread, int partitions, boolean timed) {
        RecordCorpus.Valid valid = pick(corpus, random);
        // Mostly on the topic that it is for.
        TopicRole role = random.nextInt(8) == 0 ? pick(List.of(TopicRole.values()), random) : valid.role();
        Sent sent = valid.sent(thread).topic("threadwright." + role.word());
        for (int i = random.nextInt(4); i > 0; i--) {
            breakOne(sent, random, partitions, timed);
        }
        return new Broken(valid.name(), role, sent);
    }

    /** @param of which file of the corpus it was made */
    record Broken(String of, TopicRole role, Sent sent) {}

    private static void breakOne(Sent sent, RandomGenerator random, int partitions, boolean timed) {
        ConsumerRecord<byte[], byte[]> record = sent.record();
        switch (random.nextInt(11)) {
            case 0 -> sent.value(orNull(record.value(), random));
            case 1, 2 -> sent.value(brokenJson(record.value(), random));
            case 3 -> sent.key(orNull(record.key(), random));
            case 4 -> sent.partition(random.nextInt(partitions));
            case 5 -> {
                if (timed) {
                    sent.at(random.nextBoolean() ? random.nextLong() : random.nextLong(1L << 42));
                }
            }
            case 6 -> sent.also(pick(NAMES, random), bytes(text(random)));
            case 7 -> sent.header(pick(NAMES, random), text(random));
            case 8 -> sent.header(pick(NAMES, random), random.nextBoolean() ? null : Mutations.noise(random));
            case 9 -> sent.without(pick(NAMES, random));
            default -> breakHeader(sent, record, random);
        }
    }

    private static String text(RandomGenerator random) {
        return random.nextBoolean() ? pick(TEXTS, random) : Mutations.oddText(random);
    }

    private static byte[] brokenJson(byte[] value, RandomGenerator random) {
        try {
            return value == null ? null : bytes(Mutations.json(JsonText.parse(value), random));
        } catch (InvalidJsonException e) {
            return Mutations.bytes(value, random);
        }
    }

    private static byte[] orNull(byte[] valid, RandomGenerator random) {
        return valid == null || random.nextInt(6) == 0 ? null : Mutations.bytes(valid, random);
    }

    private static void breakHeader(Sent sent, ConsumerRecord<byte[], byte[]> record, RandomGenerator random) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        if (!headers.isEmpty()) {
            Header header = pick(headers, random);
            sent.header(header.key(), orNull(header.value(), random));
        }
    }
}
