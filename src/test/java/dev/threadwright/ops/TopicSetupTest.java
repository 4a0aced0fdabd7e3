package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.journal.StoredSettings;
import dev.threadwright.testing.TestServers;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicSetupTest {

    private static final int PARTITIONS = 2;
    private static Admin admin;
    private static StoredSettings stored;

    private final String name = "topics-" + UUID.randomUUID();
    private final String positions = name + "-positions";
    private final TopicSetup setup = new TopicSetup(admin, config());

    @BeforeAll
    static void connect() {
        admin = Admin.create(Map.of("bootstrap.servers", TestServers.bootstrapServers()));
        PostgresSettings settings = new PostgresSettings(
                TestServers.createDatabase("topic_setup"),
                TestServers.user(),
                TestServers.password(),
                5_000,
                5_000,
                20_000,
                20_000,
                30_000);
        JournalSchema.migrate(settings);
        stored = new StoredSettings(settings);
    }

    @AfterAll
    static void disconnect() {
        admin.close();
        stored.close();
    }

    private ThreadwrightConfig config() {
        Map<String, String> values = new HashMap<>(
                Map.of("threadwright.embedded.kafka.port", "0", "threadwright.embedded.postgres.port", "0"));
        for (String topic : List.of(
                "input",
                "commands",
                "results",
                "actions",
                "lifecycle",
                "events",
                "dead-letter",
                "progress",
                "positions")) {
            values.put("threadwright.topics." + topic, name + "-" + topic);
        }
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(ThreadwrightConfig.class)
                .withDefaultValues(values)
                .build()
                .getConfigMapping(ThreadwrightConfig.class);
    }

    @Test
    void thePositionsTopicIsCompacted_andOneThatForgetsIsRefused() throws Exception {
        ensured();
        assertThat(cleanup(positions)).isEqualTo("compact");
        assertThat(cleanup(name + "-events")).isEqualTo("delete");

        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, positions);
        AlterConfigOp forget =
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact,delete"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(topic, List.of(forget))).all().get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> cleanup(positions).equals("compact,delete"));
        assertThatThrownBy(() -> setup.ensure(PARTITIONS))
                .isInstanceOf(MisconfiguredException.class)
                .hasMessageContaining(positions)
                .hasMessageContaining("cleanup.policy=compact,delete")
                .hasMessageContaining("must never lose its last records");
    }

    @Test
    void aTopicWithAnotherNumberOfPartitionsIsRefusedByName() throws Exception {
        admin.createTopics(List.of(new NewTopic(positions, PARTITIONS + 1, (short) 1)))
                .all()
                .get(30, TimeUnit.SECONDS);
        // What was created is not known everywhere at once.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThatThrownBy(() -> setup.ensure(PARTITIONS))
                        .isInstanceOf(MisconfiguredException.class)
                        .hasMessageContaining(positions + " has 3 partitions")
                        .hasMessageContaining("begun with 2"));
    }

    @Test
    void topicsThatWereCreatedAnewAreNoticed_andThoseThatSayWhereToGoOnAreRefused() throws Exception {
        ensured();
        assertThat(TopicSetup.generations(config(), setup.ids(), stored)).containsEntry(name + "-input", 1);

        createAnew(name + "-lifecycle");
        assertThat(TopicSetup.generations(config(), setup.ids(), stored)).containsKey(name + "-lifecycle");
        for (String topic : List.of(positions, name + "-input")) {
            createAnew(topic);
            assertThatThrownBy(() -> TopicSetup.generations(config(), setup.ids(), stored))
                    .isInstanceOf(MisconfiguredException.class)
                    .hasMessageContaining("Topic " + topic + " was created anew")
                    .hasMessageContaining("threadwright recover --all");
        }
        setup.identities(stored).remember();
        assertThat(TopicSetup.generations(config(), setup.ids(), stored)).containsEntry(name + "-input", 2);
    }

    private void createAnew(String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        // What was deleted is known for a while, too, and would not be created.
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        !admin.listTopics().names().get(30, TimeUnit.SECONDS).contains(topic));
        ensured();
    }

    /** As a server does it: what was created is not known everywhere at once. */
    private void ensured() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(KafkaUnavailableException.class)
                .until(() -> {
                    setup.ensure(PARTITIONS);
                    return true;
                });
    }

    private String cleanup(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get(30, TimeUnit.SECONDS)
                .get(resource)
                .get("cleanup.policy")
                .value();
    }
}
