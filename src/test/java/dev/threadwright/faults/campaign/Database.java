package dev.threadwright.faults.campaign;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Postgres, which can be killed and started again. */
final class Database implements AutoCloseable {
    private static final long END_MS = 2_000;

    private final Path directory;
    private final int port = TestServers.freePort();
    private @Nullable EmbeddedServers servers;
    private String user = "";
    private String password = "";

    Database(Path directory) {
        this.directory = directory;
    }

    int port() {
        return port;
    }

    String user() {
        return user;
    }

    String password() {
        return password;
    }

    String jdbcUrl(int throughPort) {
        return "jdbc:postgresql://127.0.0.1:%d/threadwright".formatted(throughPort);
    }

    /** Where nothing stands in between. The caller closes it. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                jdbcUrl(port) + "?connectTimeout=5&socketTimeout=60&ApplicationName=audit", user, password);
    }

    /** The first column of all rows. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    void start() {
        EmbeddedServers started = EmbeddedServers.start(new EmbeddedServers.Settings(directory, true, port, false, 0));
        servers = started;
        user = started.user();
        password = started.password();
    }

    boolean isRunning() {
        return postmaster().isPresent();
    }

    /** Asks to end in order; the sessions are ended. */
    void stop() {
        EmbeddedServers running = servers;
        servers = null;
        if (running != null) {
            running.close();
        }
    }

    /** All its processes, without a word; and it stays so, though it would be started again otherwise. */
    void kill() {
        List<ProcessHandle> all = postmaster().stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        stop();
        all.forEach(Database::awaitEnd);
    }

    /** One whose parent has gone may stay as a zombie, which holds nothing any more. */
    private static void awaitEnd(ProcessHandle process) {
        process.onExit()
                .completeOnTimeout(process, END_MS, TimeUnit.MILLISECONDS)
                .join();
    }

    private Optional<ProcessHandle> postmaster() {
        Path pid = directory.resolve("postgres").resolve("cluster").resolve("postmaster.pid");
        try (var lines = Files.lines(pid)) {
            return lines.findFirst()
                    .map(line -> Long.parseLong(line.strip()))
                    .flatMap(ProcessHandle::of)
                    .filter(ProcessHandle::isAlive);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
