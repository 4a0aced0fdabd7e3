package dev.threadwright.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The servers that this process runs for itself: both, one, or none, on one locked data directory. */
public final class EmbeddedServers implements AutoCloseable {

    /** Made before the servers start side by side: two threads that are the first to log can wait for each other for ever. */
    private static final System.Logger LOG = System.getLogger(EmbeddedServers.class.getName());

    public static final String DATA_DIRECTORY_KEY = "threadwright.data.directory";
    public static final String POSTGRES_PORT_KEY = "threadwright.embedded.postgres.port";
    public static final String POSTGRES_URL_KEY = "threadwright.postgres.url";
    public static final String KAFKA_PORT_KEY = "threadwright.embedded.kafka.port";
    public static final String KAFKA_BOOTSTRAP_KEY = "kafka.bootstrap.servers";

    /**
     * What to start and where.
     *
     * @param directory holds all data; created if missing
     * @param postgres whether to start a Postgres, on {@code postgresPort}
     * @param kafka whether to start a Kafka broker, on {@code kafkaPort}
     */
    public record Settings(Path directory, boolean postgres, int postgresPort, boolean kafka, int kafkaPort) {}

    private final @Nullable DataDirectoryLock lock;
    private final @Nullable EmbeddedPostgresServer postgres;
    private final @Nullable EmbeddedKafkaBroker kafka;

    private EmbeddedServers(
            @Nullable DataDirectoryLock lock,
            @Nullable EmbeddedPostgresServer postgres,
            @Nullable EmbeddedKafkaBroker kafka) {
        this.lock = lock;
        this.postgres = postgres;
        this.kafka = kafka;
    }

    /** Starts what is wanted, side by side. If one fails, the other is stopped again and its failure thrown. */
    public static EmbeddedServers start(Settings settings) {
        if (!settings.postgres() && !settings.kafka()) {
            return new EmbeddedServers(null, null, null);
        }
        Path directory = settings.directory().toAbsolutePath().normalize();
        DataDirectoryLock lock = DataDirectoryLock.acquire(directory);
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            var postgres = starting(
                    starters,
                    settings.postgres(),
                    () -> EmbeddedPostgresServer.start(directory.resolve("postgres"), settings.postgresPort()));
            var kafka = starting(
                    starters,
                    settings.kafka(),
                    () -> EmbeddedKafkaBroker.start(directory.resolve("kafka"), settings.kafkaPort()));
            try {
                CompletableFuture.allOf(postgres, kafka).join();
                return new EmbeddedServers(lock, postgres.join(), kafka.join());
            } catch (CompletionException e) {
                closeIfStarted(kafka);
                closeIfStarted(postgres);
                lock.close();
                if (e.getCause() instanceof EmbeddedStartException reason) {
                    throw reason;
                }
                throw e;
            }
        }
    }

    /** JDBC URL of the database. */
    public String jdbcUrl() {
        return postgres().jdbcUrl();
    }

    public String user() {
        return EmbeddedPostgresServer.USER;
    }

    public String password() {
        return postgres().password();
    }

    public String bootstrapServers() {
        return kafka().bootstrapServers();
    }

    public EmbeddedPostgresServer postgres() {
        if (postgres == null) {
            throw new IllegalStateException("No embedded Postgres was started");
        }
        return postgres;
    }

    public EmbeddedKafkaBroker kafka() {
        if (kafka == null) {
            throw new IllegalStateException("No embedded Kafka was started");
        }
        return kafka;
    }

    @Override
    public void close() {
        try (DataDirectoryLock last = lock;
                EmbeddedPostgresServer second = postgres;
                EmbeddedKafkaBroker first = kafka) {
            // Closing in this order is all there is to do.
        }
    }

    private static <T> CompletableFuture<@Nullable T> starting(
            ExecutorService starters, boolean wanted, Supplier<T> start) {
        return wanted ? CompletableFuture.supplyAsync(start::get, starters) : CompletableFuture.completedFuture(null);
    }

    private static void closeIfStarted(CompletableFuture<? extends @Nullable AutoCloseable> started) {
        if (started.isCompletedExceptionally()) {
            return;
        }
        try (AutoCloseable unwanted = started.join()) {
            // Only the closing matters.
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "An embedded server did not stop in order", e);
        }
    }
}
