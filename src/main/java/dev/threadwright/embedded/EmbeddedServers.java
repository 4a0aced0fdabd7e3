package dev.threadwright.embedded;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers that this process runs for itself: both, one, or none, on one locked data directory. Whoever has one of these can
 * close it at any time, from any thread, and in the middle of its start: nothing of it runs afterwards.
 */
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

    /** A broker that starts for longer is not waited for: it goes with the process, and it has nothing yet that could be lost. */
    private static final long BROKER_LIMIT_SECONDS = 60;

    private final Settings settings;

    /** At zero from the moment that somebody closes this. */
    private final CountDownLatch closing = new CountDownLatch(1);

    private @Nullable DataDirectoryLock lock;
    private volatile CompletableFuture<@Nullable EmbeddedPostgresServer> postgres =
            CompletableFuture.completedFuture(null);
    private volatile CompletableFuture<@Nullable EmbeddedKafkaBroker> kafka = CompletableFuture.completedFuture(null);

    private EmbeddedServers(Settings settings) {
        this.settings = settings;
    }

    /** Starts what is wanted, side by side. If one fails, the other is stopped again and its failure thrown. */
    public static EmbeddedServers start(Settings settings) {
        EmbeddedServers servers = of(settings);
        servers.start();
        return servers;
    }

    /** Of which nothing runs yet. */
    public static EmbeddedServers of(Settings settings) {
        return new EmbeddedServers(settings);
    }

    /** Once, as {@link #start(Settings)}; fails if this is closed before all runs. */
    public void start() {
        if (!settings.postgres() && !settings.kafka()) {
            return;
        }
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            begin(starters).join();
            requireOpen();
        } catch (CompletionException e) {
            close();
            if (e.getCause() instanceof EmbeddedStartException reason) {
                throw reason;
            }
            throw e;
        }
    }

    private void requireOpen() {
        if (closing.getCount() == 0) {
            throw new EmbeddedStartException("The embedded servers were told to end before they had started.");
        }
    }

    private synchronized CompletableFuture<Void> begin(ExecutorService starters) {
        requireOpen();
        Path directory = settings.directory().toAbsolutePath().normalize();
        lock = DataDirectoryLock.acquire(directory);
        postgres = starting(
                starters,
                settings.postgres(),
                () -> EmbeddedPostgresServer.start(directory.resolve("postgres"), settings.postgresPort(), closing));
        kafka = starting(
                starters,
                settings.kafka(),
                () -> EmbeddedKafkaBroker.start(directory.resolve("kafka"), settings.kafkaPort()));
        return CompletableFuture.allOf(postgres, kafka);
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
        return running(postgres, "Postgres");
    }

    public EmbeddedKafkaBroker kafka() {
        return running(kafka, "Kafka");
    }

    private static <T> T running(CompletableFuture<@Nullable T> started, String what) {
        T running = started.getNow(null);
        if (running == null) {
            throw new IllegalStateException("No embedded " + what + " was started");
        }
        return running;
    }

    @Override
    public void close() {
        // First, so that what starts knows of it: the monitor is free while it does.
        closing.countDown();
        synchronized (this) {
            try (DataDirectoryLock last = lock) {
                try {
                    // A Postgres would outlive this process; the broker goes with it.
                    closeStarted(postgres, EmbeddedPostgresServer::close);
                } finally {
                    closeStarted(
                            kafka.copy().orTimeout(BROKER_LIMIT_SECONDS, TimeUnit.SECONDS), EmbeddedKafkaBroker::close);
                }
            }
            lock = null;
        }
    }

    private static <T> CompletableFuture<@Nullable T> starting(
            ExecutorService starters, boolean wanted, Supplier<T> start) {
        return wanted ? CompletableFuture.supplyAsync(start::get, starters) : CompletableFuture.completedFuture(null);
    }

    /** What has not started has left nothing to close. */
    private static <T> void closeStarted(CompletableFuture<@Nullable T> starting, Consumer<T> close) {
        T started;
        try {
            started = starting.join();
        } catch (CompletionException e) {
            LOG.log(System.Logger.Level.DEBUG, "Nothing to close", e);
            return;
        }
        if (started != null) {
            close.accept(started);
        }
    }
}
