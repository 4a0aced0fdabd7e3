package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.threadwright.spi.WorkflowProvider;
import dev.threadwright.step.BlockingStepHandler;
import dev.threadwright.step.StepContext;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Write;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler that asks twice and does two things once, on a running server. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class AskingHandlerTest {

    /** How often each effect took place, by thread and name. */
    private static final Map<String, Integer> EFFECTS = new ConcurrentHashMap<>();

    private final String thread = "asking-" + UUID.randomUUID();

    @ApplicationScoped
    static class Clerk implements BlockingStepHandler, WorkflowProvider {

        @Override
        public String name() {
            return "clerk";
        }

        @Override
        public List<Workflow> workflows() {
            return List.of(WorkflowBuilder.workflow("clerk", 1)
                    .channel("told", Reducer.LAST_WRITE_WINS)
                    .action(
                            "serve",
                            "clerk",
                            Step.View::trigger,
                            step -> step.result((view, result) -> Step.Outcome.of(List.of(new Write("told", result)))))
                    .start("serve")
                    .build());
        }

        @Override
        public Json handle(StepContext context) throws Exception {
            Json quoted = context.once("quote", () -> effect(context, "quote"));
            Json name = context.ask(Prompt.of("question", quoted, null));
            Json ordered = context.once("order", () -> effect(context, "order"));
            Json sure = context.ask(Prompt.of("question", ordered, null));
            return Json.array(List.of(quoted, name, ordered, sure));
        }

        private static Json effect(StepContext context, String name) {
            String key = context.thread().thread() + "/" + name;
            return Json.of(name + " " + EFFECTS.merge(key, 1, Integer::sum));
        }
    }

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void isEnteredAgainWithBothAnswersAndItsEffectsTakePlaceOnce() {
        post("/threads/{id}/inputs", "{\"workflow\":\"clerk\",\"data\":{}}")
                .statusCode(202)
                .body("run.status", equalTo("waiting_user"));
        post("/threads/{id}/resume", "{\"answer\":\"Ada\"}")
                .statusCode(202)
                .body("run.status", equalTo("waiting_user"));
        post("/threads/{id}/resume", "{\"answer\":true}")
                .statusCode(200)
                .body("run.status", equalTo("completed"))
                .body("run.values.told", contains("quote 1", "Ada", "order 1", true));

        assertThat(EFFECTS.get(thread + "/quote")).isOne();
        assertThat(EFFECTS.get(thread + "/order")).isOne();
        given().get("/threads/{id}/verify", thread).then().body("sound", equalTo(true));
        given().get("/threads/{id}/events?from=1", thread)
                .then()
                .body("events.findAll { it.type == 'action.requested' }.data.attempt", contains(null, 2, 3))
                .body("events.findAll { it.type == 'action.result_recorded' }.data.name", contains("quote", "order"))
                .body("events.type.toString()", containsString("action.succeeded"));
    }

    private ValidatableResponse post(String path, String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post(path + "?wait=completion", thread)
                .then();
    }
}
