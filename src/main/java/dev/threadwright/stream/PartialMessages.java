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

    /** A text that has been told, by its length and hash; as long as that of many, and not kept. */
    private record Told(int length, int hash) {
        Told and(String text) {
            int next = hash;
            for (int i = 0; i < text.length(); i++) {
                next = 31 * next + text.charAt(i);
            }
            return new Told(length + text.length(), next);
        }

        boolean isAll(String text) {
            return length == text.length() && hash == text.hashCode();
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
            byId.merge(
                    id(message), new Told(0, 0).and(content(message)), (told, ignored) -> told.and(content(message)));
        }
    }

    /** Whether the frame has a message that was told in pieces, all of them. */
    boolean covers(StreamFrame frame) {
        if (byId.isEmpty() || frame.mode() != Mode.MESSAGES_TUPLE || !(message(frame) instanceof Json.Obj message)) {
            return false;
        }
        Told told = byId.remove(id(message));
        return told != null && told.isAll(content(message));
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
