package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An approval, a question and a wait for an event, on many threads at once; the server is killed while it works on each
 * of the stages, so it dies between any two of their commits.
 */
class PeopleFaultsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int THREADS = 30;
    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());

    private static final String DEAL = """
            name: deal
            version: 1
            channels: {log: append}
            start: approve
            steps:
              approve: {interrupt: approval_required, schema: {type: boolean}, result: {log: result}, next: ask}
              ask: {interrupt: question, payload: '"name?"', schema: {type: string}, result: {log: result}, next: paid}
              paid: {wait: paid, result: {log: result.data}}
            """;

    @TempDir
    Path workflows;

    private final Random random = new Random(SEED);

    @Test
    void killedBetweenAnyTwoCommitsOfAnApprovalNothingChanges() throws Exception {
        Files.writeString(workflows.resolve("deal.yaml"), DEAL);
        Map<String, String> configuration = Map.of("threadwright.workflows.directory", workflows.toString());
        System.out.println("seed " + SEED);
        try (Cluster cluster = new Cluster("people");
                Ledger ledger = new Ledger(cluster)) {
            ServerProcess server = cluster.server("a", configuration).awaitReady();

            threads().forEach(thread -> ledger.send(thread, "start-" + thread, "deal", "reject", "{}"));
            server = killed(cluster, ledger, server, "b", configuration);
            awaitThreads(cluster, "every approval is asked for", pending("approval_required"));
            Map<String, String> cards = cards(cluster);

            List<Runnable> answers = new ArrayList<>();
            cards.forEach((thread, card) -> {
                answers.add(() -> answer(ledger, thread, "ann-" + thread, card, "true"));
                answers.add(() -> answer(ledger, thread, "bob-" + thread, card, "false"));
                answers.add(() -> answer(ledger, thread, "eve-" + thread, card, "\"sure\""));
                answers.add(() -> ledger.command(
                        thread,
                        "text-" + thread,
                        "user.input",
                        "{\"text\":\"yes\"}",
                        Map.of("policy", "reject", "workflow", "deal")));
            });
            Collections.shuffle(answers, random);
            answers.forEach(Runnable::run);
            // The same once more, as from a producer that has not heard of the first.
            answers.forEach(Runnable::run);
            server = killed(cluster, ledger, server, "c", configuration);
            awaitThreads(cluster, "every question is asked", pending("question"));

            threads().forEach(thread -> {
                bare(ledger, thread, "click-" + thread);
                bare(ledger, thread, "double-click-" + thread);
            });
            server = killed(cluster, ledger, server, "d", configuration);
            awaitThreads(
                    cluster,
                    "every run waits for its event",
                    "select count(distinct thread) from event where type = 'wait.started'");

            threads().forEach(thread -> {
                event(ledger, thread);
                event(ledger, thread);
            });
            killed(cluster, ledger, server, "e", configuration);
            awaitThreads(
                    cluster, "every run ends", "select count(distinct thread) from event where type = 'run.completed'");

            assertThat(cluster.query("select thread || ' ' || type || ' ' || count(*) from event where type in"
                            + " ('run.started', 'run.completed', 'interrupt.raised', 'interrupt.resolved',"
                            + " 'wait.started', 'wait.satisfied') group by thread, type"))
                    .as("each once, or once for each of the two interrupts")
                    .hasSize(6 * THREADS)
                    .allMatch(line -> line.endsWith(line.contains("interrupt.") ? " 2" : " 1"));
            assertThat(cluster.query("select event::json->>'interrupt' from event where type in ('interrupt.resolved',"
                            + " 'interrupt.rejected', 'interrupt.expired') group by 1 having count(*) > 1"))
                    .as("interrupts with two outcomes")
                    .isEmpty();
            assertThat(cluster.query("select e.thread from event e join interrupt i on i.thread = e.thread"
                            + " where e.type = 'run.completed' and i.kind = 'approval_required'"
                            + " and (e.event::json->'values'->'log'->>0) is distinct from (i.settlement->>'answer')"))
                    .as("states that hold another answer than the stored one")
                    .isEmpty();
            assertThat(cluster.query("select event::json->'values'->'log'->>1 from event where type = 'run.completed'"))
                    .hasSize(THREADS)
                    .containsOnly("bob");
            ledger.assertPublishedAsJournaled();
        }
    }

    /** Killed in the middle of what it was just given, and started again. */
    private ServerProcess killed(
            Cluster cluster, Ledger ledger, ServerProcess server, String next, Map<String, String> configuration)
            throws InterruptedException {
        ledger.flush();
        long before = cluster.count("select count(*) from decision");
        long some = random.nextLong(1, THREADS);
        await("it is at work")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> cluster.count("select count(*) from decision") >= before + some);
        server.kill();
        return cluster.server(next, configuration).awaitReady();
    }

    private static void awaitThreads(Cluster cluster, String what, String count) {
        await(what).atMost(SOON).until(() -> cluster.count(count) == THREADS);
    }

    private static String pending(String kind) {
        return "select count(*) from interrupt where status = 'pending' and kind = '" + kind + "'";
    }

    private static List<String> threads() {
        List<String> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add("deal-" + i);
        }
        return threads;
    }

    private static Map<String, String> cards(Cluster cluster) {
        Map<String, String> cards = new HashMap<>();
        for (String line : cluster.query("select thread || ' ' || interrupt from interrupt where status = 'pending'")) {
            String[] parts = line.split(" ", 2);
            cards.put(parts[0], parts[1]);
        }
        return cards;
    }

    private static void answer(Ledger ledger, String thread, String id, String card, String json) {
        ledger.command(thread, id, "run.resume", "{\"answer\":" + json + "}", Map.of("interruptid", card));
    }

    private static void bare(Ledger ledger, String thread, String id) {
        ledger.command(thread, id, "run.resume", "{\"answer\":\"bob\"}", Map.of());
    }

    private static void event(Ledger ledger, String thread) {
        ledger.command(thread, "paid-" + thread, "external.event", "{\"amount\":7}", Map.of("eventtype", "PAID"));
    }
}
