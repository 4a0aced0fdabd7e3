package dev.threadwright.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a client behind a balancer does: asks one server after the other, and the next one if a connection is refused or breaks, or if
 * it is told to come back (503 with Retry-After). Everything else is a failure, and remembered.
 */
final class Balancer {

    private static final int ATTEMPTS = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    final List<ServerProcess> servers = new CopyOnWriteArrayList<>();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    final Map<String, Integer> retries = new ConcurrentHashMap<>();

    /** Numbers of events that readers of a thread have seen last. */
    final Map<String, Long> seen = new ConcurrentHashMap<>();

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Posts until somebody answers; the answer's status, or 0 if nobody did. */
    int post(String path, String key, String json) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                HttpResponse<String> response = http.send(
                        HttpRequest.newBuilder(URI.create(any().url() + path))
                                .timeout(TIMEOUT)
                                .header("content-type", "application/json")
                                .header("idempotency-key", key)
                                .POST(HttpRequest.BodyPublishers.ofString(json))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() / 100 == 2) {
                    return response.statusCode();
                }
                if (response.statusCode() != 503
                        || response.headers().firstValue("retry-after").isEmpty()) {
                    failures.add("POST " + path + " " + key + ": " + response.statusCode() + " " + response.body());
                    return response.statusCode();
                }
                again("told to come back");
            } catch (IOException e) {
                again("connection lost");
            }
        }
        failures.add("POST " + path + " " + key + ": nobody answers");
        return 0;
    }

    /** Reads a thread's events from the first on, and goes on behind the last one wherever a stream breaks. */
    void follow(String thread) {
        long last = 0;
        while (!over.get()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create(any().url() + "/threads/" + thread + "/events?from=1"))
                    .header("accept", "text/event-stream");
            if (last > 0) {
                request.header("last-event-id", Long.toString(last));
            }
            try {
                HttpResponse<java.util.stream.Stream<String>> response =
                        http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
                if (response.statusCode() != 200) {
                    response.body().close();
                    if (response.statusCode() != 503 && response.statusCode() != 404) {
                        failures.add("GET events of " + thread + ": " + response.statusCode());
                    }
                    again("no stream");
                    continue;
                }
                for (String line : (Iterable<String>) response.body()::iterator) {
                    if (line.startsWith("id: ")) {
                        long id = Long.parseLong(line.substring("id: ".length()));
                        if (id != last + 1) {
                            failures.add("Events of " + thread + ": " + id + " follows " + last);
                        }
                        last = id;
                        seen.put(thread, last);
                    }
                }
                if (!over.get()) {
                    failures.add("The stream of " + thread + " ended as if there were no more, behind " + last);
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                again("stream broken");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void end() {
        over.set(true);
        http.shutdownNow();
    }

    private ServerProcess any() {
        return servers.get(Math.floorMod(next.getAndIncrement(), servers.size()));
    }

    /** As its Retry-After, or its library's back-off, would have it. */
    private void again(String why) {
        retries.merge(why, 1, Integer::sum);
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
}
