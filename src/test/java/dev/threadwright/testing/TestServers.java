package dev.threadwright.testing;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.embedded.EmbeddedStartException;
import dev.threadwright.sealing.MasterKeyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * One real Postgres and one real Kafka broker for all tests of this JVM, each started at its first use, on free ports,
 * under {@code target/}. The Postgres keeps its data directory from run to run, because initialising is slow; a test
 * takes a fresh database. The broker is new in every JVM.
 *
 * <p>Quarkus loads tests more than once. Only the copy of the system class loader holds servers; the others ask it, in
 * strings, so that there is one pair and its classes outlive every Quarkus application.
 */
public final class TestServers {
    /** How many JVMs may run tests at the same time. */
    private static final int MAX_AT_ONCE = 4;

    private static @Nullable EmbeddedServers postgres;
    private static @Nullable EmbeddedServers kafka;

    private TestServers() {}

    /** JDBC URL of the maintenance database; for a test of one's own use {@link #createDatabase}. */
    public static String jdbcUrl() {
        return owner() ? postgres().jdbcUrl() : ask("jdbcUrl");
    }

    public static String user() {
        return owner() ? postgres().user() : ask("user");
    }

    public static String password() {
        return owner() ? postgres().password() : ask("password");
    }

    public static String bootstrapServers() {
        return owner() ? kafka().bootstrapServers() : ask("bootstrapServers");
    }

    /** Creates an empty database, in place of one of that name if there is one, and returns its JDBC URL. */
    public static String createDatabase(String name) {
        return createDatabase(name, "template1");
    }

    /** As {@link #createDatabase(String)}, with all that another database has, to which nobody is connected. */
    static String createDatabase(String name, String template) {
        String url = jdbcUrl();
        try (Connection connection = DriverManager.getConnection(url, user(), password());
                Statement statement = connection.createStatement()) {
            String identifier = statement.enquoteIdentifier(name, true);
            statement.execute("drop database if exists " + identifier + " with (force)");
            statement.execute("create database " + identifier + " strategy wal_log template "
                    + statement.enquoteIdentifier(template, true));
            return url.substring(0, url.lastIndexOf('/') + 1) + name;
        } catch (SQLException e) {
            throw new IllegalStateException("No database " + name, e);
        }
    }

    /**
     * A database that is empty at first and stays until the JVM ends: what it is to topics, which stay as well, it is to the
     * next server, too.
     */
    public static String keptDatabase(String name) {
        // Whoever asks may be of another class loader.
        String marker = TestServers.class.getName() + "." + name;
        String url = System.getProperty(marker);
        if (url == null) {
            url = createDatabase(name);
            System.setProperty(marker, url);
        }
        return url;
    }

    /** A file of master keys that stays until the JVM ends, as the databases do in which something may be sealed with them. */
    public static String masterKeys() {
        // Whoever asks may be of another class loader.
        String marker = TestServers.class.getName() + ".masterKeys";
        String file = System.getProperty(marker);
        if (file == null) {
            try {
                Path keys = Files.createTempDirectory("master-keys").resolve("keys");
                MasterKeyFile.add(keys, "test");
                file = keys.toAbsolutePath().toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.setProperty(marker, file);
        }
        return file;
    }

    /** A port of 127.0.0.1 that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static synchronized EmbeddedServers postgres() {
        if (postgres == null) {
            postgres = startKept(1);
        }
        return postgres;
    }

    /** On the first of the directories that are kept which no other JVM is using. */
    private static EmbeddedServers startKept(int number) {
        try {
            return start(new EmbeddedServers.Settings(
                    Path.of("target", "test-servers", "kept-" + number), true, freePort(), false, 0));
        } catch (EmbeddedStartException e) {
            if (number < MAX_AT_ONCE && String.valueOf(e.getMessage()).startsWith("Another Threadwright server")) {
                return startKept(number + 1);
            }
            throw e;
        }
    }

    private static synchronized EmbeddedServers kafka() {
        if (kafka == null) {
            Path directory = Path.of(
                    "target", "test-servers", "of-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
            kafka = start(new EmbeddedServers.Settings(directory, false, 0, true, freePort()));
        }
        return kafka;
    }

    private static EmbeddedServers start(EmbeddedServers.Settings settings) {
        EmbeddedServers servers = EmbeddedServers.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "test-servers-stop"));
        return servers;
    }

    private static boolean owner() {
        return TestServers.class.getClassLoader() == ClassLoader.getSystemClassLoader();
    }

    private static String ask(String method) {
        ClassLoader caller = Thread.currentThread().getContextClassLoader();
        try {
            Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
            return (String) Class.forName(TestServers.class.getName(), true, ClassLoader.getSystemClassLoader())
                    .getMethod(method)
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The test servers did not start", e);
        } finally {
            Thread.currentThread().setContextClassLoader(caller);
        }
    }
}
