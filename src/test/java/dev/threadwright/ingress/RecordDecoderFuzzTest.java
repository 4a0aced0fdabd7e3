package dev.threadwright.ingress;

import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.THREAD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.expression.CelConditions;
import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.testing.Fuzz;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid records with a few things broken: whatever it is, the decoder says what became of it. */
class RecordDecoderFuzzTest {

    private enum Fate {
        COMMAND,
        MISROUTED,
        DEAD
    }

    private final RecordDecoder decoder =
            new RecordDecoder(topic -> "default", new PolicyCheck(new CelConditions())::validate, 1 << 16);

    static Stream<RecordCorpus.Valid> corpus() {
        return RecordCorpus.all().stream();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatTheCorpusHoldsIsUnderstood(RecordCorpus.Valid valid) {
        assertThat(decoder.decode(valid.sent(THREAD).record(), valid.role(), PARTITIONS))
                .isInstanceOf(Decoded.ForThread.class);
    }

    @Test
    void neverThrowsWhateverTheBytes() {
        BrokenRecords records = new BrokenRecords();
        Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
        Fuzz.each(40_000, (seed, random) -> {
            BrokenRecords.Broken broken = records.broken(random, THREAD, PARTITIONS);
            fates.merge(fate(broken.sent().record(), broken.role()), 1, Integer::sum);
        });
        if (Fuzz.isWhole()) {
            assertThat(fates.keySet()).as("all happen: %s", fates).containsExactly(Fate.values());
        }
    }

    private Fate fate(ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        return switch (decoder.decode(record, role, PARTITIONS)) {
            case Decoded.ForThread ignored -> Fate.COMMAND;
            case Decoded.Misrouted(int partition) -> {
                assertThat(partition).isBetween(0, PARTITIONS - 1).isNotEqualTo(record.partition());
                // What goes on must be as good where it arrives.
                decoder.forwardHeaders(record, role);
                yield Fate.MISROUTED;
            }
            case Decoded.NotHere(String reason) -> throw new AssertionError("There is every tenant here: " + reason);
            case Decoded.Dead(String reason) -> {
                assertThat(reason).isNotBlank().hasSizeLessThanOrEqualTo(RecordDecoder.MAX_REASON);
                yield Fate.DEAD;
            }
        };
    }
}
