package dev.threadwright.ops;

import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.http.Commands;
import dev.threadwright.http.ReplayTargets;
import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.KeyPartitions;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.stream.ThreadFeed;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gives HTTP the forms that this server's loops read, and streams the partitions these own. The configured number of partitions will do: the engine does not
 * start with another one than the stored.
 */
final class CommandWiring {

    @Produces
    @Singleton
    ThreadFeed.Partitions partitions(ThreadwrightConfig config) {
        int partitions = config.partitions();
        return thread -> KeyPartitions.of(thread.thread().getBytes(StandardCharsets.UTF_8), partitions);
    }

    @Produces
    @Singleton
    Commands commands(ThreadwrightConfig config, PolicyCheck policyCheck) {
        TenantTopics topics = TenantTopics.of(config);
        int maxDataBytes = config.limits().dataBytes();
        return new Commands(
                new CommandRecords(
                        config.topics().commands(), tenant -> topics.of(tenant).results(), config.partitions()),
                decoder(config, topics),
                policyCheck::validate,
                config.partitions(),
                maxDataBytes);
    }

    /** Policies are checked where the request is read, to tell their place in it. */
    private static RecordDecoder decoder(ThreadwrightConfig config, TenantTopics topics) {
        return new RecordDecoder(topics, policy -> {}, config.limits().dataBytes());
    }

    @Produces
    @Singleton
    DeadLetterNames deadLetterNames() {
        return new DeadLetterNames();
    }

    @Produces
    @Singleton
    ReplayTargets replayTargets(ThreadwrightConfig config) {
        String commands = config.topics().commands();
        TenantTopics topics = TenantTopics.of(config);
        return new ReplayTargets(
                tenant -> List.of(
                        topics.of(tenant).input(), commands, topics.of(tenant).results()),
                topics.inbound(),
                commands,
                tenant -> topics.of(tenant).deadLetter(),
                decoder(config, topics),
                config.partitions(),
                config.limits().dataBytes());
    }
}
