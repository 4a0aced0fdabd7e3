package dev.threadwright.faults.campaign;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A caller over HTTP: one input after the other, with an Idempotency-Key, and the same again to another server until one of them
 * says that it has it.
 */
final class HttpLoad implements AutoCloseable {
    private static final int THREADS = 20;

    /** Numbers of threads that no other load has. */
    private static final int FIRST_THREAD = 1_000_000;

    private static final long BETWEEN_MS = 50;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Site site;
    private final Inputs inputs;
    private final RandomGenerator random;
    private final Thread thread = Thread.ofPlatform().name("http-load").daemon().unstarted(this::run);
    private volatile boolean stopped;
    private volatile int again;

    HttpLoad(Site site, Inputs inputs, RandomGenerator random) {
        this.site = site;
        this.inputs = inputs;
        this.random = random;
    }

    void start() {
        thread.start();
    }

    static String threadOf(int number) {
        return number >= FIRST_THREAD ? "http-" + (number - FIRST_THREAD) : Load.threadOf(number);
    }

    /** How many requests were sent once more. */
    int again() {
        return again;
    }

    /** The one under way is seen to its end. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    private void run() {
        while (!stopped) {
            int number = FIRST_THREAD + random.nextInt(THREADS);
            int input = inputs.next(number);
            if (isTaken(input, threadOf(number))) {
                inputs.acknowledged(input);
            } else {
                inputs.unsure(input);
            }
            pause(BETWEEN_MS);
        }
    }

    private boolean isTaken(int input, String thread) {
        int tries = 0;
        // A while after the end, too: the servers are all well then.
        for (long end = Long.MAX_VALUE; System.nanoTime() < end; ) {
            if (stopped && end == Long.MAX_VALUE) {
                end = System.nanoTime() + 30_000_000_000L;
            }
            List<Node> alive = site.nodes().stream().filter(Node::isAlive).toList();
            if (!alive.isEmpty()) {
                if (tries++ > 0) {
                    again++;
                }
                try {
                    int status = status(alive.get(random.nextInt(alive.size())).url(), input, thread);
                    if (status < 500) {
                        return true;
                    }
                } catch (IOException e) {
                    // Nobody knows whether it was taken: the key makes it safe to ask again.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            pause(BETWEEN_MS * 4);
        }
        return false;
    }

    private int status(String url, int input, String thread) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/threads/" + thread + "/inputs?wait=decision"))
                .timeout(Duration.ofSeconds(40))
                .header("content-type", "application/json")
                .header("Idempotency-Key", "i" + input)
                .POST(HttpRequest.BodyPublishers.ofString("{\"policy\":\"queue\",\"data\":{\"text\":\"hi\"}}"))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static void pause(long ms) {
        java.util.concurrent.locks.LockSupport.parkNanos(ms * 1_000_000);
    }
}
