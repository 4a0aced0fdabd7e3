package dev.threadwright.deployment;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.ops.NeededTopics;
import dev.threadwright.ops.ThreadwrightConfig;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import io.strimzi.api.kafka.model.user.KafkaUserAuthorizationSimple;
import io.strimzi.api.kafka.model.user.acl.AclRule;
import io.strimzi.api.kafka.model.user.acl.AclRuleGroupResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTopicResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTransactionalIdResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kafka's part of the manifests, held against what the server itself would make and what it does. */
class KafkaManifestsTest {

    private static final Path TOPICS = Manifests.ROOT.resolve("base").resolve("kafka-topics.yaml");

    static List<Manifests> overlays() throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            writeTopics();
        }
        return Manifests.all();
    }

    /** The topics of the manifests are those of the code: run with {@code -Dgolden.write=true} after a change. */
    @ParameterizedTest
    @MethodSource("overlays")
    void theTopicsAreThoseThatTheServerWouldMake(Manifests manifests) throws IOException {
        Map<String, NewTopic> needed =
                NeededTopics.of(manifests.config()).stream().collect(toMap(NewTopic::name, topic -> topic));
        List<KafkaTopic> topics = manifests.all(KafkaTopic.class);
        String cluster = manifests.all(Kafka.class).getFirst().getMetadata().getName();

        assertThat(topics)
                .extracting(topic -> topic.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(needed.keySet());
        assertThat(topics).allSatisfy(topic -> {
            NewTopic wanted = needed.get(topic.getMetadata().getName());
            assertThat(topic.getMetadata().getLabels()).containsEntry("strimzi.io/cluster", cluster);
            assertThat(topic.getSpec().getPartitions()).isEqualTo(wanted.numPartitions());
            Map<String, String> settings = new TreeMap<>();
            topic.getSpec().getConfig().forEach((key, value) -> settings.put(key, value.toString()));
            assertThat(settings).isEqualTo(wanted.configs());
            // As many replicas as the brokers say, which differs between overlays.
            assertThat(topic.getSpec().getReplicas()).isNull();
        });
    }

    /** A topic of the server's is read or written by it, and by nobody else's leave. */
    @ParameterizedTest
    @MethodSource("overlays")
    void theServersUserMayDoWhatItDoesAndNothingElse(Manifests manifests) throws IOException {
        ThreadwrightConfig.Topics topics = manifests.config().topics();
        Set<String> writtenOnly = new HashSet<>(Set.of(topics.lifecycle(), topics.deadLetter(), topics.actions()));
        writtenOnly.addAll(topics.actionsOf().values());
        Map<String, Set<String>> expected = new TreeMap<>();
        for (NewTopic topic : NeededTopics.of(manifests.config())) {
            expected.put(
                    "topic literal " + topic.name(),
                    writtenOnly.contains(topic.name())
                            ? Set.of("Describe", "Write")
                            : Set.of("Describe", "Read", "Write"));
        }
        expected.put("topic literal " + topics.positions(), Set.of("Describe", "DescribeConfigs", "Read", "Write"));
        expected.put("group literal " + manifests.config().group().id(), Set.of("Describe", "Read"));
        expected.put("transactionalId prefix threadwright-", Set.of("Describe", "Write"));

        assertThat(rights(manifests, "threadwright")).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void aWorkersUserReadsWhatIsAskedForAndWritesResults(Manifests manifests) throws IOException {
        ThreadwrightConfig.Topics topics = manifests.config().topics();
        assertThat(rights(manifests, "threadwright-worker"))
                .containsEntry("topic literal " + topics.actions(), Set.of("Describe", "Read"))
                .containsEntry("topic literal " + topics.results(), Set.of("Describe", "Write"))
                .hasSize(3);
    }

    @Test
    void theScalersUserSeesHowFarTheGroupIsAndReadsNothing() throws IOException {
        Manifests production = Manifests.all().getLast();
        Map<String, Set<String>> expected = new TreeMap<>();
        expected.put("group literal " + production.config().group().id(), Set.of("Describe"));
        production.one(Models.ScaledObject.class, Manifests.SERVER).spec().triggers().stream()
                .filter(trigger -> trigger.type().equals("kafka"))
                .forEach(trigger ->
                        expected.put("topic literal " + trigger.metadata().get("topic"), Set.of("Describe")));
        assertThat(rights(production, "threadwright-scaler")).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void brokersAskWhoItIsAndLoseNothing(Manifests manifests) {
        Kafka kafka = manifests.all(Kafka.class).getFirst();
        assertThat(kafka.getSpec().getKafka().getAuthorization().getType()).isEqualTo("simple");
        assertThat(kafka.getSpec().getKafka().getListeners())
                .allSatisfy(listener -> assertThat(listener.getAuth()).isNotNull());
        Map<String, Object> config = kafka.getSpec().getKafka().getConfig();
        assertThat(config).containsEntry("auto.create.topics.enable", false);
        if (manifests.name().equals("production")) {
            assertThat(config)
                    .containsEntry("default.replication.factor", 3)
                    .containsEntry("min.insync.replicas", 2)
                    .containsEntry("transaction.state.log.replication.factor", 3)
                    .containsEntry("transaction.state.log.min.isr", 2)
                    .containsEntry("offsets.topic.replication.factor", 3);
        }
    }

    private static Map<String, Set<String>> rights(Manifests manifests, String user) {
        KafkaUser found = manifests.one(KafkaUser.class, user);
        assertThat(found.getSpec().getAuthentication().getType()).isEqualTo("scram-sha-512");
        List<AclRule> rules = ((KafkaUserAuthorizationSimple) found.getSpec().getAuthorization()).getAcls();
        return rules.stream()
                .collect(toMap(
                        KafkaManifestsTest::resource,
                        rule -> rule.getOperations().stream()
                                .map(operation -> operation.toValue())
                                .collect(toSet()),
                        (one, other) -> {
                            throw new IllegalStateException("A resource of " + user + " is there twice");
                        },
                        TreeMap::new));
    }

    private static String resource(AclRule rule) {
        return switch (rule.getResource()) {
            case AclRuleTopicResource topic -> "topic " + topic.getPatternType().toValue() + " " + topic.getName();
            case AclRuleGroupResource group -> "group " + group.getPatternType().toValue() + " " + group.getName();
            case AclRuleTransactionalIdResource id ->
                "transactionalId " + id.getPatternType().toValue() + " " + id.getName();
            default ->
                throw new IllegalArgumentException(
                        "No right of a server's: " + rule.getResource().getType());
        };
    }

    private static void writeTopics() throws IOException {
        StringBuilder file = new StringBuilder("""
                # Made from the code by KafkaManifestsTest (-Dgolden.write=true): the topics that the server uses, as it would make them.
                # Their number of partitions is THREADWRIGHT_PARTITIONS, for ever; how many replicas there are, the brokers say.
                """);
        ThreadwrightConfig config = new Manifests(
                        "base",
                        List.of(),
                        List.of(
                                Models.typed(Yaml.documents(
                                                Manifests.ROOT.resolve("base").resolve("deployment.yaml"))
                                        .getFirst()),
                                Models.typed(Yaml.documents(
                                                Manifests.ROOT.resolve("base").resolve("config-map.yaml"))
                                        .getFirst())))
                .config();
        String between = "";
        for (NewTopic topic : NeededTopics.of(config).stream()
                .sorted(Comparator.comparing(NewTopic::name))
                .toList()) {
            file.append(between).append("""
                    apiVersion: kafka.strimzi.io/v1
                    kind: KafkaTopic
                    metadata:
                      name: %s
                      namespace: %s
                      labels:
                        app.kubernetes.io/part-of: threadwright
                        strimzi.io/cluster: threadwright
                    spec:
                      partitions: %d
                      config:
                    """.formatted(topic.name(), Manifests.NAMESPACE, topic.numPartitions()));
            new TreeMap<>(topic.configs()).forEach((key, value) -> file.append("    %s: %s%n".formatted(key, value)));
            between = "---\n";
        }
        Files.writeString(TOPICS, file);
    }
}
