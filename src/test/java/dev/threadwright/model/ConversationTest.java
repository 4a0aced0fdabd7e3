package dev.threadwright.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.threadwright.json.JsonText;
import dev.threadwright.step.StepRefusedException;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row is a channel of messages, in short, and what a model is asked of it. */
class ConversationTest {

    private static final String CALL =
            "{'type': 'ai', 'content': '', 'tool_calls': [{'id': 'c', 'name': 'find', 'args': {}}]}";
    private static final String RESULT = "{'type': 'tool', 'tool_call_id': 'c', 'name': 'find', 'content': 'found'}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'role': 'user', 'content': 'Hi'}                                          | user Hi
            {'type': 'human', 'content': [{'type': 'text', 'text': 'Hi'}]}             | user Hi
            {'type': 'message', 'role': 'user', 'content': 'Hi'}                       | user Hi
            {'content': 'Hi'}                                                          | user Hi
            {'role': 'developer', 'content': 'Be brief'}, HI                           | system Be brief, user Hi
            HI, {'role': 'assistant', 'content': 'Ho'}, {'type': 'ai', 'content': ''}  | user Hi, ai Ho
            HI, {'role': 'user', 'content': ' '}                                       | user Hi
            HI, CALL, RESULT                                                           | user Hi, ai  find(c), c: found
            HI, CALL, HI, RESULT                                                       | user Hi, ai  find(c), c: found, user Hi
            HI, CALL, HI                                                               | user Hi, ai  find(c), c: There is no result: the call was not carried out, user Hi
            HI, RESULT                                                                 | user Hi
            HI, {'role': 'assistant', 'tool_calls': [{'id': 'c', 'function': {'name': 'find', 'arguments': '{}'}}]}, RESULT | user Hi, ai  find(c), c: found
            """)
    void isAskedInAFormThatModelsTake(String messages, String expected) {
        assertThat(asked(messages)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                         | There is no message to ask a model
            {'role': 'system', 'content': 'Be brief'}                  | There is no message to ask a model
            HI, 7                                                      | messages[1] is no object
            {'type': 'riddle', 'content': 'Hi'}                        | messages[0] is of no kind that models know: riddle
            {'role': 'user', 'content': 7}                             | messages[0] has a content that is neither a text nor a list
            {'role': 'user', 'content': [{'type': 'audio'}]}           | messages[0] has a block that is neither text nor image_url
            {'role': 'user', 'content': [{'image_url': {}}]}           | messages[0] has an image without a url
            {'role': 'user', 'content': [{'image_url': 'a b'}]}        | messages[0] has an image whose url is none
            {'role': 'assistant', 'content': [{'image_url': 'x:y'}]}   | messages[0] has more than text, which only people's messages may have
            {'role': 'assistant', 'tool_calls': [{'name': 'find'}]}    | messages[0] has a tool call without an id or a name
            """)
    void whatCannotBeAskedIsNamed(String messages, String expected) {
        assertThatThrownBy(() -> asked(messages))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessage(expected);
    }

    private static String asked(String messages) {
        String json = "["
                + messages.replace("HI", "{'role': 'user', 'content': 'Hi'}")
                        .replace("CALL", CALL)
                        .replace("RESULT", RESULT)
                        .replace('\'', '"')
                + "]";
        return Conversation.of(null, JsonText.parse(json)).stream()
                .map(ConversationTest::words)
                .collect(Collectors.joining(", "));
    }

    private static String words(ChatMessage message) {
        return switch (message) {
            case UserMessage user -> "user " + user.singleText();
            case SystemMessage system -> "system " + system.text();
            case AiMessage ai ->
                "ai " + (ai.text() == null ? "" : ai.text())
                        + ai.toolExecutionRequests().stream()
                                .map(call -> " " + call.name() + "(" + call.id() + ")")
                                .collect(Collectors.joining());
            case ToolExecutionResultMessage result -> result.id() + ": " + result.text();
            default -> throw new AssertionError(message);
        };
    }
}
