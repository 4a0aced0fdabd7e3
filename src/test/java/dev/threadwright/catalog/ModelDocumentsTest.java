package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What documents with models and tools do when they run; what models say is made up. */
class ModelDocumentsTest {

    private static final String TOOLS = """
            name: tools
            channels: {messages: messages}
            input: {messages: input.text}
            tools:
              search:
                description: Searches.
                parameters: {type: object, required: [q], properties: {q: {type: string}}}
                retry: {max: 0}
              sum: {description: Adds up., call: calculator}
            start: think
            steps:
              think:
                model: default
                system: '"Be brief"'
                tools: [search, sum]
                next: {each: 'state.messages[size(state.messages) - 1].tool_calls', to: act, otherwise: end}
              act: {tool: item, allow: [search], next: think}
            """;

    @Test
    void aModelIsAskedForWhatTheChannelHoldsWithoutJournalingItAnew() {
        DocumentThread thread = DocumentThread.of(TOOLS).input("{\"text\": \"Hi\"}");

        assertThat(thread.requested()).containsExactly("chat {\"model\":\"default\",\"system\":\"Be brief\"}");
        thread.succeed(answer());
        assertThat(thread.status()).isEqualTo("completed");
        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done");
    }

    @Test
    void eachCallIsAnActionAndItsResultAMessage() {
        DocumentThread thread = DocumentThread.of(TOOLS)
                .input("{\"text\": \"Hi\"}")
                .succeed(answer(call("c1", "search", "{\"q\": \"a\"}"), call("c2", "search", "{\"q\": \"b\"}")));

        assertThat(thread.requested()).containsExactly("search {\"q\":\"a\"}", "search {\"q\":\"b\"}");
        thread.succeed("{\"hits\": 2}").succeed("\"none\"");
        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done tool:{\"hits\":2} tool:none");
        assertThat(message(thread, 2).get("tool_call_id")).isEqualTo(Json.of("c1"));
        assertThat(message(thread, 2).get("name")).isEqualTo(Json.of("search"));
        assertThat(thread.requested()).hasSize(1);
    }

    @Test
    void whatIsNotAllowedIsDeniedNotExecutedAndToldToTheModel() {
        DocumentThread thread = DocumentThread.of(TOOLS)
                .input("{\"text\": \"Hi\"}")
                .succeed(answer(call("c1", "sum", "{}"), call("c2", "search", "{\"q\": \"b\"}")));

        assertThat(thread.denied()).containsExactly("sum");
        assertThat(thread.requested()).containsExactly("search {\"q\":\"b\"}");
        thread.succeed("1");
        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done tool:Error: \"sum\" is not allowed here tool:1");
        assertThat(message(thread, 2).get("status")).isEqualTo(Json.of("error"));
        assertThat(thread.steps()).containsExactly("think", "act", "act");
    }

    @Test
    void argumentsThatDoNotFitAreToldToTheModelAndCallNothing() {
        DocumentThread thread = DocumentThread.of(TOOLS)
                .input("{\"text\": \"Hi\"}")
                .succeed(answer(call("c1", "search", "{\"q\": 7}")));

        assertThat(roles(thread))
                .isEqualTo(
                        "user:Hi ai:Done tool:Error: The arguments do not fit the parameters of \"search\": /q: integer"
                                + " found, string expected");
        assertThat(thread.requested()).containsExactly("chat {\"model\":\"default\",\"system\":\"Be brief\"}");
    }

    @Test
    void aToolThatFailsIsToldToTheModel() {
        DocumentThread thread = DocumentThread.of(TOOLS)
                .input("{\"text\": \"Hi\"}")
                .succeed(answer(call("c1", "search", "{\"q\": \"a\"}")))
                .fail("out of order");

        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done tool:Error: out of order");
        thread.succeed(answer());
        assertThat(thread.status()).isEqualTo("completed");
    }

    @Test
    void whatHasAnEdgeForErrorsFollowsIt() {
        DocumentThread thread = DocumentThread.of(TOOLS.replace("next: think}", "next: think, on_error: oops}")
                        + "  oops: {set: {messages: '\"Oops: \" + item.error'}}\n")
                .input("{\"text\": \"Hi\"}")
                .succeed(answer(call("c1", "sum", "{}")));

        assertThat(thread.steps()).containsExactly("think", "act!", "oops");
        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done user:Oops: \"sum\" is not allowed here");
    }

    @Test
    void whatIsNoCallFailsTheStep() {
        DocumentThread thread =
                DocumentThread.of(TOOLS).input("{\"text\": \"Hi\"}").succeed(answer("{\"id\": \"c1\"}"));

        assertThat(roles(thread)).isEqualTo("user:Hi ai:Done tool:Error: There is no tool call with a name");
    }

    @Test
    void aModelThatCannotBeAskedFailsTheRun() {
        DocumentThread thread =
                DocumentThread.of(TOOLS).input("{\"text\": \"Hi\"}").fail("There is no model");

        assertThat(thread.status()).isEqualTo("failed: There is no model");
    }

    @Test
    void theExampleRefundsOnlyWithAnApproval() throws IOException {
        DocumentThread thread = DocumentThread.of(ExamplesTest.example("agent"))
                .input("{\"text\": \"Refund A-17\"}")
                .succeed(answer(call("c1", "find_order", "{\"number\": \"A-17\"}")))
                .succeed("{\"cents\": 1200}")
                .succeed(answer(call("c2", "refund", "{\"number\": \"A-17\", \"cents\": 1200}")));

        assertThat(thread.status()).isEqualTo("waiting user");
        assertThat(thread.requested()).isEmpty();
        assertThat(thread.asked().getFirst().prompt().kind()).isEqualTo("approval_required");
        thread.answer("{\"approved\": true}");
        assertThat(thread.requested()).containsExactly("refund {\"number\":\"A-17\",\"cents\":1200}");
        thread.succeed("{\"refunded_cents\": 1200}").succeed(answer());
        assertThat(thread.status()).isEqualTo("completed");
    }

    @Test
    void theExampleTellsTheModelOfWhatWasDeclined() throws IOException {
        DocumentThread thread = DocumentThread.of(ExamplesTest.example("agent"))
                .input("{\"messages\": [{\"type\": \"human\", \"content\": \"Refund A-17\"}]}")
                .succeed(answer(call("c2", "refund", "{\"number\": \"A-17\", \"cents\": 1200}")))
                .answer("{\"approved\": false}");

        assertThat(thread.requested()).hasSize(1).first().asString().startsWith("chat ");
        assertThat(message(thread, 2).get("content")).isEqualTo(Json.of("Declined: nobody approved of it"));
        thread.succeed(answer());
        assertThat(thread.status()).isEqualTo("completed");
    }

    @Test
    void theExampleDoesNotRefundWhatWasNotAskedAbout() throws IOException {
        DocumentThread thread = DocumentThread.of(ExamplesTest.example("agent"))
                .input("{\"text\": \"Delete A-17\"}")
                .succeed(answer(call("c1", "delete_order", "{\"number\": \"A-17\"}")));

        assertThat(thread.denied()).containsExactly("delete_order");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            tools: [search, sum]  | tools: [search, dig]                    | /steps/think/tools/1: there is no tool "dig"; declare it under tools
            allow: [search]       | allow: [dig]                            | /steps/act/allow/0: there is no tool "dig"; declare it under tools
            allow: [search]       | label: x                                | /steps/act: has a missing property 'allow'
            call: calculator      | call: abacus                            |
            allow: [search]       | allow: [gone]                           | /steps/act/allow/0: there is no tool "gone"; declare it under tools
            messages: messages    | messages: append                        | /steps/think: needs a channel "messages" with the reducer messages, or another one that is the only such
            model: default        | model: default; payload: input          | /steps/think/payload: does not go with model
            system: '"Be brief"'  | schema: {type: nothing}                 | /steps/think/schema: is no JSON Schema
            system: '"Be brief"'  | temperature: 3                          | /steps/think/temperature: must have a maximum value of 2
            system: '"Be brief"'  | max_tokens: 0                           | /steps/think/max_tokens: must have a minimum value of 1
            parameters: {type: object, | parameters: {type: 7,              | /tools/search/parameters: is no JSON Schema
            """)
    void whatIsWrongIsSaidWithItsPlace(String there, String instead, String expected) {
        String document = TOOLS.replace(there, instead.replace("; ", "\n    "));
        String problems = Documents.problems(DocumentReader.read(document)).toString();

        if (expected == null) {
            assertThat(problems).isEqualTo("[]");
        } else {
            assertThat(problems).contains(expected.substring(expected.indexOf(": ") + 2));
            assertThat(problems).contains(expected.substring(0, expected.indexOf(": ")));
        }
    }

    private static String answer(String... calls) {
        return "{\"message\": {\"type\": \"ai\", \"content\": \"Done\", \"tool_calls\": [" + String.join(", ", calls)
                + "]}, \"usage\": {}, \"finish_reason\": \"stop\"}";
    }

    private static String call(String id, String name, String args) {
        return "{\"id\": \"" + id + "\", \"name\": \"" + name + "\", \"args\": " + args + ", \"type\": \"tool_call\"}";
    }

    private static Json.Obj message(DocumentThread thread, int index) {
        return (Json.Obj) ((Json.Arr) thread.channel("messages")).items().get(index);
    }

    private static String roles(DocumentThread thread) {
        StringBuilder roles = new StringBuilder();
        for (Json item : ((Json.Arr) thread.channel("messages")).items()) {
            Json.Obj message = (Json.Obj) item;
            Json kind = message.get("type") == null ? message.get("role") : message.get("type");
            Json content = message.get("content");
            roles.append(roles.isEmpty() ? "" : " ")
                    .append(((Json.Text) kind).value())
                    .append(':')
                    .append(content instanceof Json.Text text ? text.value() : JsonText.write(content));
        }
        return roles.toString();
    }
}
