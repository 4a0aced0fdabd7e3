package dev.threadwright.ops;

import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.eclipse.microprofile.config.Config;

/**
 * Kafka's clients would register each of their metrics with JMX, one after the other and each time all anew, and translate each
 * for brokers that collect them, where nobody looks: more than a tenth of a second of a start. Who does look says so by
 * {@code kafka.metric.reporters} and {@code kafka.enable.metrics.push}.
 */
@ApplicationScoped
class QuietClients implements ClientCustomizer<Map<String, Object>> {

    /** For those of the channels, which know nothing of {@link #in}. */
    @Override
    public Map<String, Object> customize(String channel, Config channelConfig, Map<String, Object> client) {
        return in(client);
    }

    static Map<String, Object> in(Map<String, Object> client) {
        client.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        client.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
        return client;
    }
}
