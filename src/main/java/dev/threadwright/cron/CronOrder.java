package dev.threadwright.cron;

import java.util.Arrays;
import java.util.List;

/** What a list of crons can be in the order of. */
public enum CronOrder {
    CRON_ID("cron_id", "cron"),
    ASSISTANT_ID("assistant_id", "assistant"),
    THREAD_ID("thread_id", "thread"),
    CREATED_AT("created_at", "created_at_ms"),
    UPDATED_AT("updated_at", "updated_at_ms"),
    NEXT_RUN_DATE("next_run_date", "next_at_ms"),
    END_TIME("end_time", "end_at_ms");

    private final String word;
    private final String column;

    CronOrder(String word, String column) {
        this.word = word;
        this.column = column;
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(order -> order.word).toList();
    }

    /** @param word one of {@link #words} */
    public static CronOrder of(String word) {
        return Arrays.stream(values())
                .filter(order -> order.word.equals(word))
                .findFirst()
                .orElseThrow();
    }

    String column() {
        return column;
    }
}
