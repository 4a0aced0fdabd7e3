package dev.threadwright.faults.campaign;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;

/**
 * Inputs of every policy and workflow over many threads, some of them sent again later. Sends at a steady rate as long as not
 * too many are undecided, so that an outage makes no heap of work that the next fault would have to wait for.
 */
final class Load implements AutoCloseable {
    static final String INPUT = "threadwright.input";
    static final String THREAD = "t";
    static final String PROBE = "probe-";

    private static final int THREADS = 2_000;
    private static final int MAX_OUTSTANDING = 1_500;
    private static final int TICK_MS = 20;

    /** Threads whose inputs are known by one number: the plain ones, then those of each workflow that takes time. */
    private static final int PER_WORKFLOW = 100;

    private static final List<String> SLOW = List.of(Workflows.CALLS, Workflows.PAYS, Workflows.DEAL, Workflows.NAP);

    private static final List<String> POLICIES =
            List.of("queue", "{\"type\":\"parallel\",\"max\":3}", "merge", "rollback", "interrupt");

    private final Sender sender;
    private final Inputs inputs;
    private final RandomGenerator random;
    private final double perTick;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReferenceArray<Sent> remembered = new AtomicReferenceArray<>(4_096);
    private final AtomicInteger again = new AtomicInteger();
    private double due;
    private volatile boolean running;

    private record Sent(int input, String thread, String json, Map<String, String> headers) {}

    Load(Sender sender, Inputs inputs, RandomGenerator random, int perSecond) {
        this.sender = sender;
        this.inputs = inputs;
        this.random = random;
        this.perTick = perSecond * TICK_MS / 1_000.0;
    }

    void start() {
        running = true;
        var ticks = thread.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        Thread.ofVirtual().start(() -> {
            try {
                ticks.get();
            } catch (java.util.concurrent.CancellationException | InterruptedException e) {
                // It was told to stop.
            } catch (java.util.concurrent.ExecutionException e) {
                e.printStackTrace();
                System.err.println("faults: the load has ended by itself");
            }
        });
    }

    void stop() {
        running = false;
    }

    /** How many were sent once more. */
    int again() {
        return again.get();
    }

    /** The name of the thread that an input was sent to. */
    static String threadOf(int number) {
        if (number < THREADS) {
            return THREAD + number;
        }
        int slow = number - THREADS;
        return slow < SLOW.size() * PER_WORKFLOW
                ? SLOW.get(slow / PER_WORKFLOW) + "-" + slow % PER_WORKFLOW
                : PROBE + (slow - SLOW.size() * PER_WORKFLOW);
    }

    /** An input on a thread that nothing else is sent to. */
    int probe(int number) {
        int thread = THREADS + SLOW.size() * PER_WORKFLOW + number;
        return send(thread, "echo", "queue", "{\"text\":\"probe\"}");
    }

    private void tick() {
        if (!running) {
            return;
        }
        due = Math.min(due + perTick, 10 * perTick);
        while (due >= 1 && inputs.outstanding() < MAX_OUTSTANDING) {
            due--;
            one();
        }
    }

    private void one() {
        int kind = random.nextInt(100);
        int thread = random.nextInt(THREADS);
        String policy = POLICIES.get(random.nextInt(POLICIES.size()));
        if (kind < 5) {
            sendAgain();
        } else if (kind < 15) {
            send(thread, "delay", policy, "{\"ms\":" + random.nextInt(40) + "}");
        } else if (kind < 23) {
            send(thread, Workflows.THREE, policy, "{\"text\":\"" + "x".repeat(random.nextInt(20)) + "\"}");
        } else if (kind < 35) {
            int slow = random.nextInt(SLOW.size());
            send(
                    THREADS + slow * PER_WORKFLOW + random.nextInt(PER_WORKFLOW),
                    SLOW.get(slow),
                    "queue",
                    "{\"ms\":%d,\"cents\":%d}".formatted(random.nextInt(200), random.nextInt(1, 999)));
        } else {
            send(thread, "echo", policy, "{\"text\":\"" + kind + "\"}");
        }
    }

    private int send(int thread, String workflow, String policy, String json) {
        int input = inputs.next(thread);
        Sent sent = new Sent(
                input,
                threadOf(thread),
                json,
                Map.of(
                        "id",
                        "i" + input,
                        "type",
                        "dev.threadwright.user.input.v1",
                        "workflow",
                        workflow,
                        "policy",
                        policy));
        sender.send(INPUT, sent.thread(), json, sent.headers(), (metadata, failure) -> {
            if (failure == null) {
                inputs.acknowledged(input);
                remembered.set(Math.floorMod(input * 31, remembered.length()), sent);
            } else {
                inputs.unsure(input);
            }
        });
        return input;
    }

    /** As a producer does that has not heard of the first. Only what is acknowledged: else it might come to be the first. */
    private void sendAgain() {
        Sent sent = remembered.get(random.nextInt(remembered.length()));
        if (sent != null) {
            again.incrementAndGet();
            sender.insist(INPUT, sent.thread(), sent.json(), sent.headers());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
