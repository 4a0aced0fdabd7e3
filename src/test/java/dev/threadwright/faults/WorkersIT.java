package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.thread.ThreadState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The example workers of both languages, as processes, with a real server; then what happens to them. Everything is asked for at
 * once before the first test, so that waits of several seconds pass together.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersIT {

    private static final Duration SOON = Duration.ofSeconds(120);
    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final List<String> LANGUAGES = List.of("js", "java");

    /** Threads that the server keeps in memory. */
    private static final int ACTORS = 50;

    /** Of our own objects in a server, for each further action that workers were asked for and have not done. */
    private static final long MAX_BYTES_PER_OUTSTANDING = 64;

    private static final int FEW = 100;
    private static final int MANY = 1_000;

    private static final int ROUNDS = 2;
    private static final int RUNS_PER_ROUND = 40;

    /** Requests with more bytes of input than this have a place to ask for it instead. */
    private static final int RECORD_BYTES = 256 * 1024;

    private static final Pattern CHARGED = Pattern.compile("(?m)^charged (\\S+)$");

    private static final String PAY = """
            name: %1$s-%2$s
            version: 1
            channels: {receipt: last_write_wins}
            start: charge
            steps:
              charge:
                work: charge-%2$s
                input: '%3$s'
                result: {receipt: result.receipt}
                timeout: %4$s
                retry: {max: %5$s, base: 50ms, cap: 50ms}
            """;

    private static final String ASKED = "{\"cents\": input.cents, \"card\": input.card}";

    private static final String TOOL = """
            name: tool-%1$s
            version: 1
            channels: {messages: messages, receipt: last_write_wins}
            tools:
              delay: {description: Waits.}
            start: wish
            steps:
              wish: {tool: input.wish, allow: [delay], on_error: charge}
              charge:
                work: charge-%1$s
                input: '{"cents": 1}'
                result: {receipt: result.receipt}
            """;

    private static final String IGNORED = """
            name: ignored
            version: 1
            channels: {receipt: last_write_wins}
            start: ask
            steps:
              ask: {work: nobody, timeout: 1h}
            """;

    @TempDir
    static Path directory;

    private static final RandomGenerator RANDOM =
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);

    private static final Map<String, WorkerProcess> workers = new HashMap<>();
    private static Cluster cluster;
    private static Ledger ledger;
    private static ServerProcess server;
    private static FaultyWorker faulty;
    private static Path installed;

    @BeforeAll
    static void everythingIsAskedFor() throws Exception {
        System.out.println("seed " + SEED);
        for (String language : List.of("js", "java", "faulty")) {
            document("pay-" + language, PAY.formatted("pay", language, ASKED, "30s", "3"));
            document("once-" + language, PAY.formatted("once", language, ASKED, "30s", "1"));
            document("load-" + language, PAY.formatted("load", language, ASKED, "6s", "30"));
            document("brief-" + language, PAY.formatted("brief", language, ASKED, "4s", "30"));
            document(
                    "large-" + language,
                    PAY.formatted("large", language, "{\"cents\": 5, \"note\": input.note + input.note}", "30s", "3"));
            document("tool-" + language, TOOL.formatted(language));
        }
        document("ignored", IGNORED);

        cluster = new Cluster("workers");
        ledger = new Ledger(cluster);
        server = server("a");
        installed = NodePackage.install(Path.of("examples", "workers", "javascript"), "worker-javascript");
        server.awaitReady();
        faulty = new FaultyWorker(cluster, new Random(SEED)).start();
        for (String language : LANGUAGES) {
            startWorker(language, language + "-1");
            send("pay", language, "first", pay("visa"));
        }
        // They are at work, and time runs for what they are asked from here on.
        ledger.flush();
        LANGUAGES.forEach(language -> awaitEvent("first-" + language, "run.completed"));
        for (String language : LANGUAGES) {
            for (String card : List.of("busy", "declined", "limited")) {
                send("pay", language, card, pay(card));
            }
            send("once", language, "busy-once", pay("busy"));
            send("brief", language, "slow", pay("slow"));
            send("large", language, "large", "{\"note\":\"" + "n".repeat(RECORD_BYTES * 2 / 3) + "\"}");
            send("tool", language, "denied", "{\"wish\":{\"id\":\"1\",\"name\":\"wipe_ledger\",\"args\":{}}}");
        }
        send("pay", "faulty", "late", pay("hold"));
        ledger.flush();
    }

    @AfterAll
    static void close() throws Exception {
        for (WorkerProcess worker : workers.values()) {
            worker.close();
        }
        faulty.close();
        ledger.close();
        cluster.close();
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void scenario50_twoFailuresThatPass_areOneRequestAndOneSuccess(String language) {
        String thread = "busy-" + language;
        awaitEvent(thread, "run.completed");
        assertThat(count(thread, "action.requested")).isOne();
        assertThat(count(thread, "action.retry_scheduled")).isEqualTo(2);
        assertThat(field(thread, "action.succeeded", "attempt")).containsExactly("3");
        assertThat(acceptedReceipts(thread)).containsExactly(receipt(language, thread));
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void scenario51_withOneRetry_aFailureThatGoesOnIsTwoAttempts(String language) {
        String thread = "busy-once-" + language;
        awaitEvent(thread, "run.failed");
        assertThat(count(thread, "action.requested")).isOne();
        assertThat(count(thread, "action.retry_scheduled")).isOne();
        assertThat(field(thread, "action.failed", "attempt")).containsExactly("2");
        assertThat(field(thread, "action.failed", "error")).containsExactly("The bank is busy");
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void scenario52_aPermanentFailureIsNotTriedAgain(String language) {
        String thread = "declined-" + language;
        awaitEvent(thread, "run.failed");
        assertThat(count(thread, "action.retry_scheduled")).isZero();
        assertThat(field(thread, "action.failed", "attempt")).containsExactly("1");
        assertThat(field(thread, "action.failed", "error")).containsExactly("The card is declined");
        assertThat(receiptFile(language, thread)).doesNotExist();
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void scenario52_whoIsAskedTooOftenIsAskedAgainWhenItSaid(String language) {
        String thread = "limited-" + language;
        awaitEvent(thread, "run.completed");
        long failedAt = timeMs(thread, "action.retry_scheduled");
        assertThat(field(thread, "action.retry_scheduled", "dueAtMs")).containsExactly(Long.toString(failedAt + 2_500));
        assertThat(timeMs(thread, "action.succeeded")).isGreaterThanOrEqualTo(failedAt + 2_500);
        assertThat(field(thread, "action.succeeded", "attempt")).containsExactly("2");
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void scenario53_whatIsNotAllowedIsDenied_andNobodyIsAskedForIt(String language) {
        String thread = "denied-" + language;
        awaitEvent(thread, "run.completed");
        assertThat(field(thread, "action.denied", "name")).containsExactly("wipe_ledger");
        assertThat(field(thread, "action.requested", "step"))
                .as("of the step behind it alone")
                .containsExactly("charge");
        assertThat(count(thread, "action.succeeded")).isOne();
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void signsOfLifeKeepAnAttemptThatTakesLongerThanItsTime(String language) {
        String thread = "slow-" + language;
        awaitEvent(thread, "run.completed");
        assertThat(count(thread, "action.extended")).isPositive();
        assertThat(field(thread, "action.succeeded", "attempt")).containsExactly("1");
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"js", "java"})
    void whatIsTooLargeForTheTopicIsAskedFor(String language) {
        String thread = "large-" + language;
        awaitEvent(thread, "run.completed");
        assertThat(charged(language, thread)).contains("\"cents\":5");
        assertThat(ledger.read("actions", 1).stream()
                        .filter(request -> Ledger.header(request, "ce_subject").equals(thread))
                        .toList())
                .isNotEmpty()
                .allSatisfy(request -> {
                    assertThat(request.value()).isNull();
                    assertThat(Ledger.header(request, "ce_dataref")).startsWith("/actions/");
                });
    }

    @Order(2)
    @Test
    void cancelledWorkIsLeftUndone() {
        for (String language : LANGUAGES) {
            send("brief", language, "cancelled", pay("slow"));
        }
        ledger.flush();
        for (String language : LANGUAGES) {
            String thread = "cancelled-" + language;
            awaitEvent(thread, "action.extended");
            ledger.command(thread, "cancel", "run.cancel", "{}", Map.of("runid", run(thread)));
        }
        for (String language : LANGUAGES) {
            String thread = "cancelled-" + language;
            awaitEvent(thread, "run.cancelled");
            await("the worker has heard of it")
                    .atMost(SOON)
                    .until(() -> workers.get(language + "-1").log().contains("cancelled " + action(thread)));
            assertThat(receiptFile(language, thread)).doesNotExist();
            assertThat(count(thread, "action.result_discarded"))
                    .as("it says nothing more")
                    .isZero();
        }
    }

    @Order(2)
    @Test
    void scenario4_theResultOfCancelledWorkIsDiscarded_andTheStateStaysAsItIs() {
        awaitEvent("late-faulty", "action.requested");
        ledger.command("late-faulty", "cancel", "run.cancel", "{}", Map.of("runid", run("late-faulty")));
        awaitEvent("late-faulty", "action.result_discarded");
        assertThat(faulty.answeredCancellations()).isPositive();
        assertThat(count("late-faulty", "run.cancelled")).isOne();
        assertThat(count("late-faulty", "action.succeeded")).isZero();
        assertThat(cluster.query("select type from event where thread = 'late-faulty' and seq > (select seq from event"
                        + " where thread = 'late-faulty' and type = 'run.cancelled')"))
                .containsExactly("action.result_discarded");
    }

    @Order(3)
    @Test
    void whenAllOfThemDie_othersDoWhatWasInHand_andResultsThatCameInTimeCount() throws Exception {
        for (String language : LANGUAGES) {
            send("brief", language, "killed", pay("slow"));
        }
        send("brief", "faulty", "outage", pay("hold"));
        ledger.flush();
        for (String language : LANGUAGES) {
            awaitEvent("killed-" + language, "action.extended");
            workers.get(language + "-1").kill();
            startWorker(language, language + "-2");
        }
        await("the other worker has it").atMost(SOON).until(() -> faulty.holds("outage-faulty"));
        server.kill();
        Instant deadline = faulty.answerHeld("outage-faulty");
        await("its time is up").atMost(SOON).until(() -> Instant.now().isAfter(deadline));
        server = server("b");
        server.awaitReady();

        awaitEvent("outage-faulty", "run.completed");
        assertThat(field("outage-faulty", "action.succeeded", "attempt")).containsExactly("1");
        assertThat(count("outage-faulty", "action.retry_scheduled"))
                .as("nobody was there to read it, but it was there in time")
                .isZero();
        for (String language : LANGUAGES) {
            String thread = "killed-" + language;
            awaitEvent(thread, "run.completed");
            assertThat(count(thread, "action.requested")).isOne();
            // The same attempt again, which nobody has given up, or the next one: who did it is what matters.
            String charged = "charged " + action(thread);
            assertThat(workers.get(language + "-1").log()).doesNotContain(charged);
            assertThat(workers.get(language + "-2").log()).contains(charged);
            assertThat(acceptedReceipts(thread)).containsExactly(receipt(language, thread));
        }
    }

    @Order(4)
    @Test
    void actionsThatWorkersHaveInHandAreNotKeptInMemory() throws Exception {
        LiveObjects few = outstanding(0, FEW);
        LiveObjects many = outstanding(FEW, MANY);
        assertThat(many.instances(ThreadState.class))
                .as("threads in memory, of %d with an action outstanding", MANY)
                .isLessThanOrEqualTo(ACTORS + 10);
        assertThat((many.ownBytes() - few.ownBytes()) / (MANY - FEW))
                .as("bytes for each further action: %d of %d, %d of %d", few.ownBytes(), FEW, many.ownBytes(), MANY)
                .isLessThanOrEqualTo(MAX_BYTES_PER_OUTSTANDING);
    }

    @Order(5)
    @Test
    void killedWhileManyAreUnderWay_aServerLosesNoRunAndTakesOneResultOfEach() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long decided = cluster.count("select count(*) from decision");
            int asked = RUNS_PER_ROUND * (LANGUAGES.size() + 1);
            for (int i = 0; i < RUNS_PER_ROUND; i++) {
                for (String language : List.of("js", "java", "faulty")) {
                    send("load", language, "load-" + round + "-" + i, pay("visa"));
                }
            }
            ledger.flush();
            // Of each run there are a decision that asks and one that takes the result: it dies anywhere among them.
            long some = RANDOM.nextLong(1, 2L * asked);
            await("it is at work")
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> cluster.count("select count(*) from decision") >= decided + some);
            server.kill();
            server = server("c" + round);
        }
        server.awaitReady();
        await("every run has ended that somebody works on")
                .atMost(SOON)
                .until(() -> cluster.count("select count(*) from" + " outcome") >= ledger.acknowledged()
                        && cluster.count("select count(*) from run where ended_at_ms is null") == MANY);
        assertThat(LiveObjects.of(server.pid()).instances(ThreadState.class))
                .as("threads in memory, of %d with an action outstanding that were taken over", MANY)
                .isLessThanOrEqualTo(ACTORS + 10);

        int runs = ROUNDS * RUNS_PER_ROUND;
        for (String language : List.of("js", "java", "faulty")) {
            assertThat(cluster.query("select thread from run where thread like 'load-%-" + language
                            + "' and status = 'completed'"))
                    .as("runs of %s", language)
                    .hasSize(runs);
        }
        assertThat(cluster.query("select event->>'action' from event where type in ('action.succeeded',"
                        + " 'action.failed') group by 1 having count(*) > 1"))
                .as("actions with two results")
                .isEmpty();
        assertThat(cluster.query("select s.thread from event s join event c on c.thread = s.thread and c.type ="
                        + " 'run.completed' where s.type = 'action.succeeded' and s.thread like 'load-%' and"
                        + " (c.event->'values'->>'receipt') is distinct from (s.event->'result'->>'receipt')"))
                .as("states with another receipt than the one that was accepted")
                .isEmpty();
        assertThat(cluster.count("select count(*) from event where type = 'action.result_discarded' and thread like"
                        + " 'load-%-faulty'"))
                .as("what the faulty worker said too much")
                .isGreaterThanOrEqualTo(runs);
        for (String language : LANGUAGES) {
            List<String> accepted = cluster.query("select event->>'action' || ' ' || (event->'result'->>'receipt') from"
                    + " event where type = 'action.succeeded' and thread like 'load-%-" + language + "'");
            assertThat(accepted).hasSize(runs).isSubsetOf(receipts(language));
        }
        assertThat(chargedByWorkers()).as("charges, by action").doesNotHaveDuplicates();
        ledger.assertExactlyOnce();
    }

    @Order(6)
    @Test
    void workersEndInOrder_andLeaveNothingToReadAgain() throws Exception {
        assertThat(workers.get("js-2").terminate()).isZero();
        assertThat(workers.get("java-2").terminate()).isEqualTo(143);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            for (String language : LANGUAGES) {
                Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                                "charge-" + language + "-workers")
                        .partitionsToOffsetAndMetadata()
                        .get();
                Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
                committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
                Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                        admin.listOffsets(latest).all().get();
                assertThat(committed).hasSize(Cluster.PARTITIONS);
                // Behind the last record there is the mark of its transaction, which is nothing to read.
                committed.forEach(
                        (partition, offset) -> assertThat(ends.get(partition).offset() - offset.offset())
                                .as("%s of %s", partition, language)
                                .isBetween(0L, 1L));
            }
        }
    }

    /** What the server holds with so many actions outstanding, all of them asked for. */
    private static LiveObjects outstanding(int from, int to) throws IOException, InterruptedException {
        for (int i = from; i < to - 1; i++) {
            ignored(i);
        }
        ledger.flush();
        await("nearly all are asked for").atMost(SOON).until(() -> faulty.ignored() >= to - 1);
        // A loop holds on to the batch that it has settled last, so that is made a small one.
        ignored(to - 1);
        ledger.flush();
        await("all are asked for").atMost(SOON).until(() -> faulty.ignored() >= to);
        assertThat(cluster.count("select count(*) from action where name = 'nobody' and status = 'outstanding'"))
                .isEqualTo(to);
        return LiveObjects.of(server.pid());
    }

    private static void ignored(int i) {
        ledger.send("ignored-" + i, "ignored-" + i, "ignored", "reject", "{\"text\":\"" + "x".repeat(500) + "\"}");
    }

    private static ServerProcess server(String instance) {
        return cluster.server(
                instance,
                Map.of(
                        "threadwright.workflows.directory",
                        directory.toString(),
                        "threadwright.workflows.examples",
                        "false",
                        "threadwright.loops",
                        "1",
                        "threadwright.instance.static-id",
                        "workers",
                        "threadwright.limits.actors",
                        Integer.toString(ACTORS),
                        "threadwright.limits.record-bytes",
                        Integer.toString(RECORD_BYTES)));
    }

    private static void startWorker(String language, String name) {
        Map<String, String> environment = Map.of(
                "KAFKA", cluster.bootstrapServers(),
                "ACTION", "charge-" + language,
                "ACTIONS_TOPIC", cluster.topic("actions"),
                "RESULTS_TOPIC", cluster.topic("results"),
                "SERVER", server.url(),
                "LEDGER", bank(language).toString());
        workers.put(
                name,
                language.equals("js")
                        ? WorkerProcess.javascript(installed, name, environment)
                        : WorkerProcess.java(name, environment));
    }

    private static void document(String name, String yaml) throws IOException {
        Files.writeString(directory.resolve(name + ".yaml"), yaml);
    }

    private static void send(String workflow, String language, String thread, String json) {
        String id = thread + "-" + language;
        ledger.send(id, id, workflow + "-" + language, "reject", json);
    }

    private static String pay(String card) {
        return "{\"cents\":350,\"card\":\"" + card + "\"}";
    }

    private static Path bank(String language) {
        return directory.resolve("bank-" + language);
    }

    private static Path receiptFile(String language, String thread) {
        return bank(language).resolve(action(thread));
    }

    private static String charged(String language, String thread) {
        try {
            return Files.readString(receiptFile(language, thread));
        } catch (IOException e) {
            throw new AssertionError("Nothing is charged for " + thread, e);
        }
    }

    private static String receipt(String language, String thread) {
        return receiptIn(charged(language, thread));
    }

    private static String receiptIn(String charge) {
        Matcher receipt = Pattern.compile("\"receipt\":\"([^\"]+)\"").matcher(charge);
        assertThat(receipt.find()).as(charge).isTrue();
        return receipt.group(1);
    }

    /** What the bank has charged: each action with its receipt. What was cancelled may be among it. */
    private static Set<String> receipts(String language) throws IOException {
        Set<String> receipts = new TreeSet<>();
        try (Stream<Path> charges = Files.list(bank(language))) {
            for (Path charge : charges.toList()) {
                receipts.add(charge.getFileName() + " " + receiptIn(Files.readString(charge)));
            }
        }
        return receipts;
    }

    private static List<String> chargedByWorkers() {
        List<String> charged = new ArrayList<>();
        for (WorkerProcess worker : workers.values()) {
            CHARGED.matcher(worker.log()).results().forEach(line -> charged.add(line.group(1)));
        }
        assertThat(charged).isNotEmpty();
        return charged;
    }

    private static void awaitEvent(String thread, String type) {
        await(type + " of " + thread).atMost(SOON).until(() -> count(thread, type) > 0);
    }

    private static long count(String thread, String type) {
        return cluster.count("select count(*) from event where thread = '%s' and type = '%s'".formatted(thread, type));
    }

    private static List<String> field(String thread, String type, String field) {
        return cluster.query("select event->>'%s' from event where thread = '%s' and type = '%s' order by seq"
                .formatted(field, thread, type));
    }

    private static List<String> acceptedReceipts(String thread) {
        return cluster.query(
                "select event->'result'->>'receipt' from event where thread = '%s' and type =".formatted(thread)
                        + " 'action.succeeded'");
    }

    private static long timeMs(String thread, String type) {
        return cluster.count("select time_ms from event where thread = '%s' and type = '%s'".formatted(thread, type));
    }

    private static String run(String thread) {
        return cluster.query("select run from run where thread = '" + thread + "'")
                .getFirst();
    }

    private static String action(String thread) {
        return field(thread, "action.requested", "action").getFirst();
    }
}
