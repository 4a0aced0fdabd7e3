package dev.threadwright.embedded;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A Postgres of our own from bundled binaries, as durable as any: fsync and synchronous commit stay on.
 *
 * <p>{@code pg_ctl} puts it into a session of its own. That way a ctrl-C in the terminal does not stop the database
 * under a server that is still finishing; the price is that a killed server leaves it running, so {@link #start} stops
 * such an orphan first. The caller holds the lock of the data directory.
 *
 * <p>One that ends by itself, or is killed, is started again on the same data, for as long as this is not closed.
 *
 * <p>A start ends early when it is no longer wanted, and leaves no process behind then, as whenever it fails.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
    public static final String USER = "threadwright";
    public static final String DATABASE = "threadwright";

    private static final Logger LOG = System.getLogger(EmbeddedPostgresServer.class.getName());
    private static final int START_TIMEOUT_SECONDS = 120;

    /** How often it is looked whether it still runs. */
    private static final long LOOK_MS = 500;

    /** How often it is looked whether what starts is still wanted. */
    private static final long STILL_WANTED_MS = 50;

    /** Before it is tried again to start it; then twice as long each time, up to the longest. */
    private static final long FIRST_PAUSE_MS = 500;

    private static final long LONGEST_PAUSE_MS = 30_000;

    /** One that has run for so long has not ended because of how it started. */
    private static final long STEADY_MS = 60_000;

    /**
     * A ctrl-C reaches all programs of a terminal. What is started here is ended by whoever closes this, in order, and by nobody
     * else before: what is ignored stays so for a program that follows.
     */
    private static final List<String> BESIDE_THE_TERMINAL =
            List.of("/bin/sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh");

    private final Path directory;
    private final Path cluster;
    private final int port;
    private final PostgresBinaries binaries;
    private final String password;
    private final CountDownLatch closing;

    /** Held while it starts or stops. */
    private final ReentrantLock lock = new ReentrantLock();

    private EmbeddedPostgresServer(
            Path directory, int port, PostgresBinaries binaries, String password, CountDownLatch closing) {
        this.closing = closing;
        this.directory = directory;
        this.cluster = directory.resolve("cluster");
        this.port = port;
        this.binaries = binaries;
        this.password = password;
    }

    /**
     * Starts on {@code directory}, which is created if it is missing and otherwise keeps what it has.
     *
     * @param closing at zero when it is no longer wanted, be it in the middle of its start, which then fails
     */
    static EmbeddedPostgresServer start(Path directory, int port, CountDownLatch closing) {
        try {
            Files.createDirectories(directory);
            Path home = directory.toRealPath();
            EmbeddedPostgresServer server = new EmbeddedPostgresServer(
                    home, port, PostgresBinaries.unpackInto(home), passwordIn(home.resolve("password")), closing);
            server.start();
            Thread.ofPlatform().daemon().name("embedded-postgres-watch").start(server::watch);
            return server;
        } catch (IOException e) {
            throw new EmbeddedStartException("The embedded Postgres cannot use %s: %s".formatted(directory, e), e);
        }
    }

    public int port() {
        return port;
    }

    public String password() {
        return password;
    }

    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(LoopbackPort.HOST, port, database);
    }

    /** Creates an empty database, unless there is one of that name. */
    public void createDatabase(String name) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), USER, password);
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery(
                    "select from pg_database where datname = " + statement.enquoteLiteral(name))) {
                if (found.next()) {
                    return;
                }
            }
            // A file copy of the template would force a checkpoint; its log does not.
            statement.execute("create database " + statement.enquoteIdentifier(name, true) + " strategy wal_log");
        } catch (SQLException e) {
            throw new EmbeddedStartException(
                    "The embedded Postgres could not create the database %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        lock.lock();
        try {
            stopIfItRuns();
        } finally {
            lock.unlock();
        }
    }

    private void stopIfItRuns() {
        if (Postmaster.runningOn(cluster).isEmpty()) {
            return;
        }
        try {
            stop();
        } catch (EmbeddedStartException e) {
            if (Postmaster.runningOn(cluster).isPresent()) {
                throw e;
            }
            LOG.log(Level.DEBUG, "It ended by itself", e);
        }
    }

    /** Until it is closed. */
    private void watch() {
        long startedNanos = System.nanoTime();
        long pauseMs = FIRST_PAUSE_MS;
        try {
            while (!closing.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (isRunning()) {
                    continue;
                }
                if (System.nanoTime() - startedNanos > TimeUnit.MILLISECONDS.toNanos(STEADY_MS)) {
                    pauseMs = FIRST_PAUSE_MS;
                }
                LOG.log(Level.WARNING, "The embedded Postgres on {0} has ended, starting it again", cluster);
                do {
                    if (closing.await(pauseMs, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
                } while (!isStartedAgain(pauseMs));
                startedNanos = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isRunning() {
        try {
            return Postmaster.runningOn(cluster).isPresent();
        } catch (EmbeddedStartException unreadable) {
            // Starting it meets the same, and says so.
            return false;
        }
    }

    /** @param pauseMs until the next attempt, if this one fails */
    private boolean isStartedAgain(long pauseMs) {
        lock.lock();
        try {
            if (!isClosing()) {
                startAgain();
                LOG.log(Level.INFO, "The embedded Postgres on {0} runs again", cluster);
            }
            return true;
        } catch (EmbeddedStartException | IOException e) {
            LOG.log(Level.WARNING, "{0} Trying again in {1} ms.", e.getMessage(), Long.toString(pauseMs));
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Data that are gone are not made up for by an empty cluster, under a server that has seen them. */
    private void startAgain() throws IOException {
        if (!Files.isDirectory(cluster)) {
            throw new EmbeddedStartException(
                    "The data of the embedded Postgres, %s, are gone: restore them from a backup, or start the server anew without."
                            .formatted(cluster));
        }
        if (Postmaster.hasProcesses(cluster)) {
            throw new EmbeddedStartException(
                    "Processes of the embedded Postgres on %s have not ended yet.".formatted(cluster));
        }
        launch();
    }

    private void start() throws IOException {
        if (Postmaster.runningOn(cluster).isPresent()) {
            LOG.log(Level.INFO, "Stopping the Postgres that a killed server left behind on {0}", cluster);
            stop();
        }
        if (!Files.isDirectory(cluster)) {
            requireFreePort();
            initialise();
        }
        launch();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void requireWanted() {
        if (isClosing()) {
            throw new EmbeddedStartException("The embedded Postgres was told to end while it started.");
        }
    }

    private void requireFreePort() {
        LoopbackPort.requireFree(port, "Postgres", EmbeddedServers.POSTGRES_PORT_KEY, EmbeddedServers.POSTGRES_URL_KEY);
    }

    private void launch() throws IOException {
        requireWanted();
        requireFreePort();
        Postmaster.forgetStalePid(cluster);
        try {
            startPostmaster();
            createDatabase(DATABASE);
        } catch (EmbeddedStartException e) {
            // It may run all the same: pg_ctl waits for it no longer than a while.
            stopIfItRuns();
            throw e;
        }
    }

    private void startPostmaster() {
        run(
                "start",
                // First of all a postmaster writes down who it is, and pg_ctl ends when it has ended.
                pgCtl -> stopIfItRuns(),
                binaries.program("pg_ctl"),
                "start",
                "--pgdata=" + cluster,
                "--log=" + directory.resolve("log"),
                "--wait",
                "--timeout=" + START_TIMEOUT_SECONDS,
                "--silent",
                "--options=" + serverOptions());
    }

    /** Only what differs from Postgres's defaults, and the durability that must not be lost to a config file. */
    private String serverOptions() {
        return String.join(
                " ",
                "-p " + port,
                "-c listen_addresses=" + LoopbackPort.HOST,
                "-c unix_socket_directories=",
                "-c fsync=on",
                "-c synchronous_commit=on",
                "-c full_page_writes=on",
                "-c max_connections=200",
                "-c max_wal_size=2GB",
                "-c jit=off",
                "-c timezone=UTC",
                "-c log_timezone=UTC",
                "-c log_min_messages=warning");
    }

    /** Under another name first, so that a cluster which exists is one that was initialised to the end. */
    private void initialise() throws IOException {
        Path unfinished = directory.resolve("cluster.unfinished");
        PostgresBinaries.deleteTree(unfinished);
        requireWanted();
        run(
                "initialise its data",
                Process::destroy,
                binaries.program("initdb"),
                "--pgdata=" + unfinished,
                "--username=" + USER,
                "--pwfile=" + directory.resolve("password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions");
        Files.move(unfinished, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    private void stop() {
        run(
                "stop",
                stopping -> {},
                binaries.program("pg_ctl"),
                "stop",
                "--pgdata=" + cluster,
                "--mode=fast",
                "--wait",
                "--timeout=" + START_TIMEOUT_SECONDS,
                "--silent");
    }

    /** @param unwanted what is done about it when this is closed, again and again until it has ended */
    private void run(String purpose, Consumer<Process> unwanted, Path program, String... arguments) {
        List<String> command = new ArrayList<>(BESIDE_THE_TERMINAL);
        command.addAll(asOrdinaryUser());
        command.add(program.toString());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("last-command");
        try {
            // To a file: the server inherits the output of pg_ctl, and a pipe would stay open as long as it lives.
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            awaitEnd(process, purpose, unwanted);
            if (process.exitValue() != 0) {
                throw failure(purpose, Files.readString(output).strip());
            }
        } catch (IOException e) {
            throw failure(purpose, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(purpose, "interrupted");
        }
    }

    private void awaitEnd(Process process, String purpose, Consumer<Process> unwanted) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_SECONDS + 10L);
        while (!process.waitFor(STILL_WANTED_MS, TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() > endNanos) {
                process.destroyForcibly().waitFor();
                throw failure(purpose, "it took longer than " + START_TIMEOUT_SECONDS + " s");
            }
            if (isClosing()) {
                unwanted.accept(process);
            }
        }
    }

    private EmbeddedStartException failure(String purpose, String reason) {
        return new EmbeddedStartException("The embedded Postgres could not %s (%s); its log is %s."
                .formatted(purpose, reason, directory.resolve("log")));
    }

    /** Postgres refuses to run as root. In a user namespace of its own it is nobody in particular, with root's files. */
    private static List<String> asOrdinaryUser() {
        if (!System.getProperty("user.name", "").equals("root")) {
            return List.of();
        }
        try {
            Process attempt = new ProcessBuilder("unshare", "--user", "true")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (attempt.waitFor() == 0) {
                return List.of("unshare", "--user");
            }
        } catch (IOException noUnshare) {
            // The same to the user as one that is not allowed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new EmbeddedStartException(
                "Postgres does not run as root, and this system does not allow a user namespace instead: start Threadwright as another user, or set %s to use your own Postgres."
                        .formatted(EmbeddedServers.POSTGRES_URL_KEY));
    }

    /** Written once, readable by its owner only; the cluster is initialised with it. */
    private static String passwordIn(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Path unfinished = Files.createTempFile(
                    file.resolveSibling("."),
                    "password",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, HexFormat.of().formatHex(random) + "\n", StandardCharsets.US_ASCII);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file, StandardCharsets.US_ASCII).strip();
    }
}
