package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Many people at the same cards at once: they answer differently, reject, cancel and send new work. Whoever comes first,
 * an interrupt has one outcome, and everybody is told the truth about it. The seed says what they do, not who is first.
 */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class ConcurrentAnswersTest {

    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final int THREADS = 12;
    private static final int PEOPLE = 6;
    private static final int ROUNDS = 4;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient http = HttpClient.newHttpClient();

    /** What somebody did about an interrupt, and what they were told. */
    private record Deed(String interrupt, String kind, Json answer, int status, Json.Obj told) {
        boolean isFirst() {
            return status == 200 && Json.FALSE.equals(told.get("duplicate")) && !isNoop();
        }

        boolean isNoop() {
            return Json.of("unchanged").equals(told.get("outcome"));
        }
    }

    @Test
    void anInterruptHasOneOutcomeAndEverybodyIsToldWhich() throws Exception {
        Readiness.await();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        List<Deed> deeds = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<?>> doing = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    String thread = thread(i);
                    if (pending(thread).isEmpty()) {
                        start(thread, random.nextBoolean() ? "ask-both" : "ask-twice");
                    }
                    for (String interrupt : pending(thread)) {
                        for (int person = 0; person < PEOPLE; person++) {
                            int who = person;
                            int die = random.nextInt(100);
                            doing.add(people.submit(() -> deeds.add(deed(thread, interrupt, who, die))));
                        }
                    }
                }
                for (Future<?> one : doing) {
                    one.get();
                }
            }
        }
        check(deeds);
    }

    private Deed deed(String thread, String interrupt, int who, int die) {
        Json answer = Json.object(Map.of("ok", Json.of(who % 2 == 0), "who", Json.of(who / 2)));
        if (die < 60) {
            return told(
                    interrupt,
                    "answer",
                    answer,
                    post("/interrupts/" + interrupt + "/resolve", Json.object("answer", answer)));
        }
        if (die < 75) {
            Map<String, Json> named = Map.of("interrupt_id", Json.of(interrupt), "answer", answer);
            return told(interrupt, "answer", answer, post("/threads/" + thread + "/resume", Json.object(named)));
        }
        if (die < 85) {
            Json wrong = Json.of("of the wrong shape");
            return told(
                    interrupt,
                    "wrong",
                    wrong,
                    post("/interrupts/" + interrupt + "/resolve", Json.object("answer", wrong)));
        }
        if (die < 92) {
            return told(
                    interrupt, "reject", Json.NULL, post("/interrupts/" + interrupt + "/reject", Json.EMPTY_OBJECT));
        }
        if (die < 96) {
            return told(interrupt, "cancel", Json.NULL, post("/threads/" + thread + "/cancel", Json.EMPTY_OBJECT));
        }
        return told(interrupt, "supersede", Json.NULL, start(thread, "ask-both"));
    }

    private void check(List<Deed> deeds) {
        Map<String, List<String>> outcomes = new HashMap<>();
        Map<String, Json> stored = new HashMap<>();
        for (int i = 0; i < THREADS; i++) {
            for (Json.Obj event : events(thread(i))) {
                String type = text(event, "type");
                if (List.of("interrupt.resolved", "interrupt.rejected", "interrupt.expired")
                        .contains(type)) {
                    Json.Obj data = (Json.Obj) event.get("data");
                    String id = text(data, "interrupt");
                    outcomes.computeIfAbsent(id, key -> new ArrayList<>()).add(type);
                    if (type.equals("interrupt.resolved")) {
                        stored.put(id, data.get("answer"));
                    }
                }
            }
        }
        assertThat(deeds).as("seed %d", SEED).hasSizeGreaterThan(THREADS * PEOPLE);
        assertThat(outcomes.values()).as("outcomes of each, seed %d", SEED).allMatch(all -> all.size() == 1);
        Map<String, List<Deed>> byInterrupt = new HashMap<>();
        deeds.forEach(deed -> byInterrupt
                .computeIfAbsent(deed.interrupt(), key -> new ArrayList<>())
                .add(deed));
        byInterrupt.forEach((id, all) -> {
            String context = "interrupt " + id + ", seed " + SEED + ": " + all;
            String outcome = outcomes.getOrDefault(id, List.of("none")).getFirst();
            List<Deed> answered = all.stream()
                    .filter(deed -> deed.kind().equals("answer") && deed.isFirst())
                    .toList();
            List<Deed> rejected = all.stream()
                    .filter(deed -> deed.kind().equals("reject") && deed.isFirst())
                    .toList();
            assertThat(answered).as(context).hasSize(outcome.equals("interrupt.resolved") ? 1 : 0);
            assertThat(rejected).as(context).hasSize(outcome.equals("interrupt.rejected") ? 1 : 0);
            for (Deed deed : all) {
                switch (deed.kind()) {
                    case "answer" -> {
                        boolean isStored = deed.answer().equals(stored.get(id));
                        assertThat(deed.status()).as("%s of %s", deed, context).isEqualTo(isStored ? 200 : 409);
                    }
                    case "wrong" ->
                        assertThat(deed.status()).as("%s of %s", deed, context).isIn(422, 409);
                    case "reject" ->
                        assertThat(deed.status()).as("%s of %s", deed, context).isIn(200, 409);
                    default ->
                        assertThat(deed.status()).as("%s of %s", deed, context).isIn(200, 202);
                }
            }
        });
    }

    private static Deed told(String interrupt, String kind, Json answer, Answer told) {
        return new Deed(interrupt, kind, answer, told.status(), told.body());
    }

    private static String thread(int i) {
        return "concurrent-" + SEED + "-" + i;
    }

    private Answer start(String thread, String workflow) {
        return post(
                "/threads/" + thread + "/inputs",
                Json.object(
                        Map.of("workflow", Json.of(workflow), "data", Json.of("go"), "policy", Json.of("interrupt"))));
    }

    private List<String> pending(String thread) {
        Json.Arr all = (Json.Arr) get("/interrupts?thread_id=" + thread).body().get("interrupts");
        return all.items().stream()
                .map(one -> text((Json.Obj) one, "interrupt_id"))
                .toList();
    }

    private List<Json.Obj> events(String thread) {
        List<Json.Obj> all = new ArrayList<>();
        long from = 1;
        while (true) {
            Json.Arr page = (Json.Arr) get("/threads/" + thread + "/events?from=" + from + "&limit=100")
                    .body()
                    .get("events");
            page.items().forEach(event -> all.add((Json.Obj) event));
            if (page.items().isEmpty()) {
                return all;
            }
            from = ((Json.Num) all.getLast().get("seq")).value().longValueExact() + 1;
        }
    }

    private static String text(Json.Obj object, String field) {
        return ((Json.Text) object.get(field)).value();
    }

    private record Answer(int status, Json.Obj body) {}

    private Answer get(String path) {
        return send(HttpRequest.newBuilder(server.resolve(path)).GET());
    }

    private Answer post(String path, Json body) {
        return send(HttpRequest.newBuilder(server.resolve(path + "?wait=decision"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(JsonText.write(body))));
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), (Json.Obj) JsonText.parse(response.body()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
