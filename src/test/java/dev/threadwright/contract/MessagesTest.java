package dev.threadwright.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesTest {

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            {"role": "user", "id": "1", "content": "Hi"}      => {"type": "human", "role": "user", "id": "1", "content": "Hi"}
            {"role": "assistant", "id": "1", "content": "Hi"} => {"type": "ai", "role": "assistant", "id": "1", "content": "Hi"}
            {"role": "developer", "id": "1", "content": ""}   => {"type": "system", "role": "developer", "id": "1", "content": ""}
            {"role": "tool", "id": "1", "content": "4", "tool_call_id": "c"} => {"type": "tool", "role": "tool", "id": "1", "content": "4", "tool_call_id": "c"}
            {"type": "ai", "id": "1", "content": [{"type": "text", "text": "x"}]} => {"type": "ai", "id": "1", "content": [{"type": "text", "text": "x"}]}
            {"type": "user", "id": "1", "content": ""}        => {"type": "human", "id": "1", "content": ""}
            {"id": "1", "role": "assistant"}                  => {"type": "ai", "role": "assistant", "id": "1", "content": ""}
            {"id": "1", "content": 7}                         => {"type": "human", "id": "1", "content": 7}
            {"id": "1", "role": "critic", "content": ""}      => {"type": "critic", "id": "1", "role": "critic", "content": ""}
            """)
    void aMessageHasWhatClientsNeed(String stored, String shown) {
        assertThat(Messages.view("messages", JsonText.parse("[" + stored + "]")))
                .isEqualTo(JsonText.parse("[" + shown + "]"));
    }

    @Test
    void callsOfToolsHaveTheirArgumentsAsAnObject() {
        Json stored = JsonText.parse("""
                [{"id": "1", "role": "assistant", "tool_calls": [
                  {"id": "a", "type": "function", "function": {"name": "add", "arguments": "{\\"by\\": 1}"}},
                  {"id": "b", "type": "function", "function": {"name": "stop"}},
                  {"id": "c", "type": "function", "function": {"name": "broken", "arguments": "{"}},
                  {"id": "d", "name": "done", "args": {}, "type": "tool_call"}]}]""");
        Json.Obj message =
                (Json.Obj) ((Json.Arr) Messages.view("m", stored)).items().getFirst();
        assertThat(message.get("tool_calls")).isEqualTo(JsonText.parse("""
                [{"id": "a", "name": "add", "args": {"by": 1}, "type": "tool_call"},
                 {"id": "b", "name": "stop", "args": {}, "type": "tool_call"},
                 {"id": "d", "name": "done", "args": {}, "type": "tool_call"}]"""));
        assertThat(message.get("invalid_tool_calls")).isEqualTo(JsonText.parse("""
                [{"id": "c", "name": "broken", "args": "{", "error": "The arguments are not a JSON object",
                  "type": "invalid_tool_call"}]"""));
    }

    @Test
    void anIdThatIsMissingIsTheSameAtEveryReadAndAnotherForEachMessage() {
        Json stored = JsonText.parse("""
                [{"role": "user", "content": "Hi"}, {"content": "Hi", "role": "user"}, {"role": "user", "content": "Ho"}]""");
        Json first = Messages.view("messages", stored);
        assertThat(first).isEqualTo(Messages.view("messages", stored));
        assertThat(((Json.Arr) first).items().stream().map(message -> ((Json.Obj) message).get("id")))
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allMatch(Json.Text.class::isInstance);
    }

    @Test
    void onlyChannelsOfMessagesAreShownAsMessages() {
        Json list = JsonText.parse("[{\"role\": \"user\", \"id\": \"1\", \"content\": \"Hi\"}]");
        Channels channels = Channels.EMPTY.apply(List.of(
                new Change("messages", Reducer.MESSAGES, list), new Change("other", Reducer.LAST_WRITE_WINS, list)));
        Json.Obj values = StateView.values(channels);
        assertThat(values.get("other")).isEqualTo(list);
        assertThat(values.get("messages"))
                .isEqualTo(JsonText.parse(
                        "[{\"type\": \"human\", \"role\": \"user\", \"id\": \"1\", \"content\": \"Hi\"}]"));
    }

    @Test
    void whatIsNoMessageIsShownAsItIs() {
        assertThat(Messages.view("m", Json.NULL)).isEqualTo(Json.NULL);
        assertThat(Messages.view("m", JsonText.parse("[1]"))).isEqualTo(JsonText.parse("[1]"));
    }
}
