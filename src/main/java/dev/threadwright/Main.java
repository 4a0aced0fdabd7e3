package dev.threadwright;

import dev.threadwright.embedded.EmbeddedPackage;
import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.embedded.EmbeddedStartException;
import dev.threadwright.http.OpenApiDocument;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.ops.AuditCommand;
import dev.threadwright.ops.KeyCommand;
import dev.threadwright.ops.MasterKeyCommand;
import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.RewrapCommand;
import dev.threadwright.ops.ThreadwrightConfig;
import dev.threadwright.ops.VerifyCommand;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the servers that nobody configured, then Quarkus. They come before it and go after it, because its data
 * sources and clients want them throughout; a CDI bean could do neither.
 */
@QuarkusMain
public final class Main {
    private static final List<String> BROKER_LOGS = List.of("org.apache.kafka", "kafka", "state.change.logger");
    private static final long QUARKUS_STOP_LIMIT_SECONDS = 60;

    private static final int CANNOT_START = 1;

    /** Of commands: 1 says that there is something to do. */
    private static final int CANNOT_BE_DONE = 2;

    public static void main(String... args) {
        quietBroker();
        switch (CommandLine.of(args)) {
            case CommandLine.Serve ignored -> {
                refuseMisconfigured(CANNOT_START);
                refuseUnidentified();
                serve(startUnconfigured(true, CANNOT_START), () -> {});
            }
            case CommandLine.Rehearse ignored -> {
                refuse(Rehearsal.leaveOthersAlone(), CANNOT_START);
                Rehearsal rehearsal = Rehearsal.prepared();
                refuseMisconfigured(CANNOT_START);
                EmbeddedServers servers = startUnconfigured(true, CANNOT_START);
                rehearsal.begin();
                serve(servers, rehearsal::forget);
            }
            case CommandLine.Verify verify -> {
                refuseMisconfigured(CANNOT_BE_DONE);
                System.exit(verify(startUnconfigured(false, CANNOT_BE_DONE), verify.arguments()));
            }
            case CommandLine.Audit audit -> {
                refuseMisconfigured(CANNOT_BE_DONE);
                System.exit(audit(startUnconfigured(false, CANNOT_BE_DONE), audit.arguments()));
            }
            case CommandLine.MasterKey add -> System.exit(new MasterKeyCommand(System.out).run(add.arguments()));
            case CommandLine.Rewrap ignored -> {
                refuseMisconfigured(CANNOT_BE_DONE);
                System.exit(rewrap(startUnconfigured(false, CANNOT_BE_DONE)));
            }
            case CommandLine.Recover recover -> {
                refuseMisconfigured(CANNOT_BE_DONE);
                System.exit(recover(startUnconfigured(true, CANNOT_BE_DONE), recover.arguments()));
            }
            case CommandLine.Key key -> System.exit(new KeyCommand(System.out).run(key.arguments()));
            case CommandLine.Help ignored -> System.out.print(CommandLine.USAGE);
            case CommandLine.Unknown unknown -> {
                System.err.println("threadwright: there is no command " + unknown.word());
                System.err.print(CommandLine.USAGE);
                System.exit(CANNOT_BE_DONE);
            }
        }
    }

    /** Before anything starts, and all that is wrong at once. */
    private static void refuseMisconfigured(int status) {
        refuse(StartupConfig.problems(), status);
    }

    private static void refuse(List<String> problems, int status) {
        if (!problems.isEmpty()) {
            System.err.println("threadwright: cannot start, because of its configuration");
            problems.forEach(problem -> System.err.println("  " + problem));
            System.exit(status);
        }
    }

    /** With servers that others use, this one is meant to be found by others, too. */
    private static void refuseUnidentified() {
        String problem = StartupConfig.missingIdentity(StartupConfig.readMapped());
        if (problem != null) {
            System.err.println("threadwright: cannot start. " + problem);
            System.exit(CANNOT_START);
        }
    }

    /** @param afterwards what is left to do when all has ended */
    private static void serve(EmbeddedServers servers, Runnable afterwards) {
        CompletableFuture<Integer> quarkusStopped = new CompletableFuture<>();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> closeAfter(quarkusStopped, servers, afterwards), "embedded-servers-stop"));
        OpenApiDocument.ownedByUs();
        var exit = ApplicationLifecycleManager.getDefaultExitCodeHandler();
        Quarkus.run(null, (code, failure) -> {
            quarkusStopped.complete(failure == null ? code : 1);
            if (failure != null) {
                // Quarkus leaves it to the handler, and the log may not be there yet.
                System.err.println("threadwright: cannot start");
                failure.printStackTrace();
            }
            exit.accept(code, failure);
        });
    }

    /** Beside the server's own start: it needs the journal and nothing else. */
    private static int verify(EmbeddedServers servers, List<String> arguments) {
        SmallRyeConfig config = StartupConfig.readMapped();
        try (servers) {
            return new VerifyCommand(
                            config.getValue(EmbeddedServers.POSTGRES_URL_KEY, String.class),
                            config.getOptionalValue(PostgresConfigSource.USERNAME_KEY, String.class)
                                    .orElse(null),
                            config.getOptionalValue(PostgresConfigSource.PASSWORD_KEY, String.class)
                                    .orElse(null),
                            config.getConfigMapping(ThreadwrightConfig.class).encryption(),
                            System.out)
                    .run(arguments);
        } catch (JournalUnavailableException e) {
            System.err.println("threadwright: " + e.getMessage());
            return CANNOT_BE_DONE;
        }
    }

    private static int audit(EmbeddedServers servers, List<String> arguments) {
        SmallRyeConfig config = StartupConfig.read();
        try (servers) {
            return new AuditCommand(
                            config.getValue(EmbeddedServers.POSTGRES_URL_KEY, String.class),
                            config.getOptionalValue(PostgresConfigSource.USERNAME_KEY, String.class)
                                    .orElse(null),
                            config.getOptionalValue(PostgresConfigSource.PASSWORD_KEY, String.class)
                                    .orElse(null),
                            System.out,
                            System.err)
                    .run(arguments);
        }
    }

    private static int rewrap(EmbeddedServers servers) {
        SmallRyeConfig config = StartupConfig.readMapped();
        try (servers) {
            return RewrapCommand.run(config.getConfigMapping(ThreadwrightConfig.class), System.out);
        }
    }

    private static int recover(EmbeddedServers servers, List<String> arguments) {
        SmallRyeConfig config = StartupConfig.readMapped();
        try (servers) {
            return new RecoverCommand(config, System.out).run(arguments);
        }
    }

    /** @param failed the process's status if they cannot be started */
    private static EmbeddedServers startUnconfigured(boolean withKafka, int failed) {
        SmallRyeConfig config = StartupConfig.read();
        boolean postgresConfigured = StartupConfig.hasPostgres(config);
        boolean kafkaConfigured = StartupConfig.hasKafka(config);
        refuse(
                EmbeddedPackage.of(Main.class.getClassLoader())
                        .problems(!postgresConfigured, withKafka && !kafkaConfigured),
                failed);
        if (postgresConfigured && !StartupConfig.isSet(config, EmbeddedServers.POSTGRES_URL_KEY)) {
            refuse(
                    List.of(EmbeddedServers.POSTGRES_URL_KEY
                            + " is not set; the journal cannot be configured in another way"),
                    failed);
        }
        EmbeddedServers servers = started(
                new EmbeddedServers.Settings(
                        Path.of(config.getValue(EmbeddedServers.DATA_DIRECTORY_KEY, String.class)),
                        !postgresConfigured,
                        config.getValue(EmbeddedServers.POSTGRES_PORT_KEY, Integer.class),
                        withKafka && !kafkaConfigured,
                        config.getValue(EmbeddedServers.KAFKA_PORT_KEY, Integer.class)),
                failed);
        // System properties, because Quarkus reads its configuration afresh and these must win.
        if (!postgresConfigured) {
            System.setProperty(EmbeddedServers.POSTGRES_URL_KEY, servers.jdbcUrl());
            System.setProperty(PostgresConfigSource.USERNAME_KEY, servers.user());
            System.setProperty(PostgresConfigSource.PASSWORD_KEY, servers.password());
        }
        if (withKafka && !kafkaConfigured) {
            System.setProperty(EmbeddedServers.KAFKA_BOOTSTRAP_KEY, servers.bootstrapServers());
        }
        String publicUrl = postgresConfigured || kafkaConfigured || !withKafka ? null : PublicUrl.derived(config);
        if (publicUrl != null) {
            System.setProperty(PublicUrl.KEY, publicUrl);
        }
        return servers;
    }

    private static EmbeddedServers started(EmbeddedServers.Settings settings, int failed) {
        try {
            return EmbeddedServers.start(settings);
        } catch (EmbeddedStartException e) {
            System.err.println("threadwright: " + e.getMessage());
            System.exit(failed);
            throw e;
        }
    }

    /** All shutdown hooks run at once; this one has to be the last. Who was told to end, and did so in order, has not failed. */
    private static void closeAfter(
            CompletableFuture<Integer> quarkusStopped, EmbeddedServers servers, Runnable afterwards) {
        boolean inOrder = false;
        try {
            inOrder = quarkusStopped.get(stopLimitSeconds(), TimeUnit.SECONDS) == 0;
        } catch (TimeoutException e) {
            System.err.println("threadwright: the server did not stop within " + stopLimitSeconds()
                    + " s; stopping its embedded servers regardless");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        servers.close();
        afterwards.run();
        if (inOrder) {
            System.out.flush();
            // Else the status would be that of the signal.
            Runtime.getRuntime().halt(0);
        }
    }

    private static long stopLimitSeconds() {
        return QUARKUS_STOP_LIMIT_SECONDS
                + StartupConfig.read()
                        .getOptionalValue("threadwright.shutdown.delay", Duration.class)
                        .orElse(Duration.ZERO)
                        .toSeconds();
    }

    /** The broker starts before Quarkus has set the log levels that application.properties gives. */
    private static void quietBroker() {
        for (String category : BROKER_LOGS) {
            Logger.getLogger(category).setLevel(Level.WARNING);
        }
        // A quick start has the broker ask before the controller is one; it asks again.
        Logger.getLogger("kafka.server.ControllerApis").setLevel(Level.OFF);
    }
}
