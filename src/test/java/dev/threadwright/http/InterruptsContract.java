package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.threadwright.testing.Readiness;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs ask, and what people answer, is read back, whether it is sealed or not. */
abstract class InterruptsContract {

    static final String YES = "{'answer': {'ok': true}}";
    static final String NO = "{'answer': {'ok': false}}";

    final String thread = "t-" + UUID.randomUUID();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
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

    String pending() {
        return list("thread_id={id}", thread)
                .body("interrupts", hasSize(1))
                .extract()
                .path("interrupts[0].interrupt_id");
    }

    static ValidatableResponse list(String query, Object... values) {
        return given().get("/interrupts?" + query, values).then().statusCode(200);
    }

    ValidatableResponse start(String workflow) {
        return post("/threads/{id}/inputs", thread, "{'data': {}, 'workflow': '" + workflow + "'}", "completion");
    }

    ValidatableResponse answer(String body) {
        return post("/threads/{id}/resume", thread, body, "decision");
    }

    static ValidatableResponse resolve(String interrupt, String body, String wait) {
        return post("/interrupts/{id}/resolve", interrupt, body, wait);
    }

    static ValidatableResponse post(String path, String id, String body, String wait) {
        return json(body)
                .post(path + "?timeout=10000&wait={wait}", id, wait)
                .then()
                .log()
                .ifValidationFails();
    }

    static RequestSpecification json(String body) {
        return given().contentType(ContentType.JSON).body(body.replace('\'', '"'));
    }
}
