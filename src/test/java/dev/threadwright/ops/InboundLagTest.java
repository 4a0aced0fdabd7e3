package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.ingress.TopicRole;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** How far behind the topics' ends a server is. */
class InboundLagTest {

    private static final long FIRST = 10;
    private static final long END = 100;

    private static final Map<String, TopicRole> TOPICS = Map.of(
            "input",
            TopicRole.INPUT,
            "input.acme",
            TopicRole.INPUT,
            "commands",
            TopicRole.COMMANDS,
            "results",
            TopicRole.RESULTS);

    /** Of whom nobody would hear else: the input of each tenant waits for itself. */
    @Test
    void whatWaitsForEachTenantIsAddedUp() {
        Map<TopicRole, Long> lag = new InboundLag(admin())
                .of(
                        Map.of(
                                0, Map.of("input", END - 1, "input.acme", END - 20, "commands", END, "results", END),
                                1, Map.of("input", END, "input.acme", END - 3, "commands", END - 4)),
                        TOPICS);
        assertThat(lag)
                .isEqualTo(Map.of(
                        TopicRole.INPUT,
                        1L + 20 + 3,
                        TopicRole.COMMANDS,
                        4L,
                        // What was never consumed lags from its first record.
                        TopicRole.RESULTS,
                        END - FIRST));
    }

    /** Every partition of every topic has records from the first to the end. */
    private static Admin admin() {
        return (Admin) Proxy.newProxyInstance(
                InboundLagTest.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, args) -> {
                    Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> offsets = new HashMap<>();
                    ((Map<?, ?>) args[0])
                            .forEach((place, spec) -> offsets.put(
                                    (TopicPartition) place,
                                    KafkaFuture.completedFuture(new ListOffsetsResultInfo(
                                            spec instanceof OffsetSpec.EarliestSpec ? FIRST : END,
                                            -1,
                                            Optional.empty()))));
                    return new ListOffsetsResult(offsets);
                });
    }
}
