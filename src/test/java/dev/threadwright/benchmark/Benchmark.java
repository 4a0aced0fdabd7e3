package dev.threadwright.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts everything, warms up, measures in turn, checks the store, prints and writes {@code target/benchmark.json}. */
public final class Benchmark {

    private static final List<Lane> LANES = List.of(Lane.SERVER, Lane.NULL_TRANSACTIONS, Lane.NULL_PLAIN);

    /** The same for all engines, and as in {@code bin/threadwright}. */
    private static final List<String> JVM = List.of(
            "-Xmx1g",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "--add-opens=java.base/java.lang=ALL-UNNAMED");

    private final Options options;
    private final Path target;
    private final Servers servers;
    private final Map<Lane, Process> processes = new LinkedHashMap<>();
    private final Map<Lane, LoadClient> clients = new LinkedHashMap<>();
    private final Map<Lane, List<Measurement>> all = new HashMap<>();

    private Benchmark(Options options, Path target, Servers servers) {
        this.options = options;
        this.target = target;
        this.servers = servers;
    }

    /** Arguments: see {@link Options}. Ends with status 1 if a run is missing, or there twice. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path target = Path.of("target").toAbsolutePath();
        boolean good;
        try (Servers servers = new Servers(Files.createTempDirectory(target, "benchmark-"))) {
            Benchmark benchmark = new Benchmark(options, target, servers);
            // Also when it is interrupted: no process is left behind. The clients belong to the main thread.
            Thread stop = new Thread(
                    () -> {
                        benchmark.stopEngines();
                        servers.close();
                    },
                    "benchmark-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                Report report = benchmark.run();
                System.out.println(report.text());
                report.write(target.resolve("benchmark.json"));
                good = report.faults().isEmpty();
            } finally {
                benchmark.clients.values().forEach(LoadClient::close);
                benchmark.stopEngines();
            }
        }
        System.exit(good ? 0 : 1);
    }

    private Report run() throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        for (Lane lane : LANES) {
            servers.prepare(lane);
        }
        Map<String, String> durability = servers.durability();
        startEngines();
        for (Lane lane : LANES) {
            say("warming " + lane.name());
            measure(lane, new Scenario("warm", 1_024, Scenario.THREADS), options.warmSeconds());
            measure(lane, new Scenario("warm", 64, Scenario.THREADS), Math.max(1, options.warmSeconds() / 4.0));
        }
        if (options.rows().contains(Scenario.OLD)) {
            say("making the old threads old");
            Measurement history =
                    client(Lane.SERVER).prepare(Scenario.OLD, Scenario.OLD.threads() * Scenario.OLD_INPUTS);
            all.computeIfAbsent(Lane.SERVER, l -> new ArrayList<>()).add(history);
        }
        Map<Scenario, Map<Lane, List<Measurement>>> rounds = new LinkedHashMap<>();
        for (int round = 1; round <= options.rounds(); round++) {
            // Another one first in every round, so that none always follows the same.
            List<Lane> turns = new ArrayList<>(LANES);
            Collections.rotate(turns, 1 - round);
            for (Scenario scenario : options.rows()) {
                for (Lane lane : scenario.isServersOnly() ? List.of(Lane.SERVER) : turns) {
                    Measurement measurement = measure(lane, scenario, options.seconds());
                    rounds.computeIfAbsent(scenario, s -> new LinkedHashMap<>())
                            .computeIfAbsent(lane, l -> new ArrayList<>())
                            .add(measurement);
                    say("round %d, %s in flight, %s: %,.0f/s, p50 %.1f ms"
                            .formatted(round, scenario.name(), lane.name(), measurement.rate(), measurement.p50Ms()));
                }
            }
        }
        return report(load, durability, rounds);
    }

    private Measurement measure(Lane lane, Scenario scenario, double seconds) {
        Measurement measurement = client(lane).run(scenario, seconds);
        all.computeIfAbsent(lane, l -> new ArrayList<>()).add(measurement);
        return measurement;
    }

    private Report report(
            double load, Map<String, String> durability, Map<Scenario, Map<Lane, List<Measurement>>> rounds)
            throws SQLException {
        say("checking the store");
        Map<Lane, Map<String, StoreCheck.Stored>> stored = new HashMap<>();
        List<String> faults = new ArrayList<>();
        long checked = 0;
        for (Lane lane : LANES) {
            stored.put(lane, StoreCheck.of(servers, lane));
            for (Measurement measurement : all.getOrDefault(lane, List.of())) {
                StoreCheck.Stored kept =
                        stored.get(lane).getOrDefault(measurement.phase(), new StoreCheck.Stored(0, 0, 0, 0));
                faults.addAll(StoreCheck.faults(measurement, kept));
                checked += measurement.sent();
            }
        }
        List<Report.Row> rows = new ArrayList<>();
        rounds.forEach((scenario, lanes) ->
                lanes.forEach((lane, measured) -> rows.add(Report.Row.of(scenario, lane, measured, stored.get(lane)))));
        return new Report(
                Instant.now(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", JDK "
                        + System.getProperty("java.version"),
                load,
                options,
                durability,
                rows,
                checked,
                faults);
    }

    /** The server first: what it writes for an input is what the null engines write. */
    private void startEngines() throws IOException, SQLException {
        start(Lane.SERVER, serverCommand());
        LoadClient client = client(Lane.SERVER);
        client.sample(0);
        String id = client.sample(0);
        Path file = target.resolve("benchmark-template.json");
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(file.toFile(), Template.of(servers, client.thread(0), id, client.dataOf(0)));
        for (Lane lane : List.of(Lane.NULL_TRANSACTIONS, Lane.NULL_PLAIN)) {
            start(lane, nullCommand(lane, file));
            client(lane).sample(0);
        }
    }

    private List<String> serverCommand() throws IOException {
        List<String> command = new ArrayList<>(java());
        command.addAll(options.serverJvm());
        command.addAll(List.of(
                "-Dkafka.bootstrap.servers=" + servers.bootstrap(),
                "-Dthreadwright.postgres.url=" + servers.jdbcUrl(Lane.SERVER),
                "-Dthreadwright.postgres.username=" + servers.user(),
                "-Dthreadwright.postgres.password=" + servers.password(),
                "-Dthreadwright.identity.enabled=false",
                "-Dquarkus.http.port=" + TestServers.freePort(),
                "-Dthreadwright.workflows.directory=" + servers.workflows(),
                "-jar",
                target.resolve("quarkus-app/quarkus-run.jar").toString()));
        return command;
    }

    private List<String> nullCommand(Lane lane, Path template) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                NullEngine.class.getName(),
                lane.name(),
                servers.bootstrap(),
                servers.jdbcUrl(lane),
                servers.user(),
                servers.password(),
                template.toString()));
        return command;
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        return command;
    }

    private void start(Lane lane, List<String> command) throws IOException, SQLException {
        say("starting " + lane.name());
        Path log = target.resolve("benchmark-" + lane.name() + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        processes.put(lane, process);
        clients.put(lane, new LoadClient(lane, process.toHandle(), servers.postmaster(), servers.bootstrap()));
    }

    private LoadClient client(Lane lane) {
        LoadClient client = clients.get(lane);
        if (client == null) {
            throw new IllegalStateException(lane.name() + " is not started");
        }
        return client;
    }

    /** The processes that were started here, and no others. */
    private synchronized void stopEngines() {
        processes.values().forEach(Process::destroy);
        for (Process process : processes.values()) {
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        processes.clear();
    }

    private static void say(String what) {
        System.err.println("benchmark: " + what);
    }
}
