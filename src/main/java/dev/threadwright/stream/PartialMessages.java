package dev.threadwright.stream;

import dev.threadwright.contract.Mode;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one client has been told of messages while they were written. Clients append what they are told of a message to what they
 * have of it: a whole one that they have in pieces is not told them again.
 */
final class PartialMessages {

    /** Of messages that are being written; of more, the first is forgotten, and told whole. */
    static final int MAX = 64;

    /**
     * What has been told of a message. Its text by length and hash, so that it need not be kept.
     *
     * @param calls of tools, by their beginnings
     */
    private record Told(int length, int hash, int calls) {
        static final Told NOTHING = new Told(0, 0, 0);

        Told and(Json.Obj piece) {
            String text = content(piece);
            int next = hash;
            for (int i = 0; i < text.length(); i++) {
                next = 31 * next + text.charAt(i);
            }
            return new Told(length + text.length(), next, calls + begun(piece));
        }

        boolean isAll(Json.Obj message) {
            String text = content(message);
            int whole = message.get("tool_calls") instanceof Json.Arr all
                    ? all.items().size()
                    : 0;
            return length == text.length() && hash == text.hashCode() && calls == whole;
        }

        private static int begun(Json.Obj piece) {
            return piece.get("tool_call_chunks") instanceof Json.Arr chunks
                    ? (int) chunks.items().stream()
                            .filter(chunk -> chunk instanceof Json.Obj call && call.get("name") instanceof Json.Text)
                            .count()
                    : 0;
        }
    }

    @SuppressWarnings("serial") // never serialized
    private final Map<String, Told> byId = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
            return size() > MAX;
        }
    };

    /** A frame of a handler's progress was told. */
    void told(StreamFrame frame) {
        if (frame.mode() == Mode.MESSAGES_TUPLE && message(frame) instanceof Json.Obj message) {
            byId.put(id(message), byId.getOrDefault(id(message), Told.NOTHING).and(message));
        }
    }

    /** Whether the frame has a message that was told in pieces, all of them. */
    boolean covers(StreamFrame frame) {
        if (byId.isEmpty() || frame.mode() != Mode.MESSAGES_TUPLE || !(message(frame) instanceof Json.Obj message)) {
            return false;
        }
        Told told = byId.remove(id(message));
        return told != null && told.isAll(message);
    }

    private static Json message(StreamFrame frame) {
        return frame.data().get() instanceof Json.Arr pair ? pair.items().getFirst() : Json.NULL;
    }

    private static String id(Json.Obj message) {
        return message.get("id") instanceof Json.Text id ? id.value() : "";
    }

    private static String content(Json.Obj message) {
        return message.get("content") instanceof Json.Text text ? text.value() : "";
    }
}
