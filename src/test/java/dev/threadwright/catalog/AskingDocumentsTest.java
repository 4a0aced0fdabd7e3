package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Outcome;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What documents with interrupts, waits and breakpoints do when they run. */
class AskingDocumentsTest {

    private static final long DAY_MS = 86_400_000;

    private static final String APPROVAL = """
            name: approval
            channels:
              amount: {reducer: last_write_wins, type: integer, default: 0}
              approved: last_write_wins
              by: last_write_wins
              seen: append
            start: approve
            steps:
              approve:
                interrupt: approval_required
                payload: '{"amount": state.amount}'
                schema: {type: object, required: [approved], properties: {approved: {type: boolean}}}
                expires: 24h
                on_expiry: {approved: false, by: nobody}
                goto: 'has(result.then) ? result.then : null'
                next: after
              after: {set: {seen: '"after"'}}
              elsewhere: {set: {seen: '"elsewhere"'}}
            """;

    private static final String PAYMENT = """
            name: payment
            channels:
              amount: {reducer: last_write_wins, type: integer, default: 0}
              paid: last_write_wins
              outcome: last_write_wins
            start: paid
            steps:
              paid:
                wait: payment.settled
                when: event.data.amount >= state.amount
                timeout: 1h
                result: {paid: result.data.amount}
                on_error: late
                next: done
              done: {set: {outcome: '"paid"'}}
              late: {set: {outcome: item.error}}
            """;

    private static final String FIRST_OF_SEVERAL = """
            name: order
            channels: {paid: last_write_wins, reason: last_write_wins, trace: append}
            start: settled
            steps:
              settled:
                wait:
                  - event: payment.settled
                    when: event.data.ok
                    result: {paid: result.data.amount}
                  - {event: order.cancelled, goto: '"stop"'}
                  - {event: '*', when: '"urgent" in event.data', result: {trace: result.type}, goto: '["ship", "stop"]'}
                next: ship
              ship: {set: {trace: '"ship"'}}
              stop: {set: {trace: '"stop"'}}
            """;

    // --- Interrupts --------------------------------------------------------------------------------------------------

    @Test
    void anInterruptAsksWhatTheDocumentSays() {
        Prompt asked = DocumentThread.of(APPROVAL)
                .input("{\"amount\": 7}")
                .asked()
                .getFirst()
                .prompt();

        assertThat(asked)
                .isEqualTo(new Prompt(
                        Prompt.APPROVAL_REQUIRED,
                        JsonText.parse("{\"amount\": 7}"),
                        (Json.Obj)
                                JsonText.parse(
                                        "{\"type\": \"object\", \"required\": [\"approved\"], \"properties\": {\"approved\": {\"type\": \"boolean\"}}}"),
                        DAY_MS,
                        JsonText.parse("{\"approved\": false, \"by\": \"nobody\"}")));
    }

    @Test
    void anInterruptWithoutMoreAsksForAnythingForEver() {
        DocumentThread thread = DocumentThread.of("""
                name: ask
                channels: {x: last_write_wins}
                start: ask
                steps: {ask: {interrupt: a-name-of-my-own, result: {x: result}}}
                """).input("{}");

        assertThat(thread.asked().getFirst().prompt()).isEqualTo(Prompt.of("a-name-of-my-own", Json.NULL, null));
        assertThat(thread.after(1_000 * DAY_MS).status()).isEqualTo("waiting user");
        assertThat(thread.answer("[1, null]").status()).isEqualTo("completed");
        assertThat(thread.channel("x")).isEqualTo(JsonText.parse("[1, null]"));
    }

    @Test
    void theKeysOfAnAnswerThatNameChannelsAreWritten() {
        DocumentThread thread = DocumentThread.of(APPROVAL)
                .input("{\"amount\": 7}")
                .answer("{\"approved\": true, \"by\": \"Ada\", \"more\": 1}");

        assertThat(thread.status()).isEqualTo("completed");
        assertThat(thread.channel("approved")).isEqualTo(Json.TRUE);
        assertThat(thread.channel("by")).isEqualTo(Json.of("Ada"));
        assertThat(thread.steps()).containsExactly("approve", "after");
    }

    @Test
    void expressionsMapAnAnswerBesideTheState() {
        DocumentThread thread = DocumentThread.of("""
                name: ask
                channels: {sum: {reducer: last_write_wins, type: integer, default: 40}}
                start: ask
                steps: {ask: {interrupt: human_in_the_loop, result: {sum: state.sum + result.add}}}
                """).input("{}").answer("{\"add\": 2}");

        assertThat(thread.channel("sum")).isEqualTo(Json.of(42));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"approved": true}                                       | approve,after
            {"approved": true, "then": null}                         | approve,after
            {"approved": true, "then": "elsewhere"}                  | approve,elsewhere
            {"approved": true, "then": ["after", "elsewhere"]}       | approve,after,elsewhere
            {"approved": true, "then": "end"}                        | approve
            """)
    void anAnswerMayChooseWhatFollows(String answer, String steps) {
        assertThat(DocumentThread.of(APPROVAL).input("{}").answer(answer).steps())
                .containsExactly(steps.split(","));
    }

    @Test
    void anAnswerThatDoesNotFitTheSchemaLeavesItPending() {
        DocumentThread thread = DocumentThread.of(APPROVAL).input("{}").answer("{\"approved\": \"yes\"}");

        assertThat(thread.outcome()).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Event.Rejection.INVALID_ANSWER);
            assertThat(rejected.message()).contains("/approved: string found, boolean expected");
        });
        assertThat(thread.asked()).hasSize(1);
        assertThat(thread.answer("{\"approved\": true}").status()).isEqualTo("completed");
    }

    @Test
    void atExpiryTheStepIsToldTheAnswerForThat() {
        DocumentThread thread = DocumentThread.of(APPROVAL).input("{}").after(DAY_MS - 1);
        assertThat(thread.status()).isEqualTo("waiting user");

        assertThat(thread.after(1).status()).isEqualTo("completed");
        assertThat(thread.channel("approved")).isEqualTo(Json.FALSE);
        assertThat(thread.channel("by")).isEqualTo(Json.of("nobody"));
        assertThat(thread.steps()).containsExactly("approve", "after");
    }

    @Test
    void withoutAnAnswerForExpiryTheStepFailsAndItsErrorEdgeIsFollowed() {
        String document = """
                name: ask
                channels: {error: last_write_wins}
                start: ask
                steps:
                  ask: {interrupt: human_in_the_loop, expires: 1h, on_error: late}
                  late: {set: {error: item.error}}
                """;

        DocumentThread late = DocumentThread.of(document).input("{}").after(3_600_000);
        assertThat(late.steps()).containsExactly("ask!", "late");
        assertThat(late.channel("error").toString()).contains("was not answered in time");

        DocumentThread failed = DocumentThread.of(document.replace(", on_error: late", ", next: late"))
                .input("{}");
        assertThat(failed.after(3_600_000).status()).startsWith("failed: ").endsWith("was not answered in time");
    }

    @Test
    void nullIsAnAnswerForExpiryToo() {
        DocumentThread thread = DocumentThread.of("""
                name: ask
                channels: {x: last_write_wins}
                start: ask
                steps: {ask: {interrupt: human_in_the_loop, expires: 1h, on_expiry: null, result: {x: result == null}}}
                """).input("{}").after(3_600_000);

        assertThat(thread.status()).isEqualTo("completed");
        assertThat(thread.channel("x")).isEqualTo(Json.TRUE);
    }

    @Test
    void aUserInputAnswersAHumanInTheLoopAndNoApproval() {
        DocumentThread human = DocumentThread.of(
                        APPROVAL.replace("interrupt: approval_required", "interrupt: human_in_the_loop"))
                .input("{}")
                .input("{\"approved\": true}");
        assertThat(human.outcome()).isInstanceOf(Outcome.Resumed.class);
        assertThat(human.status()).isEqualTo("completed");

        DocumentThread approval = DocumentThread.of(APPROVAL).input("{}").input("{\"approved\": true}");
        assertThat(approval.outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(approval.status()).isEqualTo("waiting user");
    }

    @Test
    void severalQuestionsArePendingAtOnceAndAnsweredById() {
        DocumentThread thread = DocumentThread.of("""
                name: both
                channels: {x: append}
                start: [a, b]
                steps:
                  a: {interrupt: human_in_the_loop, payload: '"a"', result: {x: '"a" + result'}}
                  b: {interrupt: human_in_the_loop, payload: '"b"', result: {x: '"b" + result'}}
                """).input("{}");
        String a = thread.asked().get(0).id().value();
        String b = thread.asked().get(1).id().value();

        assertThat(thread.answer("\"?\"").outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(thread.answer("{\"%s\": \"2\", \"%s\": \"1\"}".formatted(b, a))
                        .status())
                .isEqualTo("completed");
        assertThat(thread.channel("x")).isEqualTo(JsonText.parse("[\"a1\", \"b2\"]"));
    }

    @Test
    void whatCannotBeAskedFailsTheStep() {
        DocumentThread thread = DocumentThread.of(
                        APPROVAL.replace("'{\"amount\": state.amount}'", "input.nothing.there"))
                .input("{}");

        assertThat(thread.status()).startsWith("failed: /steps/approve/payload: ");
    }

    // --- Waits -------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            payment.settled | {"amount": 100}   | completed
            PAYMENT.Settled | {"amount": 250.5} | completed
            payment.settled | {"amount": 99}    | waiting event
            payment.settled | {"amount": "100"} | waiting event
            payment.settled | {}                | waiting event
            payment.settled | null              | waiting event
            payment.failed  | {"amount": 100}   | waiting event
            """)
    void anEventIsTakenIfItsTypeMatchesAndItsConditionHolds(String type, String data, String status) {
        DocumentThread thread =
                DocumentThread.of(PAYMENT).input("{\"amount\": 100}").event(type, data);

        assertThat(thread.status()).isEqualTo(status);
    }

    @Test
    void whatAnEventComesToIsWritten() {
        DocumentThread thread =
                DocumentThread.of(PAYMENT).input("{\"amount\": 100}").event("payment.settled", "{\"amount\": 120}");

        assertThat(thread.channel("paid")).isEqualTo(Json.of(120));
        assertThat(thread.channel("outcome")).isEqualTo(Json.of("paid"));
        assertThat(thread.steps()).containsExactly("paid", "done");
    }

    @Test
    void theKeysOfTheDataThatNameChannelsAreWrittenIfNothingElseIsSaid() {
        DocumentThread thread =
                DocumentThread.of("""
                name: any
                channels: {x: last_write_wins, type: last_write_wins, data: last_write_wins}
                start: any
                steps: {any: {wait: '*'}}
                """).input("{}").event("whatever", "{\"x\": 1, \"y\": 2, \"type\": \"t\"}");

        assertThat(thread.status()).isEqualTo("completed");
        assertThat(thread.channel("x")).isEqualTo(Json.of(1));
        assertThat(thread.channel("type")).isEqualTo(Json.of("t"));
        assertThat(thread.channel("data")).isEqualTo(Json.NULL);
    }

    @Test
    void anyEventIsOneWithoutATypeToo() {
        DocumentThread thread = DocumentThread.of("name: any\nstart: any\nsteps: {any: {wait: '*'}}")
                .input("{}")
                .event(null, "7");

        assertThat(thread.status()).isEqualTo("completed");
    }

    @Test
    void aUserInputIsNoEvent() {
        DocumentThread thread = DocumentThread.of("name: any\nstart: any\nsteps: {any: {wait: '*'}}")
                .input("{}")
                .input("{}");

        assertThat(thread.outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(thread.status()).isEqualTo("waiting event");
    }

    @Test
    void afterItsTimeOutAWaitFailsAndItsErrorEdgeIsFollowed() {
        DocumentThread thread =
                DocumentThread.of(PAYMENT).input("{\"amount\": 100}").after(3_600_000 - 1);
        assertThat(thread.status()).isEqualTo("waiting event");

        assertThat(thread.after(1).status()).isEqualTo("completed");
        assertThat(thread.steps()).containsExactly("paid!", "late");
        assertThat(thread.channel("outcome")).isEqualTo(Json.of("The event did not come in time"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            payment.settled | {"ok": true, "amount": 7}    | settled,ship      | 7    | ["ship"]
            order.cancelled | {"reason": "late"}           | settled,stop      | null | ["stop"]
            order.cancelled | {"urgent": 1}                | settled,stop      | null | ["stop"]
            payment.settled | {"ok": false, "urgent": 1}   | settled,ship,stop | null | ["payment.settled","ship","stop"]
            other           | {"urgent": 1}                | settled,ship,stop | null | ["other","ship","stop"]
            """)
    void theFirstCaseThatTakesAnEventSaysWhatItComesToAndWhereItLeads(
            String type, String data, String steps, String paid, String trace) {
        DocumentThread thread = DocumentThread.of(FIRST_OF_SEVERAL).input("{}").event(type, data);

        assertThat(thread.steps()).containsExactly(steps.split(","));
        assertThat(thread.channel("paid")).isEqualTo(JsonText.parse(paid));
        assertThat(thread.channel("trace")).isEqualTo(JsonText.parse(trace));
    }

    @Test
    void anEventThatNoStepTakesNowOrLaterIsForThePolicy() {
        DocumentThread thread =
                DocumentThread.of(PAYMENT).input("{\"amount\": 100}").event("payment.settled", "{\"amount\": 99}");

        assertThat(thread.outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(thread.status()).isEqualTo("waiting event");
    }

    @Test
    void anEventThatComesBeforeTheRunWaitsIsKeptForIt() {
        DocumentThread thread = DocumentThread.of("""
                name: early
                channels: {amount: last_write_wins}
                start: nap
                steps:
                  nap: {sleep: 1m, next: paid}
                  paid: {wait: payment.settled, when: event.data.amount > 5}
                """).input("{}");

        assertThat(thread.event("payment.settled", "{\"amount\": 1}").outcome()).isInstanceOf(Outcome.Kept.class);
        assertThat(thread.event("payment.settled", "{\"amount\": 7}").kept()).isEqualTo(2);
        assertThat(thread.event("order.shipped", "{}").outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(thread.after(60_000).status()).isEqualTo("completed");
        assertThat(thread.channel("amount")).isEqualTo(Json.of(7));
        assertThat(thread.kept()).as("nobody waits for the other any more").isZero();
    }

    @Test
    void anEventIsKeptOnlyForAStepAheadAndAGotoMayLeadToAnyStep() {
        String exact = """
                name: ahead
                start: {choose: [{when: 'true', to: ask}, {to: elsewhere}]}
                steps:
                  ask: {interrupt: approval_required, next: nap}
                  nap: {sleep: 1m}
                  elsewhere: {wait: payment.settled}
                """;
        String free = exact.replace("next: nap", "goto: result.step");

        assertThat(DocumentThread.of(exact)
                        .input("{}")
                        .event("payment.settled", "{}")
                        .outcome())
                .isInstanceOf(Outcome.Rejected.class);
        assertThat(DocumentThread.of(free)
                        .input("{}")
                        .event("payment.settled", "{}")
                        .outcome())
                .isInstanceOf(Outcome.Kept.class);
    }

    @Test
    void aStepChoosesWhatIsNextOnlyByAGoto() {
        Workflow workflow = Documents.compile("""
                name: chooses
                channels: {x: last_write_wins}
                start: [a, b, c, d, e, f, g, h, i, j]
                steps:
                  a: {set: {x: '1'}}
                  b: {set: {x: '1'}, goto: '"a"'}
                  c: {call: search}
                  d: {call: search, goto: '"a"'}
                  e: {interrupt: ask}
                  f: {interrupt: ask, goto: '"a"'}
                  g: {wait: x}
                  h: {wait: x, goto: '"a"'}
                  i: {wait: [{event: x}, {event: y}]}
                  j: {wait: [{event: x}, {event: y, goto: '"a"'}]}
                  k: {sleep: 1s}
                """);

        assertThat(workflow.steps().values().stream()
                        .filter(Step::choosesNext)
                        .map(Step::name)
                        .toList())
                .containsExactly("b", "d", "f", "h", "j");
        assertThat(workflow.reachableFrom(List.of("e"))).extracting(Step::name).containsExactly("e");
    }

    // --- Breakpoints and compaction ----------------------------------------------------------------------------------

    @Test
    void everyRunStopsAtTheBreakpointsOfTheDocument() {
        DocumentThread thread = DocumentThread.of("""
                name: stops
                channels: {x: append}
                breakpoints: {before: [b], after: ["*"]}
                start: a
                steps:
                  a: {set: {x: '"a"'}, next: b}
                  b: {set: {x: '"b"'}, next: c}
                  c: {set: {x: '"c"'}}
                """).input("{}");

        assertThat(thread.breakpoint()).isEqualTo("after a");
        assertThat(thread.carryOn().breakpoint()).isEqualTo("before b");
        assertThat(thread.steps()).containsExactly("a");
        assertThat(thread.carryOn().breakpoint()).isEqualTo("after b");
        thread.carryOn();
        assertThat(thread.status()).isEqualTo("completed");
        assertThat(thread.channel("x")).isEqualTo(JsonText.parse("[\"a\", \"b\", \"c\"]"));
    }

    @Test
    void theStepOfCompactionRunsWhenThatIsAskedForAndAlone() {
        DocumentThread thread =
                DocumentThread.of("""
                name: compacts
                channels: {notes: append, summary: last_write_wins}
                compaction: summarise
                start: note
                steps:
                  note: {set: {notes: input.text}}
                  summarise: {set: {summary: size(state.notes)}, next: note}
                """).input("{\"text\": \"a\"}").input("{\"text\": \"b\"}");
        assertThat(thread.channel("summary")).isEqualTo(Json.NULL);

        assertThat(thread.compact().status()).isEqualTo("completed");
        assertThat(thread.channel("summary")).isEqualTo(Json.of(2));
        assertThat(thread.steps()).containsExactly("note", "note", "summarise");
    }

    @Test
    void aDocumentWithoutThemHasNoBreakpointsAndNoCompaction() {
        Workflow workflow = Documents.compile("name: plain\nstart: a\nsteps: {a: {sleep: 1s}}");

        assertThat(workflow.breakpoints().isEmpty()).isTrue();
        assertThat(workflow.compaction()).isNull();
    }

    // --- Examples ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"approved": true}                       | 1200 | paid     | null
            {"approved": true, "note": "now"}        | 1300 | paid     | "now"
            {"approved": false}                      |      | declined | null
            {"approved": false, "note": "too dear"}  |      | declined | "too dear"
            """)
    void theApprovalExampleRoutesOnTheAnswer(String answer, String paid, String status, String note)
            throws IOException {
        DocumentThread thread = DocumentThread.of(ExamplesTest.example("approval"))
                .input("{\"item\": \"bolt\", \"count\": 3, \"price\": 400}");
        assertThat(thread.asked().getFirst().prompt().payload())
                .isEqualTo(JsonText.parse("{\"item\": \"bolt\", \"count\": 3, \"cents\": 1200}"));

        thread.answer(answer);
        if (paid != null) {
            assertThat(thread.event("payment.settled", "{\"amount\": 1199}").status())
                    .isEqualTo("waiting event");
            thread.event("payment.settled", "{\"amount\": " + paid + "}");
        }
        assertThat(thread.status()).isEqualTo("completed");
        assertThat(thread.channel("status")).isEqualTo(Json.of(status));
        assertThat(thread.channel("note")).isEqualTo(JsonText.parse(note));
    }

    @Test
    void theApprovalExampleDeclinesAfterADayAndGivesUpWhatIsNotPaid() throws IOException {
        Workflow example = ExamplesTest.example("approval");
        String order = "{\"item\": \"bolt\", \"price\": 400}";

        DocumentThread declined = DocumentThread.of(example).input(order).after(DAY_MS);
        assertThat(declined.channel("status")).isEqualTo(Json.of("declined"));
        assertThat(declined.channel("note")).isEqualTo(Json.of("nobody decided in time"));

        DocumentThread unpaid = DocumentThread.of(example)
                .input(order)
                .answer("{\"approved\": true}")
                .after(7 * DAY_MS);
        assertThat(unpaid.status()).isEqualTo("completed");
        assertThat(unpaid.channel("status")).isEqualTo(Json.of("not paid in time"));
    }

    @Test
    void theAssistantExampleAsksUntilItIsToldANumber() throws IOException {
        DocumentThread thread = DocumentThread.of(ExamplesTest.example("assistant"))
                .input("{\"text\": \"A table, please\"}")
                .input("{\"text\": \"four\"}");
        assertThat(thread.status()).isEqualTo("waiting user");
        assertThat(thread.input("{\"text\": 4}").outcome()).isInstanceOf(Outcome.Rejected.class);

        assertThat(thread.input("{\"text\": \"4\"}").status()).isEqualTo("completed");
        assertThat(((Json.Arr) thread.channel("messages"))
                        .items().stream()
                                .map(message -> ((Json.Obj) message).get("content"))
                                .toList())
                .isEqualTo(List.of(
                        Json.of("A table, please"),
                        Json.of("For how many?"),
                        Json.of("four"),
                        Json.of("For how many?"),
                        Json.of("4"),
                        Json.of("A table for 4 it is.")));
        assertThat(thread.channel("guests")).isEqualTo(Json.of("4"));
    }

    // --- The page ----------------------------------------------------------------------------------------------------

    @Test
    void thePagesRefundIsApprovedOrNot() throws IOException {
        DocumentThread thread = page("refund").input("{\"cents\": 5, \"why\": \"broken\"}");
        assertThat(thread.asked().getFirst().prompt().payload())
                .isEqualTo(JsonText.parse("{\"cents\": 5, \"why\": \"broken\"}"));

        assertThat(thread.answer("{\"approved\": true}").channel("done")).isEqualTo(Json.TRUE);
        assertThat(page("refund").input("{\"why\": \"\"}").after(DAY_MS).steps())
                .containsExactly("approve");
    }

    @Test
    void thePagesPaymentIsPackedCancelledOrReminded() throws IOException {
        String paid = "{\"amount\": 7}";

        assertThat(page("payment")
                        .input("{\"cents\": 7}")
                        .event("Payment.Settled", paid)
                        .event("order.packed", "{}")
                        .channel("status"))
                .isEqualTo(Json.of("shipped"));
        assertThat(page("payment")
                        .input("{\"cents\": 7}")
                        .event("order.cancelled", "{}")
                        .event("order.cancelled", "{\"reason\": \"early\"}")
                        .event("payment.settled", paid)
                        .channel("status"))
                .as("the early event that its case takes")
                .isEqualTo(Json.of("early"));
        assertThat(page("payment").input("{\"cents\": 7}").after(7 * DAY_MS).channel("status"))
                .isEqualTo(Json.of("The event did not come in time"));
    }

    @Test
    void thePagesCarefulRunStopsBeforeItSendsAndCompactsToWhatTheAssistantSaid() throws IOException {
        DocumentThread thread = page("careful").input("{\"text\": \"hi\"}");
        assertThat(thread.breakpoint()).isEqualTo("before send");
        assertThat(thread.carryOn().status()).isEqualTo("completed");

        assertThat(((Json.Arr) thread.channel("messages")).items()).hasSize(2);
        assertThat(thread.compact().status()).isEqualTo("completed");
        assertThat(((Json.Arr) thread.channel("messages")).items())
                .singleElement()
                .extracting(message -> ((Json.Obj) message).get("content"))
                .isEqualTo(Json.of("a draft"));
    }

    private static DocumentThread page(String name) throws IOException {
        return DocumentThread.of(WorkflowDocsTest.documents()
                .filter(document -> document.startsWith("name: " + name + "\n"))
                .findFirst()
                .orElseThrow());
    }
}
