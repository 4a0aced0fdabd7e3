package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.Replies;
import dev.threadwright.callback.CallbackKey;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.catalog.Catalog;
import dev.threadwright.catalog.InvalidDocumentException;
import dev.threadwright.catalog.WorkflowConflictException;
import dev.threadwright.catalog.WorkflowFiles;
import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.expression.PolicyJudges;
import dev.threadwright.ingress.ReceivedTrace;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.JournalException;
import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresJournal;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.journal.StoredSettings;
import dev.threadwright.limit.TenantQuotas;
import dev.threadwright.limit.Turnstile;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.relay.Relay;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.step.Handlers;
import dev.threadwright.tables.Tables;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.ConfigProvider;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the engine up, in order: schema, stored settings, workflows and topics beside each other, loops. Each waits for its server to be there for as
 * long as that takes; what cannot be right by waiting ends the process with one sentence.
 */
@ApplicationScoped
public class EngineStartup {

    static final int FIRST = 1;

    private static final String DEFAULT_DIRECTORY = "workflows";

    private static final Logger LOG = Logger.getLogger(EngineStartup.class);

    private final ThreadwrightConfig config;
    private final Map<String, Object> kafkaConnection;
    private final PolicyCheck policyCheck;
    private final PolicyJudges judges;
    private final Handlers handlers;
    private final ProgressFeed progress;
    private final Catalog workflows;
    private final Turnstile turnstile;
    private final TenantQuotas quotas;
    private final Tables tables;
    private final Callbacks callbacks;
    private final DeadLetterNames deadLetters;
    private final Replies replies;
    private final EndingWiring endings;
    private final SealingWiring sealing;
    private final Measurements measurements;
    private final ReceivedTrace receivedTrace;

    /** Begun before there is anything else of the server; null in one that did not. */
    private static volatile @Nullable Future<StoredSettings> connecting;

    private final Awaited awaited = new Awaited();

    private volatile @Nullable Engine engine;
    private volatile @Nullable Thread starter;
    private volatile boolean ending;

    EngineStartup(
            ThreadwrightConfig config,
            @Identifier("default-kafka-broker") Map<String, Object> kafkaConnection,
            PolicyCheck policyCheck,
            PolicyJudges judges,
            Handlers handlers,
            Catalog workflows,
            ProgressFeed progress,
            Turnstile turnstile,
            TenantQuotas quotas,
            Tables tables,
            Callbacks callbacks,
            DeadLetterNames deadLetters,
            @Any Instance<Replies> replies,
            EndingWiring endings,
            SealingWiring sealing,
            Measurements measurements,
            ReceivedTrace receivedTrace) {
        this.receivedTrace = receivedTrace;
        this.config = config;
        this.kafkaConnection = kafkaConnection;
        this.policyCheck = policyCheck;
        this.judges = judges;
        this.handlers = handlers;
        this.workflows = workflows;
        this.progress = progress;
        this.turnstile = turnstile;
        this.quotas = quotas;
        this.tables = tables;
        this.callbacks = callbacks;
        this.deadLetters = deadLetters;
        this.endings = endings;
        this.sealing = sealing;
        this.measurements = measurements;
        List<Replies> all = replies.stream().toList();
        this.replies = batch -> all.forEach(each -> each.committed(batch));
    }

    /** Beside the start of Quarkus, which takes longer: so the engine's own start finds a connection. Returns at once. */
    public static void connect(PostgresSettings postgres) {
        FutureTask<StoredSettings> connection = new FutureTask<>(() -> {
            StoredSettings stored = new StoredSettings(postgres);
            try {
                stored.schema();
            } catch (JournalException e) {
                LOG.debugf("No Postgres yet, for which the start will wait: %s", e.getMessage());
            }
            return stored;
        });
        connecting = connection;
        Thread.ofPlatform().name("first-connection").daemon().start(connection);
    }

    /** What the start is waiting for; null when the engine runs. */
    @Nullable String waitingFor() {
        if (engine != null) {
            return null;
        }
        List<String> now = awaited.now();
        return now.isEmpty() ? "starting" : "waiting for " + String.join("; ", now);
    }

    @Nullable Engine engine() {
        return engine;
    }

    /** Before others that start something, because this takes longest and they can do so beside it. */
    void onStart(@Observes @Priority(FIRST) StartupEvent event) {
        tellIdentity();
        EnvironmentKeys.warnings(ConfigProvider.getConfig()::getPropertyNames).forEach(LOG::warn);
        List<String> ofOneClient = config.postgres()
                .url()
                .map(url -> PostgresUrl.of(url.strip()).ofOne())
                .orElse(List.of());
        if (!ofOneClient.isEmpty()) {
            LOG.warnf(
                    "threadwright.postgres.url has %s, which the client that reads for callers does not know: only what is"
                            + " written goes by it",
                    String.join(", ", ofOneClient));
        }
        starter = Thread.ofPlatform().name("engine-start").daemon().start(() -> {
            try {
                bringUp();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (MisconfiguredException e) {
                LOG.errorf("Cannot start: %s", e.getMessage());
                Quarkus.asyncExit(1);
            } catch (RuntimeException | Error e) {
                // A process that neither works nor ends would be told to wait for.
                LOG.errorf(e, "Cannot start");
                Quarkus.asyncExit(1);
            }
        });
    }

    private void tellIdentity() {
        if (IdentityWiring.isRequired(config)) {
            LOG.infof(
                    "Callers say who they are: %d API keys, %s; tenants: %s",
                    config.identity().keys().size(),
                    config.identity()
                            .oidc()
                            .issuer()
                            .map(issuer -> "tokens of " + issuer)
                            .orElse("no tokens"),
                    String.join(", ", TenantTopics.of(config).tenants()));
        } else {
            LOG.warn(
                    "Identity is off: whoever reaches this server over HTTP may do everything, whatever key or token they"
                            + " send. docs/identity.md says how to turn it on");
        }
    }

    /** Not ready any more, whatever comes. */
    void end() {
        ending = true;
    }

    boolean isEnding() {
        return ending;
    }

    void onStop(@Observes ShutdownEvent event) {
        giveBack();
    }

    /** Ends the engine: its partitions are given back in order. */
    void giveBack() {
        Thread starting = starter;
        if (starting != null) {
            starting.interrupt();
        }
        Engine running = engine;
        if (running != null) {
            running.close();
        }
    }

    private void bringUp() throws InterruptedException {
        PostgresSettings postgres = postgres();
        Future<StoredSettings> begun = connecting;
        try (StoredSettings stored = begun == null ? new StoredSettings(postgres) : got(begun);
                ExecutorService beside = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("engine-start-topics").daemon().factory())) {
            awaited.get("Postgres, to migrate the schema", () -> {
                migrate(postgres, stored);
                return stored;
            });
            awaited.get("Postgres, to look at the keys of threads", () -> {
                sealing.check(stored);
                return sealing;
            });
            try {
                bringUp(postgres, stored, beside);
            } finally {
                beside.shutdownNow();
            }
        }
    }

    private static void migrate(PostgresSettings postgres, StoredSettings stored) {
        if (PackagedSchema.is(stored.schema())) {
            return;
        }
        try {
            JournalSchema.migrate(postgres);
        } catch (FlywayException e) {
            if (Passing.is(e)) {
                throw e;
            }
            throw new MisconfiguredException("The schema in Postgres cannot be migrated: " + Passing.words(e));
        }
    }

    /** @param beside what waits for Kafka while this thread waits for Postgres and reads workflows */
    private void bringUp(PostgresSettings postgres, StoredSettings stored, ExecutorService beside)
            throws InterruptedException {
        int partitions =
                awaited.get("Postgres, to read the stored settings", () -> stored.partitions(config.partitions()));
        if (partitions != config.partitions()) {
            throw new MisconfiguredException("threadwright.partitions is " + config.partitions()
                    + ", but this journal was begun with " + partitions
                    + ", and a thread's partition depends on that number. Set threadwright.partitions=" + partitions
                    + ", or begin a new journal in another database");
        }
        awaited.get("Postgres, to see which tenants there are", () -> {
            TenantTopics.of(config).requireAll(stored.tenants());
            return partitions;
        });
        KafkaClients kafka = new KafkaClients(kafkaConnection, config.limits().recordBytes());
        Future<Map<String, String>> topics = beside.submit(() -> topics(kafka, partitions));
        CallbackKey callbackKey = awaited.get("Postgres, to read the key of callbacks", () -> callbackKey(stored));
        callbacks.open(callbackKey);
        deadLetters.open(awaited.get(
                "Postgres, to read the key of dead letters' names",
                () -> stored.deadLetterKey(fresh(DeadLetterNames.KEY_BYTES))));
        awaited.get("Postgres, to load the workflows", () -> {
            registerWorkflows(stored);
            return partitions;
        });
        // Before the first thread or run could be one too many.
        QuotaWiring.count(quotas, tables);
        Decider decider = awaited.get("Postgres, to read the workflow of inputs", this::decider);
        Map<String, String> topicIds = got(topics);
        Map<String, Integer> generations = awaited.get(
                "Postgres, to see which topics these are", () -> TopicSetup.generations(config, topicIds, stored));
        RecordDecoder decoder = new RecordDecoder(
                TenantTopics.of(config),
                topic -> generations.getOrDefault(topic, 1),
                policyCheck::validate,
                config.limits().dataBytes(),
                config.limits().recordBytes() - Relay.RECORD_OVERHEAD_BYTES,
                receivedTrace);
        Engine ready = new Engine(
                config,
                partitions,
                kafka,
                () -> new PostgresJournal(postgres, sealing.sealing()),
                deadLetters,
                decider,
                decoder,
                handlers,
                workflows,
                progress::tell,
                turnstile,
                quotas,
                replies,
                measurements);
        ready.start();
        engine = ready;
        endings.start();
    }

    private Map<String, String> topics(KafkaClients kafka, int partitions) throws InterruptedException {
        return awaited.get("Kafka, to see to the topics", () -> {
            try (Admin admin = kafka.admin("threadwright-setup")) {
                TopicSetup topics = new TopicSetup(admin, config);
                topics.ensure(partitions);
                return topics.ids();
            }
        });
    }

    private static <T> T got(Future<T> beside) throws InterruptedException {
        try {
            return beside.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    private CallbackKey callbackKey(StoredSettings stored) {
        byte[] key = config.callbacks()
                .secret()
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> stored.callbackKey(fresh(CallbackKey.MIN_BYTES)));
        try {
            return new CallbackKey(key);
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.callbacks.secret " + e.getMessage());
        }
    }

    /** A key that nobody has, in case that this is the first server to ask. */
    private static byte[] fresh(int bytes) {
        byte[] key = new byte[bytes];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private void registerWorkflows(StoredSettings stored) {
        stored.ask(connection -> {
            workflows.refresh(connection);
            return workflows;
        });
        WorkflowFiles files = new WorkflowFiles(workflows);
        long nowMs = System.currentTimeMillis();
        if (config.workflows().examples()) {
            try {
                files.registerExamples(nowMs);
            } catch (InvalidDocumentException | WorkflowConflictException e) {
                throw new MisconfiguredException(
                        "An example cannot be registered; threadwright.workflows.examples=false" + " leaves them out: "
                                + e.getMessage());
            }
        }
        Path directory = Path.of(config.workflows().directory().orElse(DEFAULT_DIRECTORY));
        if (Files.isDirectory(directory)) {
            try {
                files.registerAll(directory, nowMs);
            } catch (IllegalArgumentException e) {
                throw new MisconfiguredException("threadwright.workflows.directory: " + e.getMessage());
            }
        } else if (config.workflows().directory().isPresent()) {
            throw new MisconfiguredException(
                    "threadwright.workflows.directory is " + directory.toAbsolutePath() + ", which is no directory");
        }
    }

    private PostgresSettings postgres() {
        ThreadwrightConfig.Postgres postgres = config.postgres();
        String url = postgres.url()
                .orElseThrow(() -> new MisconfiguredException(
                        "threadwright.postgres.url is not set; the journal cannot be configured in another way"));
        return PostgresSettings.of(
                        url, postgres.username().orElse(""), postgres.password().orElse(""))
                .withDeadLetterBytes(config.deadLetters().bodyBytes());
    }

    private Decider decider() {
        ThreadwrightConfig.Decide decide = config.decide();
        if (workflows.latest(ThreadKey.DEFAULT_TENANT, decide.workflow()) == null) {
            throw new MisconfiguredException(
                    "threadwright.decide.workflow names \"" + decide.workflow() + "\", which is no workflow");
        }
        try {
            return new Decider(
                    new ServerSettings(
                            policy(decide.policy()),
                            decide.workflow(),
                            decide.maxActiveRuns(),
                            decide.maxInbox(),
                            decide.maxKept(),
                            decide.keptTtl().toMillis()),
                    workflows,
                    judges,
                    new JsonSchemas(),
                    turnstile);
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.decide: " + e.getMessage());
        }
    }

    private Policy policy(String text) {
        Policy policy = ConfigCheck.policy(text);
        policyCheck.validate(policy);
        return policy;
    }
}
