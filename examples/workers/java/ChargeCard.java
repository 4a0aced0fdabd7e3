import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A worker that charges cards, with the whole protocol of docs/workers.md. It needs kafka-clients and jackson-databind, and a
 * JDK 21 or newer; the packaged server has both libraries:
 *
 * <pre>java -cp 'target/quarkus-app/lib/main/*' examples/workers/java/ChargeCard.java</pre>
 */
public final class ChargeCard implements ConsumerRebalanceListener {

    private static final String ACTION = env("ACTION", "charge-card");
    private static final String GROUP = env("GROUP", ACTION + "-workers");
    private static final String ACTIONS_TOPIC = env("ACTIONS_TOPIC", "threadwright.actions");
    private static final String RESULTS_TOPIC = env("RESULTS_TOPIC", "threadwright.results");
    private static final URI SERVER = URI.create(env("SERVER", "http://localhost:8080"));

    /** What the server is asked with for inputs that were too large for the topic; empty if it does not ask who calls. */
    private static final String API_KEY = env("API_KEY", "");

    /** Requests in hand at most. While all places are taken, nothing is read: cancellations neither. */
    private static final int CONCURRENCY = Integer.parseInt(env("CONCURRENCY", "16"));

    private static final String REQUEST = "dev.threadwright.action.request.v1";
    private static final String CANCEL = "dev.threadwright.action.cancel.v1";
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            Map.of(
                    "bootstrap.servers", env("KAFKA", "localhost:9092"),
                    "group.id", GROUP,
                    "session.timeout.ms", 10_000,
                    "isolation.level", "read_committed",
                    "auto.offset.reset", "earliest",
                    "enable.auto.commit", false,
                    // The server makes the topics, with as many partitions as it needs.
                    "allow.auto.create.topics", false,
                    // So that pausing takes effect at once; more are fetched, and wait in the client.
                    "max.poll.records", 1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", env("KAFKA", "localhost:9092")),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService heartbeats =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final Bank bank = new Bank(Path.of(env("LEDGER", "ledger")));

    /** Those in hand, by action and attempt. */
    private final Map<String, Thread> jobs = new ConcurrentHashMap<>();

    private final Map<TopicPartition, Progress> partitions = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    public static void main(String[] args) throws InterruptedException {
        // What the Kafka client logs goes nowhere. With an SLF4J provider of your own on the class path, leave this out.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        ChargeCard worker = new ChargeCard();
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            worker.stopping = true;
            try {
                main.join(GRACE.plusSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try {
            worker.run();
        } catch (KafkaException e) {
            // Members of a group have to assign partitions alike, and clients in other languages do it their own way.
            System.err.println("Cannot go on in the group " + GROUP + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws InterruptedException {
        System.out.println("Waiting for requests to " + ACTION);
        consumer.subscribe(List.of(ACTIONS_TOPIC), this);
        Instant nextCommit = Instant.now();
        while (!stopping) {
            if (jobs.size() < CONCURRENCY) {
                consumer.resume(consumer.paused());
            } else {
                consumer.pause(consumer.assignment());
            }
            consumer.poll(Duration.ofMillis(100)).forEach(this::receive);
            if (Instant.now().isAfter(nextCommit)) {
                commit(consumer.assignment());
                nextCommit = Instant.now().plus(COMMIT_EVERY);
            }
        }
        Instant end = Instant.now().plus(GRACE);
        for (Thread job : jobs.values()) {
            job.join(Duration.between(Instant.now(), end));
        }
        commit(consumer.assignment());
        consumer.close();
        producer.close();
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        String attempt = header(record, "ce_actionid") + "#" + header(record, "ce_attempt");
        Progress progress = partitions.computeIfAbsent(
                new TopicPartition(record.topic(), record.partition()), partition -> new Progress());
        String type = header(record, "ce_type");
        boolean isNew = type.equals(REQUEST)
                && header(record, "ce_actionname").equals(ACTION)
                && !jobs.containsKey(attempt);
        progress.read(record.offset(), isNew);
        if (isNew) {
            Thread job = Thread.ofVirtual().unstarted(() -> {
                perform(record);
                progress.finished(record.offset());
                jobs.remove(attempt);
            });
            jobs.put(attempt, job);
            job.start();
        } else if (type.equals(CANCEL) && jobs.get(attempt) instanceof Thread job) {
            job.interrupt();
        }
    }

    /** Ends when the result is with Kafka, or when nobody waits for it: then it is interrupted. */
    private void perform(ConsumerRecord<byte[], byte[]> request) {
        long attemptMs = Duration.between(instant(request, "ce_time"), instant(request, "ce_deadline"))
                .toMillis();
        long beatMs = Math.max(100, attemptMs / 3);
        ScheduledFuture<?> beating = heartbeats.scheduleAtFixedRate(
                () -> send(request, "heartbeat", Map.of()), beatMs, beatMs, TimeUnit.MILLISECONDS);
        try {
            JsonNode input = input(request);
            String actionId = header(request, "ce_actionid");
            // The action's id is the idempotency key: whoever is asked twice charges once.
            Object receipt = bank.charge(
                    actionId, input.path("cents").asLong(), input.path("card").asText("visa"));
            answer(request, "succeeded", receipt);
        } catch (InterruptedException cancelled) {
            System.out.println("cancelled " + header(request, "ce_actionid"));
        } catch (Failure failure) {
            answer(request, "failed", failure.data);
        } catch (Exception e) {
            answer(request, "failed", Map.of("error", e.toString(), "kind", "transient"));
        } finally {
            beating.cancel(false);
        }
    }

    /** What was too large for the topic is asked for; by the time it is, somebody may have given the action up. */
    private JsonNode input(ConsumerRecord<byte[], byte[]> request)
            throws IOException, InterruptedException, Failure {
        String place = header(request, "ce_dataref");
        if (place.isEmpty()) {
            return JSON.readTree(request.value());
        }
        HttpRequest.Builder question = HttpRequest.newBuilder(SERVER.resolve(place));
        if (!API_KEY.isEmpty()) {
            question.header("X-Api-Key", API_KEY);
        }
        HttpResponse<byte[]> response = http.send(question.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new Failure(
                    "transient", "The server answered " + response.statusCode() + " when asked for the input");
        }
        return JSON.readTree(response.body()).path("input");
    }

    private void answer(ConsumerRecord<byte[], byte[]> request, String type, Object data) {
        try {
            send(request, type, data).get();
        } catch (InterruptedException | InterruptException cancelled) {
            // Nobody waits for it any more, wherever it has got to.
        } catch (ExecutionException e) {
            // The request must not count as done: whoever is started next reads it again.
            System.err.println("The result cannot be sent: " + e.getCause());
            Runtime.getRuntime().halt(1);
        }
    }

    private Future<RecordMetadata> send(ConsumerRecord<byte[], byte[]> request, String type, Object data) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(RESULTS_TOPIC, request.key(), JSON.valueToTree(data).toString().getBytes(UTF_8));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", UUID.randomUUID().toString());
        headers.put("ce_source", "/workers/" + GROUP);
        headers.put("ce_type", "dev.threadwright.action." + type + ".v1");
        for (String same : List.of("ce_runid", "ce_actionid", "ce_attempt")) {
            headers.put(same, header(request, same));
        }
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return producer.send(record, (written, failure) -> {
            if (failure != null) {
                System.err.println("Not sent: action." + type + ": " + failure);
            }
        });
    }

    /** Who reads the partitions from now on begins with what has not ended here. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        commit(revoked);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        System.out.println("Reads " + assigned);
    }

    private void commit(Collection<TopicPartition> assigned) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        for (TopicPartition partition : assigned) {
            Progress progress = partitions.get(partition);
            if (progress != null && progress.firstOpen() != progress.committed) {
                due.put(partition, new OffsetAndMetadata(progress.firstOpen()));
            }
        }
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due);
            due.forEach((partition, offset) -> partitions.get(partition).committed = offset.offset());
        } catch (CommitFailedException | RebalanceInProgressException moving) {
            System.err.println("Not committed: " + moving.getMessage());
        }
    }

    /** How far a partition is done. Requests end in any order; what is committed is the first one that has not ended. */
    private static final class Progress {
        private final TreeSet<Long> inHand = new TreeSet<>();
        private long next;
        private long committed = -1;

        synchronized void read(long offset, boolean isBegun) {
            next = Math.max(next, offset + 1);
            if (isBegun) {
                inHand.add(offset);
            }
        }

        synchronized void finished(long offset) {
            inHand.remove(offset);
        }

        synchronized long firstOpen() {
            return inHand.isEmpty() ? next : inHand.first();
        }
    }

    /** How an attempt failed: transient is tried again as the step says, permanent is not, rate_limited not too soon. */
    @SuppressWarnings("serial")
    private static final class Failure extends Exception {
        private final Map<String, Object> data = new LinkedHashMap<>();

        Failure(String kind, String message) {
            super(message);
            data.put("error", message);
            data.put("kind", kind);
        }

        Failure retryAfter(Duration wait) {
            data.put("retry_after_ms", wait.toMillis());
            return this;
        }
    }

    /**
     * Stands for a payment provider: it takes an idempotency key, and has cards to try things out with. What it has charged
     * is in a ledger, a directory with one file for each key.
     */
    private static final class Bank {
        private final Path ledger;
        private final Map<String, Integer> asked = new ConcurrentHashMap<>();

        Bank(Path ledger) {
            this.ledger = ledger;
        }

        /** The receipt; the same for the same key, however often it is asked for. */
        JsonNode charge(String key, long cents, String card) throws IOException, InterruptedException, Failure {
            Path file = ledger.resolve(URLEncoder.encode(key, UTF_8));
            if (Files.exists(file)) {
                return JSON.readTree(file.toFile());
            }
            int times = asked.merge(key, 1, Integer::sum);
            if (card.equals("declined")) {
                throw new Failure("permanent", "The card is declined");
            }
            if (card.equals("busy") && times <= 2) {
                throw new Failure("transient", "The bank is busy");
            }
            if (card.equals("limited") && times == 1) {
                throw new Failure("rate_limited", "Too many requests").retryAfter(Duration.ofMillis(2_500));
            }
            if (card.equals("slow")) {
                Thread.sleep(Duration.ofSeconds(6));
            }
            asked.remove(key);
            return record(file, Map.of("receipt", UUID.randomUUID().toString(), "cents", cents));
        }

        /** Whole or not at all, and once: of several who try, in any process, one has the link. */
        private JsonNode record(Path file, Map<String, Object> receipt) throws IOException {
            Files.createDirectories(ledger);
            Path draft = Files.write(ledger.resolve("." + receipt.get("receipt")), JSON.writeValueAsBytes(receipt));
            try {
                Files.createLink(file, draft);
                System.out.println("charged " + file.getFileName());
            } catch (FileAlreadyExistsException charged) {
                System.out.println("was charged before: " + file.getFileName());
            } finally {
                Files.delete(draft);
            }
            return JSON.readTree(file.toFile());
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private static Instant instant(ConsumerRecord<byte[], byte[]> record, String name) {
        return Instant.parse(header(record, name));
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
