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
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.EmbeddedServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What runs ask, and what people answer. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class InterruptsOverHttpTest extends InterruptsContract {

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
}
