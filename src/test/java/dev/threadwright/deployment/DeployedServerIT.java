package dev.threadwright.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.embedded.GuardedBroker;
import dev.threadwright.faults.ServerProcess;
import dev.threadwright.security.ApiKey;
import dev.threadwright.testing.TestServers;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import io.strimzi.api.kafka.model.user.KafkaUserAuthorizationSimple;
import io.strimzi.api.kafka.model.user.acl.AclRule;
import io.strimzi.api.kafka.model.user.acl.AclRuleGroupResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTopicResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTransactionalIdResource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged server with the configuration, the topics, the rights and the database user of the production manifests, and with the
 * addresses of this machine: over TLS to both, by SCRAM to Kafka, and with nothing that the manifests do not give it.
 */
class DeployedServerIT {

    private static final String PASSWORD = "only-for-this-test";
    private static final String USER = "threadwright";
    private static final String KEY = "tw_only-for-this-test";

    /** As CloudNativePG makes the owner of a database: it may make no roles. */
    private static final String OWNER = "app_owner";

    /** Beside a broker and a Postgres that start, too, on a machine that may have other things to do. */
    private static final Duration READY_WITHIN = Duration.ofMinutes(4);

    private static final Manifests MANIFESTS = Manifests.all().getLast();

    @TempDir
    Path directory;

    @Test
    void theServerDoesAllItsWorkWithWhatTheManifestsGiveIt() throws Exception {
        Path keys = directory.resolve("keys.p12");
        Path certificate = directory.resolve("ca.crt");
        makeKeys(keys, certificate);
        int kafkaPort = TestServers.freePort();
        int postgresPort = TestServers.freePort();
        try (EmbeddedServers postgres = EmbeddedServers.start(
                        new EmbeddedServers.Settings(directory.resolve("data"), true, postgresPort, false, 0));
                GuardedBroker broker = GuardedBroker.start(
                        directory.resolve("broker"), kafkaPort, Map.of(USER, PASSWORD), keys, PASSWORD)) {
            prepare(postgres, keys);
            prepare(broker);
            Map<String, String> environment = environment(certificate, kafkaPort, postgresPort);
            try (ServerProcess server =
                    ServerProcess.start("deployed", Map.of("quarkus.http.host", "127.0.0.1"), environment)) {
                await().atMost(READY_WITHIN).until(() -> {
                    assertThat(server.isAlive()).as(server.log()).isTrue();
                    return server.isReady();
                });
                // As production has it: nothing for who does not say who they are, and metrics for Prometheus.
                assertThat(status(server, "/threads/t1")).isEqualTo(401);
                assertThat(status(server, "/q/metrics")).isEqualTo(200);
                String decided = say(server, "{\"workflow\":\"delay\",\"data\":{\"ms\":10,\"text\":\"hi\"}}");
                assertThat(decided).contains("\"status\":\"completed\"");
                // Read by the role that may only read.
                assertThat(get(server, "/threads/t1")).contains("\"thread_id\":\"t1\"", "\"text\":\"hi\"");
                assertThat(get(server, "/dead-letters")).contains("\"dead_letters\":[]");

                assertThat(lifecycle(broker)).contains("run.started").contains("run.completed");
                await("what KEDA scales by")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> !offsets(broker).isEmpty());
                assertThat(encrypted(postgres)).isPositive();
                // What a person cannot miss: nothing is refused that the server tries.
                assertThat(server.log()).doesNotContain("Authorization", "not authorized");
            }
        }
    }

    /** As a pod has it, but for addresses and paths. */
    private static Map<String, String> environment(Path certificate, int kafkaPort, int postgresPort) {
        Map<String, String> environment = new HashMap<>(MANIFESTS.environment());
        environment.replaceAll(
                (name, value) -> value.replace("threadwright-kafka-bootstrap:9093", "127.0.0.1:" + kafkaPort)
                        .replace("threadwright-postgres-rw:5432", "127.0.0.1:" + postgresPort)
                        .replaceFirst("/etc/threadwright/[a-z-]+/ca[.]crt", certificate.toString()));
        environment.put("THREADWRIGHT_POSTGRES_USERNAME", OWNER);
        environment.put("THREADWRIGHT_POSTGRES_PASSWORD", PASSWORD);
        environment.put(
                "KAFKA_SASL_JAAS_CONFIG",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(USER, PASSWORD));
        environment.put(
                "THREADWRIGHT_SECRETS_DIRECTORY", certificate.getParent().toString());
        environment.remove("QUARKUS_HTTP_HOST");
        environment.remove("QUARKUS_HTTP_PORT");
        environment.put("THREADWRIGHT_SHUTDOWN_DELAY", "0s");
        // As the Secret has it that is made from outside: docs/kubernetes.md#secrets.
        environment.put("THREADWRIGHT_IDENTITY_KEYS_CHECK_HASH", ApiKey.hash(KEY));
        environment.put("THREADWRIGHT_IDENTITY_KEYS_CHECK_ROLES", "read,write,operate");
        assertThat(environment).containsEntry("KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
        return environment;
    }

    /** What CloudNativePG does with the manifest, over TLS alone. */
    private static void prepare(EmbeddedServers postgres, Path keys) throws Exception {
        Models.PostgresCluster.InitDb initdb = MANIFESTS
                .all(Models.PostgresCluster.class)
                .getFirst()
                .spec()
                .bootstrap()
                .initdb();
        Path key = keys.resolveSibling("server.key");
        Path certificate = keys.resolveSibling("ca.crt");
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        Key secret = store.getKey("server", PASSWORD.toCharArray());
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(secret.getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        List<String> statements = new ArrayList<>(List.of(
                "create role " + OWNER + " login nosuperuser nocreaterole password '" + PASSWORD + "'",
                "drop database if exists " + initdb.database() + " with (force)",
                "create database " + initdb.database() + " owner " + OWNER,
                written("server.key", Files.readString(key)),
                written("server.crt", Files.readString(certificate)),
                "alter system set ssl_cert_file = 'server.crt'",
                "alter system set ssl_key_file = 'server.key'",
                "alter system set ssl = on",
                "select pg_reload_conf()"));
        execute(postgres, "postgres", statements);
        List<String> after = initdb.postInitApplicationSql().stream()
                .map(statement -> statement.replace("to " + initdb.owner(), "to " + OWNER))
                .toList();
        execute(postgres, initdb.database(), after);
    }

    /** By Postgres itself, into its directory, so that the file is its own and nobody else's. */
    private static String written(String file, String content) {
        return "copy (select '%s') to program 'umask 077; base64 -d > %s'"
                .formatted(Base64.getEncoder().encodeToString(content.getBytes(UTF_8)), file);
    }

    private static void execute(EmbeddedServers postgres, String database, List<String> statements) throws Exception {
        String url = postgres.jdbcUrl().replaceFirst("[^/]*$", database);
        try (Connection connection = DriverManager.getConnection(url, postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** What Strimzi does with the manifests. */
    private static void prepare(GuardedBroker broker) throws Exception {
        KafkaUser user = MANIFESTS.one(KafkaUser.class, USER);
        List<AclBinding> rights = new ArrayList<>();
        for (AclRule rule : ((KafkaUserAuthorizationSimple) user.getSpec().getAuthorization()).getAcls()) {
            for (var operation : rule.getOperations()) {
                rights.add(new AclBinding(
                        pattern(rule.getResource()),
                        new AccessControlEntry(
                                "User:" + USER, "*", operation(operation.toValue()), AclPermissionType.ALLOW)));
            }
        }
        List<NewTopic> topics = MANIFESTS.all(KafkaTopic.class).stream()
                .map(topic -> {
                    Map<String, String> settings = new HashMap<>();
                    topic.getSpec().getConfig().forEach((key, value) -> settings.put(key, value.toString()));
                    return new NewTopic(
                                    topic.getMetadata().getName(),
                                    Optional.of(topic.getSpec().getPartitions()),
                                    Optional.empty())
                            .configs(settings);
                })
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.adminBootstrap()))) {
            admin.createTopics(topics).all().get();
            admin.createAcls(rights).all().get();
        }
    }

    /** Strimzi writes them in one word. */
    private static AclOperation operation(String word) {
        return Arrays.stream(AclOperation.values())
                .filter(operation -> operation.name().replace("_", "").equalsIgnoreCase(word))
                .findAny()
                .orElseThrow();
    }

    private static ResourcePattern pattern(AclRuleResource resource) {
        return switch (resource) {
            case AclRuleTopicResource topic ->
                pattern(
                        ResourceType.TOPIC,
                        topic.getName(),
                        topic.getPatternType().toValue());
            case AclRuleGroupResource group ->
                pattern(
                        ResourceType.GROUP,
                        group.getName(),
                        group.getPatternType().toValue());
            case AclRuleTransactionalIdResource id ->
                pattern(
                        ResourceType.TRANSACTIONAL_ID,
                        id.getName(),
                        id.getPatternType().toValue());
            default -> throw new IllegalArgumentException(resource.getType());
        };
    }

    private static ResourcePattern pattern(ResourceType type, String name, String how) {
        return new ResourcePattern(type, name, how.equals("prefix") ? PatternType.PREFIXED : PatternType.LITERAL);
    }

    private static String lifecycle(GuardedBroker broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.adminBootstrap(),
                "group.id", "the-test",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed");
        StringBuilder read = new StringBuilder();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("threadwright.lifecycle"));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.append(record.value()));
                return read.indexOf("run.completed") >= 0;
            });
        }
        return read.toString();
    }

    private static Map<?, ?> offsets(GuardedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.adminBootstrap()))) {
            return admin.listConsumerGroupOffsets("threadwright")
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    /** Connections of the server's user; all of them over TLS. */
    private static int encrypted(EmbeddedServers postgres) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("""
                    select count(*), count(*) filter (where s.ssl)
                    from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = '%s'
                    """.formatted(OWNER))) {
            found.next();
            assertThat(found.getInt(2)).isEqualTo(found.getInt(1));
            return found.getInt(1);
        }
    }

    private static String say(ServerProcess server, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(server.url() + "/threads/t1/inputs?wait=completion"))
                .header("content-type", "application/json")
                .header("X-Api-Key", KEY)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Of an answer to who does not say who they are. */
    private static int status(ServerProcess server, String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(server.url() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static String get(ServerProcess server, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("X-Api-Key", KEY)
                .build());
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }
    }

    /** A key and its certificate, which is its own authority. */
    private static void makeKeys(Path keys, Path certificate) throws IOException, InterruptedException {
        keytool(
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD);
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                "server",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
