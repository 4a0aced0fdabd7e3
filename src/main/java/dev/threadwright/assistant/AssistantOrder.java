package dev.threadwright.assistant;

import java.util.Arrays;
import java.util.List;

/** What a list of assistants can be in the order of. */
public enum AssistantOrder {
    ASSISTANT_ID("assistant_id", "assistant"),
    GRAPH_ID("graph_id", "graph collate \"C\""),
    NAME("name", "name collate \"C\""),
    CREATED_AT("created_at", "created_at_ms"),
    UPDATED_AT("updated_at", "updated_at_ms");

    private final String word;
    private final String column;

    AssistantOrder(String word, String column) {
        this.word = word;
        this.column = column;
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(order -> order.word).toList();
    }

    /** @param word one of {@link #words} */
    public static AssistantOrder of(String word) {
        return Arrays.stream(values())
                .filter(order -> order.word.equals(word))
                .findFirst()
                .orElseThrow();
    }

    String column() {
        return column;
    }
}
