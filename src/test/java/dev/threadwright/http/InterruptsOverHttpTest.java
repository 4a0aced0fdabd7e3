package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs ask, and what people answer. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class InterruptsOverHttpTest {

    private static final String YES = "{'answer': {'ok': true}}";
    private static final String NO = "{'answer': {'ok': false}}";

    private final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    void whoWaitsForCompletionIsToldWhenTheRunStopsForSomebody() {
        String run = start("ask-twice")
                .statusCode(202)
                .body("outcome", equalTo("started"))
                .body("run.status", equalTo("waiting_user"))
                .body("run.values", nullValue())
                .extract()
                .path("run_id");
        given().get("/threads/{id}/runs/{run}", thread, run)
                .then()
                .body("status", equalTo("success"))
                .body("state", nullValue());
        given().get("/threads/{id}", thread).then().body("runs.status", contains("waiting_user"));
        given().get("/threads/{id}", thread)
                .then()
                .body("pending_interrupts", contains(pending()))
                .body("status", equalTo("interrupted"));

        // To the next question within one batch, which leaves the run's status as it was.
        long began = System.nanoTime();
        post("/threads/{id}/resume", thread, YES, "completion")
                .statusCode(202)
                .body("outcome", equalTo("resumed"))
                .body("run.status", equalTo("waiting_user"));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        post("/threads/{id}/resume", thread, NO, "completion")
                .statusCode(200)
                .body("run_id", equalTo(run))
                .body("run.status", equalTo("completed"))
                .body("run.values.one.ok", equalTo(true))
                .body("run.values.two.ok", equalTo(false));
        given().get("/threads/{id}", thread).then().body("pending_interrupts", empty());
    }

    @Test
    void anInterruptIsReadByItsIdWithWhatBecameOfIt() {
        String run = start("ask-twice").extract().path("run_id");
        String id = pending();
        given().get("/interrupts/{id}", id)
                .then()
                .statusCode(200)
                .body("interrupt_id", equalTo(id))
                .body("thread_id", equalTo(thread))
                .body("run_id", equalTo(run))
                .body("step", equalTo("first"))
                .body("kind", equalTo("approval_required"))
                .body("status", equalTo("pending"))
                .body("payload.text", equalTo("first?"))
                .body("schema.required", contains("ok"))
                .body("created_at", notNullValue())
                .body("$", not(hasKey("expires_at")))
                .body("$", not(hasKey("settled_at")))
                .body("$", not(hasKey("answer")));
        resolve(id, YES, "decision").statusCode(200).body("outcome", equalTo("resumed"));
        given().get("/interrupts/{id}", id)
                .then()
                .body("status", equalTo("resolved"))
                .body("answer.ok", equalTo(true))
                .body("by", equalTo("http"))
                .body("via", equalTo("http"))
                .body("settled_at", notNullValue())
                .body("$", not(hasKey("reason")));
        given().get("/interrupts/{id}", "0".repeat(32))
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:interrupt-not-found"));
    }

    @Test
    void nothingToShowAndNoFormOfTheAnswerAreNull() {
        start("ask-freely").statusCode(202);
        given().get("/interrupts/{id}", pending())
                .then()
                .body("$", hasKey("payload"))
                .body("payload", nullValue())
                .body("$", hasKey("schema"))
                .body("schema", nullValue());
        post("/threads/{id}/resume", thread, "{'answer': null}", "completion")
                .statusCode(200)
                .body("run.status", equalTo("completed"));
    }

    @Test
    void aDoubleClickLeavesTheNextQuestionUntouched() {
        start("ask-twice");
        String first = pending();
        answer("{'answer': {'ok': true}, 'id': 'click-1'}").statusCode(200).body("duplicate", equalTo(false));
        String second = pending();
        assertThat(second).isNotEqualTo(first);
        answer("{'answer': {'ok': true}, 'id': 'click-2'}")
                .statusCode(200)
                .body("outcome", equalTo("resumed"))
                .body("duplicate", equalTo(true));
        assertThat(pending()).isEqualTo(second);
    }

    @Test
    void clicksAtTheSameMomentAnswerOneQuestion() {
        start("ask-twice");
        List<CompletableFuture<Integer>> clicks = Stream.of("a", "b", "c", "d")
                .map(id -> CompletableFuture.supplyAsync(() -> answer("{'answer': {'ok': true}, 'id': '" + id + "'}")
                        .extract()
                        .statusCode()))
                .toList();
        assertThat(clicks.stream().map(CompletableFuture::join)).containsOnly(200);
        given().get("/interrupts/{id}", pending()).then().body("step", equalTo("second"));
    }

    @Test
    void aCommandThatComesAgainGetsItsFirstOutcomeWhateverIsPendingNow() {
        start("ask-twice");
        String body = "{'answer': {'ok': true}, 'id': 'k'}";
        int seq = answer(body).statusCode(200).extract().path("seq");
        resolve(pending(), NO, "completion").statusCode(200).body("run.status", equalTo("completed"));
        await().pollDelay(Duration.ofMillis(BareAnswers.DOUBLE_CLICK_MS))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> answer(body)
                        .statusCode(200)
                        .body("duplicate", equalTo(true))
                        .body("seq", equalTo(seq)));
        answer("{'answer': {'ok': false}, 'id': 'k'}")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:conflict"));
    }

    @Test
    void anAnswerOfTheWrongShapeNamesThePlaceAndTheQuestionStays() {
        start("ask-twice");
        String id = pending();
        String wrong = "{'answer': {'ok': 'maybe'}}";
        answer(wrong)
                .statusCode(422)
                .contentType(Problem.MEDIA_TYPE)
                .body("type", equalTo("urn:threadwright:problem:invalid-answer"))
                .body("reason", equalTo("invalid_answer"))
                .body("detail", containsString("/ok"));
        resolve(id, wrong, "decision").statusCode(422).body("detail", containsString("/ok"));
        assertThat(pending()).isEqualTo(id);
        answer(YES).statusCode(200).body("outcome", equalTo("resumed"));
    }

    @Test
    void anInterruptHasOneAnswer() {
        start("ask-twice");
        String id = pending();
        resolve(id, YES, "decision").statusCode(200).body("duplicate", equalTo(false));
        resolve(id, YES, "decision").statusCode(200).body("duplicate", equalTo(true));
        resolve(id, NO, "decision").statusCode(409).body("type", equalTo("urn:threadwright:problem:already-answered"));
        post("/interrupts/{id}/reject", id, "{}", "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:already-answered"));
        // A card that is no longer current, by name: the next question is untouched.
        answer("{'answer': {'ok': false}, 'interrupt_id': '" + id + "'}").statusCode(409);
        given().get("/interrupts/{id}", pending()).then().body("step", equalTo("second"));
    }

    @Test
    void whoComesTooLateIsTold() {
        start("ask-briefly");
        await().untilAsserted(() ->
                list("thread_id={id}&status=all", thread).body("interrupts.status", contains("expired", "pending")));
        String late = list("thread_id={id}&status=expired", thread)
                .body("interrupts[0].answer.ok", equalTo(false))
                .body("interrupts[0].expiry", notNullValue())
                .body("interrupts[0].expires_at", notNullValue())
                .extract()
                .path("interrupts[0].interrupt_id");
        resolve(late, YES, "decision")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:interrupt-expired"));
        post("/interrupts/{id}/reject", late, "{'reason': 'no'}", "decision").statusCode(409);
        list("thread_id={id}", thread).body("interrupts.step", contains("slow"));
    }

    @Test
    void whatHasNoSuchInterruptIsNotFound() {
        String nothing = "0".repeat(32);
        resolve(nothing, YES, "decision")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:interrupt-not-found"));
        post("/interrupts/{id}/reject", nothing, "{}", "decision").statusCode(404);
        resolve("nothing", YES, "decision").statusCode(404);
        // Without waiting, too.
        json(YES).post("/interrupts/{id}/resolve", nothing).then().statusCode(404);
        answer("{'answer': 1, 'interrupt_id': '" + nothing + "'}")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        start("ask-twice");
        answer("{'answer': 1, 'interrupt_id': '" + nothing + "'}")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:interrupt-not-found"));
        answer("{'answer': 1, 'run_id': 'nobody'}")
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:run-not-found"));
    }

    @Test
    void severalAreAnsweredByNameOneByOneOrAtOnce() {
        String run = start("ask-both").extract().path("run_id");
        List<String> ids = list("run_id={run}", run)
                .body("interrupts.step", containsInAnyOrder("left", "right"))
                .extract()
                .path("interrupts.interrupt_id");
        boolean isLeftFirst =
                list("run_id={run}", run).extract().path("interrupts[0].step").equals("left");
        answer(YES)
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:ambiguous"))
                .body("detail", containsString(ids.get(0)))
                .body("detail", containsString(ids.get(1)));
        post(
                        "/threads/{id}/resume",
                        thread,
                        "{'answer': {'" + ids.get(0) + "': {'ok': true}, '" + ids.get(1) + "': {'ok': false}}}",
                        "completion")
                .statusCode(200)
                .body("run.values.one.ok", equalTo(isLeftFirst))
                .body("run.values.two.ok", equalTo(!isLeftFirst));
    }

    @Test
    void oneOfTwoLeavesTheOther() {
        start("ask-both");
        List<String> ids = list("thread_id={id}", thread).extract().path("interrupts.interrupt_id");
        resolve(ids.get(0), YES, "completion").statusCode(202).body("run.status", equalTo("waiting_user"));
        assertThat(pending()).isEqualTo(ids.get(1));
        answer(YES).statusCode(200).body("duplicate", equalTo(true));
        answer("{'answer': {'ok': true}, 'interrupt_id': '" + ids.get(1) + "'}").statusCode(200);
        answer(NO).statusCode(409).body("type", equalTo("urn:threadwright:problem:not-waiting"));
    }

    @Test
    void rejectingCancelsTheRun() {
        String run = start("ask-both").extract().path("run_id");
        List<String> ids = list("thread_id={id}", thread).extract().path("interrupts.interrupt_id");
        post("/interrupts/{id}/reject", ids.get(0), "{'reason': 'Over budget'}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("cancelled"))
                .body("runs", contains(run));
        given().get("/threads/{id}", thread).then().body("runs.status", contains("cancelled"));
        given().get("/interrupts/{id}", ids.get(0))
                .then()
                .body("status", equalTo("rejected"))
                .body("reason", equalTo("Over budget"))
                .body("by", equalTo("http"));
        given().get("/interrupts/{id}", ids.get(1))
                .then()
                .body("status", equalTo("expired"))
                .body("expiry", equalTo("cancelled"));
        given().contentType(ContentType.JSON)
                .post("/interrupts/{id}/reject?wait=decision", ids.get(0))
                .then()
                .statusCode(200)
                .body("outcome", equalTo("unchanged"));
        answer("{'answer': 1, 'run_id': '" + run + "'}")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:run-ended"));
    }

    @Test
    void freeInputAnswersAPersonsQuestionAndNoApproval() {
        String run = start("ask-freely").extract().path("run_id");
        post("/threads/{id}/inputs", thread, "{'data': 'blue'}", "completion")
                .statusCode(200)
                .body("outcome", equalTo("resumed"))
                .body("run_id", equalTo(run))
                .body("run.values.one", equalTo("blue"));
        start("ask-twice");
        String id = pending();
        post("/threads/{id}/inputs", thread, "{'data': {'ok': true}, 'policy': 'reject'}", "decision")
                .statusCode(409);
        post("/threads/{id}/inputs", thread, "{'data': {'ok': true}, 'interrupt_id': '" + id + "'}", "decision")
                .statusCode(200)
                .body("outcome", equalTo("resumed"));
    }

    @Test
    void whatIsSetOnTheThreadAnswersByItself() {
        json("{'thread_id': '" + thread + "', 'approvals': {'approval_required': {'ok': true}}}")
                .post("/threads")
                .then()
                .statusCode(200);
        start("ask-twice").statusCode(202);
        list("thread_id={id}&status=all", thread)
                .body("interrupts.status", containsInAnyOrder("resolved", "pending"))
                .body("interrupts.find { it.step == 'first' }.by", equalTo("policy"));
        // The settings' answer is nobody's click.
        post("/threads/{id}/resume", thread, YES, "completion")
                .statusCode(200)
                .body("run.status", equalTo("completed"));
    }

    @Test
    void interruptsAreListedPageByPageInTheirOrder() {
        String run = start("ask-both").extract().path("run_id");
        for (int i = 0; i < 2; i++) {
            post(
                    "/threads/{id}/inputs",
                    thread,
                    "{'data': {}, 'workflow': 'ask-both', 'policy': 'parallel'}",
                    "completion");
        }
        List<String> all = list("thread_id={id}&limit=100", thread)
                .body("interrupts", hasSize(6))
                .body("next", nullValue())
                .extract()
                .path("interrupts.interrupt_id");
        List<String> paged = new ArrayList<>();
        String after = null;
        do {
            ValidatableResponse page = after == null
                    ? list("thread_id={id}&limit=2", thread)
                    : list("thread_id={id}&limit=2&after={after}", thread, after);
            paged.addAll(page.body("interrupts", hasSize(2)).extract().path("interrupts.interrupt_id"));
            after = page.extract().path("next");
        } while (after != null);
        assertThat(paged).containsExactlyElementsOf(all).doesNotHaveDuplicates();

        resolve(all.getFirst(), YES, "decision").statusCode(200);
        list("thread_id={id}", thread).body("interrupts", hasSize(5));
        list("thread_id={id}&status=resolved", thread).body("interrupts.interrupt_id", contains(all.getFirst()));
        list("thread_id={id}&status=all", thread).body("interrupts", hasSize(6));
        list("thread_id={id}&run_id={run}&status=all", thread, run).body("interrupts", hasSize(2));
        list("thread_id={id}&kind=approval_required", thread).body("interrupts", hasSize(5));
        list("thread_id={id}&kind=sign-off", thread).body("interrupts", empty());
        list("thread_id={id}", "another").body("interrupts", empty());
        list("limit=1").body("interrupts", hasSize(1));
        given().get("/threads/{id}", thread).then().body("pending_interrupts", equalTo(all.subList(1, 6)));
        given().contentType(ContentType.JSON).post("/threads/{id}/cancel?wait=decision", thread);
        given().get("/threads/{id}", thread).then().body("pending_interrupts", empty());
        list("thread_id={id}", thread).body("interrupts", empty());
    }

    @Test
    void aResumeWithoutAnythingToGoOnIsRefused() {
        answer(YES).statusCode(404).body("type", equalTo("urn:threadwright:problem:thread-not-found"));
        post("/threads/{id}/inputs", thread, "{'data': 1}", "completion").statusCode(200);
        answer(YES).statusCode(409).body("type", equalTo("urn:threadwright:problem:not-waiting"));
        start("ask-twice");
        answer("{'continue': true}")
                .statusCode(409)
                .body("type", equalTo("urn:threadwright:problem:not-waiting"))
                .body("detail", containsString(pending()));
        answer("{'update': {'nowhere': 1}}").statusCode(422);
        answer("{'goto': 'nowhere'}").statusCode(422);
    }

    private String pending() {
        return list("thread_id={id}", thread)
                .body("interrupts", hasSize(1))
                .extract()
                .path("interrupts[0].interrupt_id");
    }

    private static ValidatableResponse list(String query, Object... values) {
        return given().get("/interrupts?" + query, values).then().statusCode(200);
    }

    private ValidatableResponse start(String workflow) {
        return post("/threads/{id}/inputs", thread, "{'data': {}, 'workflow': '" + workflow + "'}", "completion");
    }

    private ValidatableResponse answer(String body) {
        return post("/threads/{id}/resume", thread, body, "decision");
    }

    private static ValidatableResponse resolve(String interrupt, String body, String wait) {
        return post("/interrupts/{id}/resolve", interrupt, body, wait);
    }

    private static ValidatableResponse post(String path, String id, String body, String wait) {
        return json(body)
                .post(path + "?timeout=10000&wait={wait}", id, wait)
                .then()
                .log()
                .ifValidationFails();
    }

    private static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}
