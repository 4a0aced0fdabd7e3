package dev.threadwright.ingress;

import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.expression.CelConditions;
import dev.threadwright.expression.PolicyCheck;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** Valid records with a few things broken: whatever it is, the decoder says what became of it. */
class RecordDecoderFuzzTest {

    private static final int ROUNDS = 40_000;

    private enum Fate {
        COMMAND,
        MISROUTED,
        DEAD
    }

    private static final List<String> NAMES = List.of(
            "content-type",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_time",
            "ce_policy",
            "ce_runid",
            "ce_attempt",
            "ce_dataschema",
            "ce_",
            "ce_X",
            "tw_origin",
            "tw_time",
            "tw_role",
            "tw_actor",
            "");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "null",
            "0",
            "-1",
            "999999999999999999999",
            "1.0",
            "queue",
            "{}",
            "[]",
            "\"",
            "\u0000",
            "\ud83d\ude00",
            "application/cloudevents+json",
            "application/cloudevents",
            ";",
            "+json",
            "dev.threadwright.run.cancel.v1",
            "dev.threadwright.action.failed.v1",
            "dev.threadwright..v1",
            "a-1-2",
            "{\"type\":\"rules\"}",
            "%zz",
            "://",
            "{\"type\":\"rules\",\"rules\":[{\"when\":\"[[[\",\"then\":\"merge\"}],\"otherwise\":\"queue\"}",
            "9999-12-31T23:59:59.999999999+18:00",
            "+999999999-12-31T23:59:59Z",
            "results",
            "x".repeat(300));

    private final RecordDecoder decoder =
            new RecordDecoder(topic -> "default", new PolicyCheck(new CelConditions())::validate, 1 << 16);

    @Test
    void neverThrowsWhateverTheBytes() {
        Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
        for (long seed = 0; seed < ROUNDS; seed++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            TopicRole role = TopicRole.values()[random.nextInt(3)];
            ConsumerRecord<byte[], byte[]> record = broken(random);
            fates.merge(fate(seed, record, role), 1, Integer::sum);
        }
        assertThat(fates.keySet()).as("all happen: %s", fates).containsExactly(Fate.values());
    }

    private Fate fate(long seed, ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        try {
            return switch (decoder.decode(record, role, PARTITIONS)) {
                case Decoded.ForThread ignored -> Fate.COMMAND;
                case Decoded.Misrouted(int partition) -> {
                    assertThat(partition).isBetween(0, PARTITIONS - 1).isNotEqualTo(record.partition());
                    // What goes on must be as good where it arrives.
                    ForwardHeaders.of(record, role);
                    yield Fate.MISROUTED;
                }
                case Decoded.Dead(String reason) -> {
                    assertThat(reason).isNotBlank().hasSizeLessThanOrEqualTo(RecordDecoder.MAX_REASON);
                    yield Fate.DEAD;
                }
            };
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("seed " + seed + ", " + role + ": " + record, e);
        }
    }

    private static ConsumerRecord<byte[], byte[]> broken(RandomGenerator random) {
        Sent sent = valid(random);
        for (int i = random.nextInt(4); i > 0; i--) {
            breakOne(sent, random);
        }
        return sent.record();
    }

    private static Sent valid(RandomGenerator random) {
        return switch (random.nextInt(7)) {
            case 0 -> Sent.plain("{\"text\":\"h\u00e9llo\",\"n\":[1,2.5,null]}");
            case 1 -> Sent.input("{\"a\":{\"b\":\"c\"}}").ce("policy", "queue").ce("runid", "r1");
            case 2 ->
                Sent.event("external.event", "[1]")
                        .ce("eventtype", "x")
                        .ce("time", "2026-01-01T00:00:00Z")
                        .ce("policy", "{\"type\":\"parallel\",\"max\":2}");
            case 3 -> Sent.event("run.cancel", "{\"rollback\":true,\"cutoff\":\"2026-01-01T00:00:00Z\"}");
            case 4 -> Sent.event("thread.update", "{\"policy\":{\"type\":\"queue\",\"max\":5},\"metadata\":{}}");
            case 5 ->
                Sent.event(random.nextBoolean() ? "action.succeeded" : "action.failed", "{\"error\":\"e\"}")
                        .ce("runid", "r1")
                        .ce("actionid", "a1")
                        .ce("attempt", "1");
            default -> Sent.structured("""
                        {"specversion":"1.0","id":"i","source":"/s","type":"dev.threadwright.user.input.v1",\
                        "policy":"merge","attempt":1,"data_base64":"MQ==","time":"2026-01-01T00:00:00Z"}""");
        };
    }

    private static void breakOne(Sent sent, RandomGenerator random) {
        ConsumerRecord<byte[], byte[]> record = sent.record();
        switch (random.nextInt(9)) {
            case 0 -> sent.value(mutated(record.value(), random));
            case 1 -> sent.key(mutated(record.key(), random));
            case 2 -> sent.partition(random.nextInt(PARTITIONS));
            case 3 -> sent.at(random.nextBoolean() ? random.nextLong() : random.nextLong(1L << 42));
            case 4 -> sent.also(pick(NAMES, random), bytes(pick(TEXTS, random)));
            case 5 -> sent.header(pick(NAMES, random), pick(TEXTS, random));
            case 6 -> sent.header(pick(NAMES, random), random.nextBoolean() ? null : noise(random));
            case 7 -> sent.without(pick(NAMES, random));
            default -> mutateHeader(sent, record, random);
        }
    }

    private static void mutateHeader(Sent sent, ConsumerRecord<byte[], byte[]> record, RandomGenerator random) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        if (!headers.isEmpty()) {
            Header header = pick(headers, random);
            sent.header(header.key(), mutated(header.value(), random));
        }
    }

    private static byte[] mutated(byte[] bytes, RandomGenerator random) {
        if (bytes == null || bytes.length == 0 || random.nextInt(10) == 0) {
            return random.nextBoolean() ? null : noise(random);
        }
        byte[] changed = bytes.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            changed[random.nextInt(changed.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt(256) : "{}[]\",:0e".charAt(random.nextInt(9)));
        }
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(changed, random.nextInt(changed.length * 2)) : changed;
    }

    private static byte[] noise(RandomGenerator random) {
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static <T> T pick(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }
}
