package dev.threadwright.ops;

import dev.threadwright.journal.StoredSettings;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

/** Sees to it that the topics are there, each with the stored number of partitions. */
final class TopicSetup {

    static final String TRANSACTION_VERSION = "transaction.version";
    static final short NEEDED_TRANSACTION_VERSION = 2;

    private static final long TIMEOUT_MS = 15_000;

    /** Who was not there when it was said does not miss it. */
    private static final String PROGRESS_RETENTION_MS = "60000";

    /** Some tens of bytes for each transaction: what compaction leaves alone, since it is still written to. */
    private static final String POSITIONS_SEGMENT_BYTES = Integer.toString(16 << 20);

    private static final Logger LOG = Logger.getLogger(TopicSetup.class);

    private final Admin admin;
    private final ThreadwrightConfig config;
    private final TenantTopics topics;

    TopicSetup(Admin admin, ThreadwrightConfig config) {
        this.admin = admin;
        this.config = config;
        this.topics = TenantTopics.of(config);
    }

    /**
     * @throws MisconfiguredException if a topic exists with another number of partitions
     * @throws KafkaUnavailableException if the cluster does not answer
     */
    void ensure(int partitions) {
        List<NewTopic> needed = needed(config, partitions);
        List<String> all = needed.stream().map(NewTopic::name).toList();
        Set<String> existing = await("list the topics", admin.listTopics().names());
        create(needed.stream().filter(topic -> !existing.contains(topic.name())).toList());
        Map<String, TopicDescription> found =
                await("describe the topics", admin.describeTopics(all).allTopicNames());
        found.forEach((name, description) -> {
            int actual = description.partitions().size();
            if (actual != partitions) {
                throw new MisconfiguredException("Topic " + name + " has " + actual + " partitions, but this server's"
                        + " journal was begun with " + partitions + ", and a thread's partition depends on that number."
                        + " Name another topic (threadwright.topics.*) or create it anew with " + partitions
                        + " partitions");
            }
        });
        checkPositionsAreKept();
        checkTransactions();
    }

    /** A topic that deletes what is old would, after a quiet week, have everything published again. */
    private void checkPositionsAreKept() {
        String name = config.topics().positions();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        await(
                        "describe the topic " + name,
                        admin.describeConfigs(List.of(topic)).all())
                .forEach((described, settings) -> {
                    String cleanup =
                            settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
                    if (!cleanup.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                        throw new MisconfiguredException(
                                "Topic " + name + " has " + TopicConfig.CLEANUP_POLICY_CONFIG + "="
                                        + cleanup + ", but must never lose its last records: set it to "
                                        + TopicConfig.CLEANUP_POLICY_COMPACT);
                    }
                });
    }

    /** All topics that the server uses, as it would make them. */
    static List<NewTopic> needed(ThreadwrightConfig config, int partitions) {
        TenantTopics topics = TenantTopics.of(config);
        Set<String> inbound = topics.inbound().keySet();
        Set<String> all = new LinkedHashSet<>(inbound);
        all.add(config.topics().progress());
        all.add(config.topics().positions());
        Set<String> forWorkers = new LinkedHashSet<>();
        for (TenantTopics.Of own : topics.all()) {
            all.addAll(own.all());
            forWorkers.addAll(own.forWorkers());
        }
        return all.stream()
                .map(name -> topic(config, name, partitions, inbound.contains(name), forWorkers.contains(name)))
                .toList();
    }

    /**
     * Which topics these are: those that the journal knows, or others of their names.
     *
     * @param current the identities of the topics that are there
     * @param stored those that the journal was begun with, or has been set to since
     */
    record Identities(Map<String, String> current, Map<String, StoredSettings.Topic> stored, StoredSettings store) {

        boolean isThere(String topic) {
            return current.containsKey(topic);
        }

        boolean isRecreated(String topic) {
            String id = current.get(topic);
            StoredSettings.Topic known = stored.get(topic);
            return id != null && known != null && !id.equals(known.id());
        }

        List<String> recreated() {
            return current.keySet().stream().filter(this::isRecreated).sorted().toList();
        }

        /** From now on these are the journal's. */
        void remember() {
            current.forEach(store::setTopic);
        }
    }

    Identities identities(StoredSettings store) {
        return new Identities(ids(), store.topics(), store);
    }

    /** The identities of the topics that are there, by their names: those that the journal has to do with. */
    Map<String, String> ids() {
        Set<String> existing = await("list the topics", admin.listTopics().names());
        List<String> asked = Stream.concat(
                        Stream.of(config.topics().commands(), config.topics().positions()),
                        topics.all().stream()
                                .flatMap(own -> Stream.of(
                                        own.input(),
                                        own.results(),
                                        own.lifecycle(),
                                        own.events(),
                                        own.deadLetter(),
                                        own.actions())))
                .filter(existing::contains)
                .distinct()
                .toList();
        Map<String, String> ids = new HashMap<>();
        await("describe the topics", admin.describeTopics(asked).allTopicNames())
                .forEach((name, description) ->
                        ids.put(name, description.topicId().toString()));
        return ids;
    }

    /**
     * Remembers the topics that the journal does not know yet.
     *
     * @param ids of the topics that are there
     * @return the generations of the topics, by their names: a record that has no id of its own is known by where it stands, and
     *     one of an earlier topic that stood there is another
     * @throws MisconfiguredException if an inbound topic was created anew: what was consumed of it says nothing about this one;
     *     or the one of the published positions, without which what is published would be published again
     */
    static Map<String, Integer> generations(ThreadwrightConfig config, Map<String, String> ids, StoredSettings store) {
        Identities found = new Identities(ids, store.topics(), store);
        Set<String> inbound = TenantTopics.of(config).inbound().keySet();
        for (String topic : found.recreated()) {
            if (inbound.contains(topic)) {
                throw new MisconfiguredException(
                        "Topic " + topic + " was created anew since this journal consumed it: where it"
                                + " goes on has to be said. Run \"threadwright recover --all\", and see \"Kafka behind Postgres\" in"
                                + " docs/operations.md");
            }
            if (topic.equals(config.topics().positions())) {
                throw new MisconfiguredException(
                        "Topic " + topic + " was created anew: how far this journal is published"
                                + " is not in it. Run \"threadwright recover --all\", and see \"Kafka behind Postgres\" in"
                                + " docs/operations.md");
            }
            LOG.warnf(
                    "Topic %s was created anew: what was published before is not in it. See \"Kafka behind Postgres\" in"
                            + " docs/operations.md",
                    topic);
        }
        Map<String, Integer> generations = new HashMap<>();
        found.current().forEach((name, id) -> {
            StoredSettings.Topic known = found.stored().get(name);
            generations.put(name, (known == null ? store.topic(name, id) : known).generation());
        });
        return generations;
    }

    private static NewTopic topic(
            ThreadwrightConfig config, String name, int partitions, boolean inbound, boolean forWorkers) {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(config.limits().recordBytes()));
        if (inbound) {
            // Decisions take the time of appending: a client's clock must not decide what has expired.
            settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        }
        if (name.equals(config.topics().progress())) {
            settings.put(TopicConfig.RETENTION_MS_CONFIG, PROGRESS_RETENTION_MS);
            settings.put(TopicConfig.SEGMENT_MS_CONFIG, PROGRESS_RETENTION_MS);
        }
        if (name.equals(config.topics().positions())) {
            settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, POSITIONS_SEGMENT_BYTES);
        }
        if (forWorkers) {
            // What is published is packed with lz4, which not every language's client can unpack by itself.
            settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "gzip");
        }
        Optional<Short> replication = config.topics().replicationFactor().isPresent()
                ? Optional.of((short) config.topics().replicationFactor().getAsInt())
                : Optional.empty();
        return new NewTopic(name, Optional.of(partitions), replication).configs(settings);
    }

    private void create(List<NewTopic> missing) {
        if (missing.isEmpty()) {
            return;
        }
        admin.createTopics(missing).values().forEach((name, created) -> {
            try {
                await("create topic " + name, created);
                LOG.infof("Created topic %s", name);
            } catch (KafkaUnavailableException e) {
                if (!(e.getCause() instanceof ExecutionException failed)
                        || !(failed.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        });
    }

    private void checkTransactions() {
        var features = await(
                "describe the cluster's features", admin.describeFeatures().featureMetadata());
        var transactions = features.finalizedFeatures().get(TRANSACTION_VERSION);
        if (transactions == null || transactions.maxVersionLevel() < NEEDED_TRANSACTION_VERSION) {
            LOG.warnf(
                    "The brokers' %s is below %d: a transaction that an old owner left hanging may still commit records"
                            + " after its partition has moved. Upgrade the feature with kafka-features.sh",
                    TRANSACTION_VERSION, NEEDED_TRANSACTION_VERSION);
        }
    }

    private static <T> T await(String what, org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while trying to " + what, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaUnavailableException("Cannot " + what + ": " + e, e);
        }
    }
}
