package dev.threadwright.model;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.workflow.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the pieces of an answer as they come, as those of one message, until it is whole or something is wrong. */
final class Pieces implements StreamingChatResponseHandler {

    private final String id;
    private final Consumer<Json> progress;
    private final Set<Integer> named = new HashSet<>();
    private @Nullable ChatResponse response;
    private @Nullable Throwable failure;

    /** @param id of the message */
    Pieces(String id, Consumer<Json> progress) {
        this.id = id;
        this.progress = progress;
    }

    @Override
    public void onPartialResponse(String text) {
        if (failure == null) {
            tell(text, null);
        }
    }

    /** Clients put the pieces of a call together by their index; its id and its name come once. */
    @Override
    public void onPartialToolCall(PartialToolCall piece) {
        if (failure != null) {
            return;
        }
        Map<String, Json> chunk = new LinkedHashMap<>();
        if (named.add(piece.index())) {
            chunk.put("id", piece.id() == null ? Json.NULL : Json.of(piece.id()));
            chunk.put("name", Json.of(piece.name()));
        }
        chunk.put("args", Json.of(piece.partialArguments()));
        chunk.put("index", Json.of(piece.index()));
        chunk.put("type", Json.of("tool_call_chunk"));
        tell("", Json.object(chunk));
    }

    private void tell(String text, @Nullable Json toolCall) {
        Map<String, Json> message = new LinkedHashMap<>();
        message.put("type", Json.of("ai"));
        message.put("id", Json.of(id));
        message.put("content", Json.of(text));
        if (toolCall != null) {
            message.put("tool_call_chunks", Json.array(List.of(toolCall)));
        }
        progress.accept(Json.object("message", Json.object(message)));
    }

    @Override
    public void onCompleteResponse(ChatResponse whole) {
        response = whole;
    }

    @Override
    public void onError(Throwable error) {
        if (failure == null) {
            failure = error;
        }
    }

    /** The stream is read on the thread that asked, so by now there is one or the other. */
    ChatResponse whole() {
        switch (failure) {
            case null -> {}
            case ModelUnavailableException passing -> throw passing;
            case RateLimitedException limited -> throw limited;
            case StepRefusedException refused -> throw refused;
            // The library's own, of what it could not read.
            default ->
                throw new ModelUnavailableException("The model's answer cannot be read: " + failure.getMessage());
        }
        if (response == null) {
            throw new ModelUnavailableException("The model said neither that it was done nor what was wrong");
        }
        return response;
    }
}
