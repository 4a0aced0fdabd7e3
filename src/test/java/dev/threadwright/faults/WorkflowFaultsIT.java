package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of calls and timers under way when their process is killed. */
class WorkflowFaultsIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String ONCE = """
            name: once
            version: 1
            channels: {log: append}
            start: [note, pay]
            steps:
              note: {set: {log: '"noted"'}, next: last}
              pay: {call: delay, input: '{"ms": 600000}', idempotent: false, timeout: 1h, next: last}
              last: {set: {log: '"last"'}}
            """;

    private static final String AGAIN = """
            name: again
            version: 1
            channels: {log: append}
            start: before
            steps:
              before: {set: {log: '"before"'}, next: ask}
              ask: {call: delay, input: '{"ms": 3000}', next: after}
              after: {set: {log: '"after"'}}
            """;

    private static final String NAP = """
            name: nap
            version: 1
            channels: {log: append}
            start: nap
            steps:
              nap: {sleep: 4s, next: up}
              up: {set: {log: '"up"'}}
            """;

    @TempDir
    Path workflows;

    @Test
    void scenario60_afterAKillCallsAreStartedAgainOnlyIfThatDoesNoHarm_andTimersGoOn() throws Exception {
        Files.writeString(workflows.resolve("once.yaml"), ONCE);
        Files.writeString(workflows.resolve("again.yaml"), AGAIN);
        Files.writeString(workflows.resolve("nap.yaml"), NAP);
        Map<String, String> configuration = Map.of("threadwright.workflows.directory", workflows.toString());
        try (Cluster cluster = new Cluster("workflows");
                Ledger ledger = new Ledger(cluster)) {
            ServerProcess server = cluster.server("a", configuration).awaitReady();
            ledger.send("t-once", "1", "once", "queue", "{}");
            ledger.send("t-again", "1", "again", "queue", "{}");
            ledger.send("t-nap", "1", "nap", "queue", "{}");
            ledger.flush();
            await("all three are under way")
                    .atMost(SOON)
                    .until(() -> count(cluster, "t-once", "action.requested") == 1
                            && count(cluster, "t-again", "action.requested") == 1
                            && count(cluster, "t-nap", "timer.set") == 1);
            server.kill();
            cluster.server("b", configuration).awaitReady();

            await("what can be done again is, and the nap is over")
                    .atMost(SOON)
                    .until(() -> count(cluster, "t-again", "run.completed") == 1
                            && count(cluster, "t-nap", "run.completed") == 1);
            await("what cannot waits for somebody")
                    .atMost(SOON)
                    .until(() -> count(cluster, "t-once", "action.uncertain") == 1);
            assertThat(count(cluster, "t-once", "run.completed")).isZero();
            assertThat(count(cluster, "t-again", "action.requested")).isOne();
            assertThat(count(cluster, "t-again", "action.succeeded")).isOne();
            assertThat(count(cluster, "t-again", "step.completed"))
                    .as("each step once")
                    .isEqualTo(3);
            assertThat(count(cluster, "t-nap", "timer.set")).isOne();
            assertThat(count(cluster, "t-nap", "timer.fired")).isOne();

            ledger.send(lateResult(cluster));
            ledger.flush();
            await("the late result moves it on")
                    .atMost(SOON)
                    .until(() -> count(cluster, "t-once", "run.completed") == 1);
            assertThat(count(cluster, "t-once", "action.requested"))
                    .as("never issued twice")
                    .isOne();
            assertThat(cluster.query("select event::json->'values'->>'log' from event where thread = 't-once'"
                            + " and type = 'run.completed'"))
                    .containsExactly("[\"noted\",\"last\"]");
        }
    }

    private static ProducerRecord<byte[], byte[]> lateResult(Cluster cluster) {
        String run =
                cluster.query("select run from run where thread = 't-once'").getFirst();
        String action = cluster.query("select event::json->>'action' from event where thread = 't-once'"
                        + " and type = 'action.requested'")
                .getFirst();
        ProducerRecord<byte[], byte[]> result =
                new ProducerRecord<>(cluster.topic("results"), "t-once".getBytes(UTF_8), "null".getBytes(UTF_8));
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "late",
                        "ce_source", "/worker",
                        "ce_type", "dev.threadwright.action.succeeded.v1",
                        "ce_runid", run,
                        "ce_actionid", action,
                        "ce_attempt", "1",
                        "content-type", "application/json")
                .forEach((name, value) -> result.headers().add(name, value.getBytes(UTF_8)));
        return result;
    }

    private static long count(Cluster cluster, String thread, String type) {
        return cluster.count("select count(*) from event where thread = '%s' and type = '%s'".formatted(thread, type));
    }
}
