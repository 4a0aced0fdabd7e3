package dev.threadwright.ops;

import dev.threadwright.callback.CallbackKey;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.ending.EndingWorker;
import dev.threadwright.ending.WebhookSignature;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.model.Endpoint;
import dev.threadwright.model.Models;
import dev.threadwright.outbound.AddressRange;
import dev.threadwright.step.http.AllowedHosts;
import dev.threadwright.step.http.HttpLimits;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.workflow.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is wrong with the configuration, all of it at once and before anything starts: who deploys should not find the second
 * mistake at the second start. What only the database or the brokers know is found by the start itself.
 */
public final class ConfigCheck {

    private static final int MAX_PORT = 65_535;
    private static final int MAX_REPLICATION = Short.MAX_VALUE;

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Thousands of years: beyond it, adding to the time of day would overflow. */
    private static final Duration LONGEST = Duration.ofDays(1_000_000);

    private final List<String> problems = new ArrayList<>();

    private ConfigCheck() {}

    /** Each names its key; none if the configuration can be used. */
    public static List<String> problems(ThreadwrightConfig config) {
        ConfigCheck check = new ConfigCheck();
        check.engine(config);
        check.servers(config);
        check.topics(config.topics());
        check.limits(config.limits());
        check.actions(config.actions());
        check.quota("quota", config.quota());
        config.tenants()
                .forEach(
                        (tenant, of) -> check.tenant(tenant, of, config.models().keySet()));
        check.httpSteps(config.httpSteps());
        check.outside(config);
        check.times(config);
        IdentityWiring.check(config, check::wrong);
        check.encryption(config.encryption());
        return List.copyOf(check.problems);
    }

    /** A name, or an object as JSON text. @throws IllegalArgumentException if it is neither */
    static Policy policy(String text) {
        String form = text.strip();
        try {
            return PolicyForm.parse(form.startsWith("{") ? JsonText.parse(form) : Json.of(form));
        } catch (InvalidJsonException e) {
            throw new IllegalArgumentException("is no JSON: " + e.getMessage(), e);
        }
    }

    private void engine(ThreadwrightConfig config) {
        atLeast("partitions", config.partitions(), 1);
        atLeast("loops", config.loops(), 1);
        ThreadwrightConfig.Decide decide = config.decide();
        tried("decide.policy", () -> policy(decide.policy()));
        atLeast("decide.max-active-runs", decide.maxActiveRuns(), 1);
        atLeast("decide.max-inbox", decide.maxInbox(), 1);
        atLeast("decide.max-kept", decide.maxKept(), 1);
        positive("decide.kept-ttl", decide.keptTtl());
        directory("workflows.directory", config.workflows().directory());
        directory("secrets.directory", config.secrets().directory());
    }

    private void servers(ThreadwrightConfig config) {
        between("embedded.postgres.port", config.embedded().postgres().port(), 0, MAX_PORT);
        between("embedded.kafka.port", config.embedded().kafka().port(), 0, MAX_PORT);
        atLeast("group.session-timeout-ms", config.group().sessionTimeoutMs(), 1);
        config.topics()
                .replicationFactor()
                .ifPresent(factor -> between("topics.replication-factor", factor, 1, MAX_REPLICATION));
    }

    /** Each means something else, and none can be told from another on the same topic. */
    private void topics(ThreadwrightConfig.Topics topics) {
        Map<String, String> keys = new HashMap<>();
        Map<String, String> names = new LinkedHashMap<>();
        names.put("input", topics.input());
        names.put("commands", topics.commands());
        names.put("results", topics.results());
        names.put("lifecycle", topics.lifecycle());
        names.put("events", topics.events());
        names.put("dead-letter", topics.deadLetter());
        names.put("progress", topics.progress());
        names.put("positions", topics.positions());
        names.put("actions", topics.actions());
        names.forEach((key, name) -> {
            String other = keys.putIfAbsent(name, key);
            if (other != null) {
                wrong("topics." + key, "is " + name + ", which is threadwright.topics." + other + " already");
            }
        });
        keys.remove(topics.actions());
        topics.actionsOf().forEach((action, name) -> {
            String other = keys.get(name);
            if (other != null) {
                wrong(
                        "topics.actions-of.\"" + action + "\"",
                        "is " + name + ", which is threadwright.topics." + other + " already");
            }
        });
    }

    private void limits(ThreadwrightConfig.Limits limits) {
        atLeast("limits.data-bytes", limits.dataBytes(), 1);
        atLeast("limits.body-bytes", limits.bodyBytes(), 1);
        positive("limits.body-time", limits.bodyTime());
        atLeast("limits.event-sockets", limits.eventSockets(), 0);
        atLeast("limits.record-bytes", limits.recordBytes(), 1);
        atLeast("limits.batch-count", limits.batchCount(), 1);
        atLeast("limits.batch-bytes", limits.batchBytes(), 1);
        atLeast("limits.mailbox-count", limits.mailboxCount(), 1);
        atLeast("limits.mailbox-bytes", limits.mailboxBytes(), 1);
        atLeast("limits.actors", limits.actors(), 1);
        atLeast("limits.actor-bytes", limits.actorBytes(), 1);
        atLeast("limits.snapshot-every", limits.snapshotEvery(), 1);
    }

    private void actions(ThreadwrightConfig.Actions actions) {
        actions.limits().forEach((target, limit) -> limit("actions.limits.\"" + target + "\"", limit));
        limit("actions.per-thread", actions.perThread());
        limit("actions.per-tenant", actions.perTenant());
        atLeast("actions.max-held", actions.maxHeld(), 1);
        ThreadwrightConfig.Actions.Circuit circuit = actions.circuit();
        between("actions.circuit.failure-percent", circuit.failurePercent(), 1, 100);
        atLeast("actions.circuit.window", circuit.window(), 1);
        between("actions.circuit.minimum", circuit.minimum(), 1, Math.max(1, circuit.window()));
        positive("actions.circuit.pause", circuit.pause());
        atLeast("actions.circuit.probes", circuit.probes(), 1);
    }

    private void limit(String key, ThreadwrightConfig.Actions.ActionLimit limit) {
        atLeast(key + ".concurrency", limit.concurrency(), 1);
        atLeast(key + ".rate", limit.rate(), 1);
        positive(key + ".rate-period", limit.ratePeriod());
    }

    private void tenant(String name, ThreadwrightConfig.Tenant tenant, Set<String> models) {
        String key = "tenants." + name;
        quota(key + ".quota", tenant.quota());
        tenant.models().orElse(List.of()).stream()
                .filter(model -> !model.equals(Models.DEFAULT) && !models.contains(model))
                .forEach(
                        model -> wrong(key + ".models", "has " + model + ", which is no model of threadwright.models"));
        if (name.equals(ThreadKey.DEFAULT_TENANT) && !tenant.secrets().isEmpty()) {
            wrong(key + ".secrets", "would not be found: those of this tenant are threadwright.secrets");
        }
    }

    private void quota(String key, ThreadwrightConfig.Quota quota) {
        atLeast(key + ".inputs-per-second", quota.inputsPerSecond(), 1);
        atLeast(key + ".burst", quota.burst(), 1);
        atLeast(key + ".threads", quota.threads(), 1);
        atLeast(key + ".outstanding-runs", quota.outstandingRuns(), 1);
    }

    private void httpSteps(ThreadwrightConfig.HttpSteps steps) {
        steps.allowHosts()
                .orElse(List.of())
                .forEach(host -> tried("http-steps.allow-hosts", () -> AllowedHosts.of(List.of(host))));
        steps.allowAddresses()
                .orElse(List.of())
                .forEach(range -> tried("http-steps.allow-addresses", () -> AddressRange.of(range)));
        atLeast("http-steps.max-response-bytes", steps.maxResponseBytes(), 1);
        between("http-steps.max-redirects", steps.maxRedirects(), 0, HttpLimits.MAX_REDIRECTS);
        between("http-steps.timeout", steps.timeout(), SHORTEST, Duration.ofMillis(HttpLimits.MAX_TIMEOUT_MS));
    }

    /** Whom the server speaks to, and how. */
    private void outside(ThreadwrightConfig config) {
        config.callbacks().publicUrl().ifPresent(url -> tried("callbacks.public-url", () -> new Callbacks(url)));
        config.callbacks()
                .secret()
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .ifPresent(secret -> tried("callbacks.secret", () -> new CallbackKey(secret)));
        config.models().forEach((name, model) -> {
            String key = "models." + name;
            between(key + ".timeout", model.timeout(), SHORTEST, Endpoint.MAX_TIMEOUT);
            // The other parts, whatever is wrong with the time.
            tried(
                    key,
                    () -> new Endpoint(
                            URI.create(model.baseUrl()), model.apiKey().orElse(null), model.model(), SHORTEST));
        });
        ThreadwrightConfig.Webhooks webhooks = config.webhooks();
        webhooks.secret().ifPresent(secret -> tried("webhooks.secret", () -> new WebhookSignature(secret)));
        between("webhooks.timeout", webhooks.timeout(), SHORTEST, Duration.ofMillis(EndingWorker.MAX_TIMEOUT_MS));
        atLeast("webhooks.max-attempts", webhooks.maxAttempts(), 1);
    }

    private void encryption(ThreadwrightConfig.Encryption encryption) {
        atLeast("encryption.cached-keys", encryption.cachedKeys(), 1);
        positive("encryption.tick", encryption.tick());
        if (encryption.keyFile().isPresent()) {
            tried("encryption.key-file", () -> MasterKeys.provider(encryption));
        } else if (encryption.enabled()) {
            tried("encryption.enabled", () -> MasterKeys.required(encryption));
        }
    }

    private void times(ThreadwrightConfig config) {
        notNegative("shutdown.delay", config.shutdown().delay());
        notNegative("shutdown.drain", config.shutdown().drain());
        ThreadwrightConfig.Retention retention = config.retention();
        retention.deleteIdleAfter().ifPresent(idle -> positive("retention.delete-idle-after", idle));
        notNegative("retention.purge-deleted-after", retention.purgeDeletedAfter());
        notNegative("retention.purge-outbox-after", retention.purgeOutboxAfter());
        positive("retention.tick", retention.tick());
        positive("lifetimes.tick", config.lifetimes().tick());
        positive("metrics.sample", config.metrics().sample());
        positive("store.sweep", config.store().sweep());
        positive("crons.tick", config.crons().tick());
        ThreadwrightConfig.DeadLetters letters = config.deadLetters();
        atLeast("dead-letters.body-bytes", letters.bodyBytes(), 0);
        atLeast("dead-letters.max-count", letters.maxCount(), 0);
        notNegative("dead-letters.keep", letters.keep());
        positive("dead-letters.sweep", letters.sweep());
    }

    private void atLeast(String key, OptionalInt value, int least) {
        value.ifPresent(some -> atLeast(key, some, least));
    }

    private void atLeast(String key, long value, long least) {
        if (value < least) {
            wrong(key, "is " + value + "; it is at least " + least);
        }
    }

    private void between(String key, long value, long least, long most) {
        if (value < least || value > most) {
            wrong(key, "is " + value + "; it is from " + least + " to " + most);
        }
    }

    private void positive(String key, Duration value) {
        between(key, value, SHORTEST, LONGEST);
    }

    private void notNegative(String key, Duration value) {
        between(key, value, Duration.ZERO, LONGEST);
    }

    private void between(String key, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            wrong(key, "is " + value + "; it is from " + least + " to " + most);
        }
    }

    private void directory(String key, Optional<String> path) {
        path.map(Path::of)
                .filter(directory -> !Files.isDirectory(directory))
                .ifPresent(missing -> wrong(key, "is " + missing.toAbsolutePath() + ", which is no directory"));
    }

    /** By whoever will use the value: it knows what it takes. */
    private void tried(String key, Runnable use) {
        try {
            use.run();
        } catch (IllegalArgumentException e) {
            wrong(key, String.valueOf(e.getMessage()));
        }
    }

    private void wrong(String key, String what) {
        problems.add("threadwright." + key + " " + what);
    }
}
