package dev.threadwright.faults.campaign;

import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the faults are done to: some servers, one Postgres, one broker, and what stands between them. */
final class Site implements AutoCloseable {
    static final int PARTITIONS = 8;
    static final int SESSION_TIMEOUT_MS = 3_000;
    static final String GROUP = "threadwright";
    private static final long POLL_MS = 50;
    private static final long READY_WITHIN_MS = 180_000;
    private static final long TRAP_MS = 60_000;
    private static final long TAKEN_OVER_MS = 45_000;

    private static final long MAX_LOG_BYTES = 64L << 20;

    private final Path directory;
    private final RandomGenerator random;
    private final Volume postgresVolume;
    private final Volume kafkaVolume;
    private final Database postgres;
    private final Broker broker;
    private final Clock.Library clocks;
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Also when it is interrupted, at its start as well: no process and no mount is left behind. */
    private final Thread stop = new Thread(this::end, "faults-stop");

    /** @param directory empty; for data and logs */
    Site(Path directory, int servers, RandomGenerator random) throws IOException {
        this.directory = directory;
        this.random = random;
        Runtime.getRuntime().addShutdownHook(stop);
        this.postgresVolume = Volume.in(directory, "postgres");
        this.kafkaVolume = Volume.in(directory, "kafka");
        this.postgres = new Database(postgresVolume.data());
        this.clocks = Clock.Library.in(directory);
        List<Broker.Way> ways = new ArrayList<>();
        List<Proxy> toKafka = new ArrayList<>();
        for (int i = 1; i <= servers; i++) {
            int port = TestServers.freePort();
            Proxy proxy = new Proxy("s" + i + "-kafka", port, KafkaWire::new);
            toKafka.add(proxy);
            ways.add(new Broker.Way("S" + i, port, proxy.port()));
        }
        this.broker = new Broker(kafkaVolume.data(), directory.resolve("broker.log"), ways);
        try {
            postgres.start();
            broker.start();
            Path workflows = Workflows.writeTo(directory.resolve("workflows"));
            for (int i = 1; i <= servers; i++) {
                String name = "s" + i;
                Proxy toPostgres = new Proxy(name + "-postgres", postgres.port(), PostgresWire::new);
                Map<String, String> configuration = configuration(
                        directory.resolve(name + ".log"),
                        workflows,
                        toPostgres.port(),
                        toKafka.get(i - 1).port());
                if (i == servers) {
                    // One with a name that it keeps: its restart has to wait for no session to end.
                    configuration.put("threadwright.instance.static-id", name);
                }
                nodes.add(new Node(name, configuration, toPostgres, toKafka.get(i - 1), clocks.of(directory, name)));
            }
            // The first by itself, so that only that one migrates.
            start(nodes.subList(0, 1));
            start(nodes.subList(1, servers));
        } catch (RuntimeException | IOException e) {
            close();
            throw e;
        }
    }

    private void start(List<Node> some) {
        some.forEach(Node::start);
        for (Node node : some) {
            if (!await(READY_WITHIN_MS, () -> node.trouble().isEmpty())) {
                throw new IllegalStateException("It does not start: " + node.trouble());
            }
        }
    }

    private Map<String, String> configuration(Path log, Path workflows, int postgresPort, int kafkaPort) {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("kafka.bootstrap.servers", "127.0.0.1:" + kafkaPort);
        configuration.put("threadwright.postgres.url", postgres.jdbcUrl(postgresPort));
        configuration.put("threadwright.postgres.username", postgres.user());
        configuration.put("threadwright.postgres.password", postgres.password());
        configuration.put("threadwright.partitions", Integer.toString(PARTITIONS));
        configuration.put("threadwright.group.id", GROUP);
        configuration.put("threadwright.identity.enabled", "false");
        configuration.put("threadwright.group.session-timeout-ms", Integer.toString(SESSION_TIMEOUT_MS));
        configuration.put("threadwright.workflows.directory", workflows.toString());
        configuration.put("threadwright.workflows.examples", "false");
        configuration.put("quarkus.log.console.enabled", "false");
        configuration.put("quarkus.log.file.enabled", "true");
        configuration.put("quarkus.log.file.path", log.toString());
        configuration.put("quarkus.log.file.rotation.max-file-size", "8M");
        configuration.put("quarkus.log.file.rotation.max-backup-index", "1");
        return configuration;
    }

    RandomGenerator random() {
        return random;
    }

    Database postgres() {
        return postgres;
    }

    Broker broker() {
        return broker;
    }

    List<Node> nodes() {
        return nodes;
    }

    Volume volume(Target target) {
        return switch (target) {
            case POSTGRES -> postgresVolume;
            case KAFKA -> kafkaVolume;
        };
    }

    @Nullable String whyNoClocks() {
        return clocks.reason();
    }

    /** One that owns partitions. */
    Node owner() throws SQLException {
        List<String> owners =
                postgres.query("select distinct owner from partition_claim where not released order by 1");
        List<Node> owning = nodes.stream()
                .filter(node -> node.isAlive() && owners.contains(node.name()))
                .toList();
        List<Node> candidates = owning.isEmpty() ? nodes : owning;
        return candidates.get(random.nextInt(candidates.size()));
    }

    /** One server, or all of them. */
    List<Node> some() {
        return random.nextBoolean() ? nodes : List.of(nodes.get(random.nextInt(nodes.size())));
    }

    /** Whether others own everything that the server owned, and have seen to it that it publishes no more. */
    boolean isTakenOver(Node node) {
        try {
            return postgres.query(("select 1 from partition_claim where exists (select from"
                                    + " unnest(publishers || publisher) p where p like 'threadwright-%s-%%')")
                            .formatted(node.name()))
                    .isEmpty();
        } catch (SQLException e) {
            return false;
        }
    }

    void startMissing() {
        nodes.stream().filter(node -> !node.isAlive()).forEach(Node::start);
    }

    /** Whether the server reached the point, and the action was done. */
    boolean trap(Node node, Point point, Consumer<Link> action) throws Exception {
        Trap trap = new Trap(point, null, action);
        Proxy proxy = node.proxy(point.target());
        proxy.set(trap);
        try {
            return trap.await(TRAP_MS);
        } finally {
            proxy.remove(trap);
        }
    }

    /** Whether it was in time. */
    boolean awaitTakenOver(Node node) {
        return await(TAKEN_OVER_MS, () -> isTakenOver(node));
    }

    /** Leaves things as they are for a while. */
    void hold(long ms) throws InterruptedException {
        if (closed.await(ms, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("The campaign is over");
        }
    }

    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    /** Whether it came to hold within the time. */
    boolean await(long ms, Condition condition) {
        long deadline = System.nanoTime() + ms * 1_000_000;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                hold(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return true;
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            // That is what is going on.
        }
    }

    /** Once, whoever asks first: the campaign at its end, or whoever interrupts it. */
    private synchronized void end() {
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        List<AutoCloseable> all = new ArrayList<>(nodes);
        all.addAll(Stream.<AutoCloseable>of(broker, postgres, this::keepLog, kafkaVolume, postgresVolume)
                .filter(Objects::nonNull)
                .toList());
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception e) {
                System.err.println("faults: " + e);
            }
        }
    }

    /** Its disk goes, and what it had to say is worth keeping. */
    private void keepLog() throws IOException {
        Path log = postgresVolume.data().resolve("postgres").resolve("log");
        if (Files.exists(log) && Files.size(log) < MAX_LOG_BYTES) {
            Files.copy(log, directory.resolve("postgres.log"));
        }
    }
}
