package dev.threadwright.thread;

import java.util.function.Supplier;

/** Names messages that are written without an id after who writes them, so that a decision made again names them alike. */
final class MessageIds {

    private MessageIds() {}

    /** @param writer unique on the thread */
    static Supplier<String> of(String writer) {
        int[] next = {0};
        return () -> writer + "-" + next[0]++;
    }
}
