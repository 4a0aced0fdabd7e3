package dev.threadwright.ops;

import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;

/** For tests elsewhere: the topics of a configuration, as the server makes them. */
public final class NeededTopics {
    private NeededTopics() {}

    public static List<NewTopic> of(ThreadwrightConfig config) {
        return TopicSetup.needed(config, config.partitions());
    }
}
