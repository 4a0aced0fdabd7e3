package dev.threadwright;

import dev.threadwright.embedded.EmbeddedPackage;
import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.embedded.EmbeddedStartException;
import dev.threadwright.http.OpenApiDocument;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.ops.AuditCommand;
import dev.threadwright.ops.EngineStartup;
import dev.threadwright.ops.EnvironmentKeys;
import dev.threadwright.ops.KeyCommand;
import dev.threadwright.ops.MasterKeyCommand;
import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.RewrapCommand;
import dev.threadwright.ops.ThreadwrightConfig;
import dev.threadwright.ops.VerifyCommand;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.smallrye.config.SmallRyeConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/** Does what was asked for at the command line: most of it with servers of its own, if nobody configured others. */
final class Launch {
    private static final long QUARKUS_STOP_LIMIT_SECONDS = 60;

    private static final int CANNOT_START = 1;

    /** Of commands: 1 says that there is something to do. */
    private static final int CANNOT_BE_DONE = 2;

    private final CommandLine command;
    private final ProcessEnd end = ProcessEnd.ofThisProcess();

    /** The status of a process that does not get as far as to do what it was started for. */
    private final int failed;

    Launch(CommandLine command) {
        this.command = command;
        this.failed = switch (command) {
            case CommandLine.Serve ignored -> CANNOT_START;
            case CommandLine.Check ignored -> CANNOT_START;
            case CommandLine.Rehearse ignored -> CANNOT_START;
            default -> CANNOT_BE_DONE;
        };
    }

    void begin() {
        try {
            run();
        } catch (RuntimeException | Error e) {
            // Threads of an embedded broker would keep the process.
            end.fail("this failed: " + trace(e), failed);
        }
    }

    private void run() {
        switch (command) {
            case CommandLine.Serve ignored -> {
                SmallRyeConfig config = configured();
                refuseUnidentified(config);
                EngineStartup.connect(startUnconfigured(config, true));
                serve(() -> true);
            }
            case CommandLine.Check ignored -> {
                SmallRyeConfig config = configured();
                EnvironmentKeys.warnings(config::getPropertyNames).forEach(System.err::println);
                refuseUnidentified(config);
            }
            case CommandLine.Rehearse ignored -> {
                refuse(Rehearsal.leaveOthersAlone());
                Rehearsal rehearsal = Rehearsal.prepared();
                end.leave(rehearsal::forget);
                EngineStartup.connect(startUnconfigured(configured(), true));
                rehearsal.begin();
                serve(rehearsal::wentWell);
            }
            case CommandLine.Verify verify ->
                withServers(
                        false,
                        config -> new VerifyCommand(
                                        config.getConfigMapping(ThreadwrightConfig.class), System.out, System.err)
                                .run(verify.wanted()));
            case CommandLine.Audit audit ->
                withServers(
                        false,
                        config -> new AuditCommand(
                                        config.getConfigMapping(ThreadwrightConfig.class), System.out, System.err)
                                .run(audit.wanted()));
            case CommandLine.Rewrap ignored ->
                withServers(
                        false,
                        config -> RewrapCommand.run(
                                config.getConfigMapping(ThreadwrightConfig.class), System.out, System.err));
            case CommandLine.Recover recover ->
                withServers(true, config -> new RecoverCommand(config, System.out, System.err).run(recover.wanted()));
            case CommandLine.MasterKey masterKey ->
                end.exit(new MasterKeyCommand(System.out, System.err).run(masterKey.wanted()));
            case CommandLine.Key key -> end.exit(new KeyCommand(System.out).run(key.caller()));
            case CommandLine.Help ignored -> System.out.print(CommandLine.USAGE);
            case CommandLine.Misused misused -> {
                System.err.print(misused.message());
                end.exit(CANNOT_BE_DONE);
            }
        }
    }

    /** Before anything starts, and all that is wrong at once. */
    private SmallRyeConfig configured() {
        StartupConfig.Checked checked = StartupConfig.checked();
        refuse(checked.problems());
        return Objects.requireNonNull(checked.config(), "a configuration without problems");
    }

    private void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            end.fail("cannot start, because of its configuration\n  " + String.join("\n  ", problems), failed);
        }
    }

    /** With servers that others use, this one is meant to be found by others, too. */
    private void refuseUnidentified(SmallRyeConfig config) {
        String problem = StartupConfig.missingIdentity(config);
        if (problem != null) {
            end.fail("cannot start. " + problem, failed);
        }
    }

    /** @param wentWell whether that was done which it was started for, asked when it has ended in order */
    private void serve(BooleanSupplier wentWell) {
        CompletableFuture<Integer> quarkusStopped = new CompletableFuture<>();
        end.leave(() -> {
            if (isStoppedInOrder(quarkusStopped) && wentWell.getAsBoolean()) {
                end.isInOrder();
            }
        });
        OpenApiDocument.ownedByUs();
        var exit = ApplicationLifecycleManager.getDefaultExitCodeHandler();
        Quarkus.run(null, (code, failure) -> {
            quarkusStopped.complete(failure == null ? code : CANNOT_START);
            if (failure != null) {
                // Quarkus leaves it to the handler, and the log may not be there yet.
                end.fail("cannot start\n" + trace(failure), CANNOT_START);
            }
            exit.accept(code, null);
        });
    }

    /** Beside the server's own start: it needs the journal and perhaps Kafka, and nothing else. Ends the process. */
    private void withServers(boolean kafka, ToIntFunction<SmallRyeConfig> command) {
        startUnconfigured(configured(), kafka);
        try {
            end.exit(command.applyAsInt(StartupConfig.readMapped()));
        } catch (JournalUnavailableException e) {
            end.fail(String.valueOf(e.getMessage()), failed);
        }
    }

    /** @return the Postgres that there is now */
    private PostgresSettings startUnconfigured(SmallRyeConfig config, boolean withKafka) {
        boolean postgresConfigured = StartupConfig.hasPostgres(config);
        boolean kafkaConfigured = StartupConfig.hasKafka(config);
        refuse(EmbeddedPackage.of(Main.class.getClassLoader())
                .problems(!postgresConfigured, withKafka && !kafkaConfigured));
        if (postgresConfigured && !StartupConfig.isSet(config, EmbeddedServers.POSTGRES_URL_KEY)) {
            refuse(List.of(
                    EmbeddedServers.POSTGRES_URL_KEY + " is not set; the journal cannot be configured in another way"));
        }
        String publicUrl = postgresConfigured || kafkaConfigured || !withKafka ? null : PublicUrl.derived(config);
        EmbeddedServers servers = EmbeddedServers.of(new EmbeddedServers.Settings(
                Path.of(config.getValue(EmbeddedServers.DATA_DIRECTORY_KEY, String.class)),
                !postgresConfigured,
                config.getValue(EmbeddedServers.POSTGRES_PORT_KEY, Integer.class),
                withKafka && !kafkaConfigured,
                config.getValue(EmbeddedServers.KAFKA_PORT_KEY, Integer.class)));
        end.leave(servers::close);
        try {
            servers.start();
        } catch (EmbeddedStartException e) {
            end.fail(String.valueOf(e.getMessage()), failed);
        }
        // System properties, because Quarkus reads its configuration afresh and these must win.
        if (!postgresConfigured) {
            System.setProperty(EmbeddedServers.POSTGRES_URL_KEY, servers.jdbcUrl());
            System.setProperty(PostgresConfigSource.USERNAME_KEY, servers.user());
            System.setProperty(PostgresConfigSource.PASSWORD_KEY, servers.password());
        }
        if (withKafka && !kafkaConfigured) {
            System.setProperty(EmbeddedServers.KAFKA_BOOTSTRAP_KEY, servers.bootstrapServers());
        }
        if (publicUrl != null) {
            System.setProperty(PublicUrl.KEY, publicUrl);
        }
        return postgresConfigured
                ? PostgresSettings.of(
                        config.getValue(EmbeddedServers.POSTGRES_URL_KEY, String.class),
                        config.getOptionalValue(PostgresConfigSource.USERNAME_KEY, String.class)
                                .orElse(""),
                        config.getOptionalValue(PostgresConfigSource.PASSWORD_KEY, String.class)
                                .orElse(""))
                : PostgresSettings.of(servers.jdbcUrl(), servers.user(), servers.password());
    }

    private static boolean isStoppedInOrder(CompletableFuture<Integer> quarkusStopped) {
        try {
            return quarkusStopped.get(stopLimitSeconds(), TimeUnit.SECONDS) == 0;
        } catch (TimeoutException e) {
            System.err.println("threadwright: the server did not stop within " + stopLimitSeconds()
                    + " s; stopping its embedded servers regardless");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return false;
    }

    private static long stopLimitSeconds() {
        return QUARKUS_STOP_LIMIT_SECONDS
                + StartupConfig.read()
                        .getOptionalValue("threadwright.shutdown.delay", Duration.class)
                        .orElse(Duration.ZERO)
                        .toSeconds();
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
