package dev.threadwright.sealing;

/**
 * What is sealed. Tables that a row is copied to share a column with the one that it is copied from: what began a leg is its
 * run's, and a dead letter is what the outbox has.
 */
public enum SealedColumn {
    EVENTS("decision.events"),
    STATE("snapshot.state"),
    RESULT("outcome.result"),
    OUTPUT("run.output"),
    ERROR("leg.error"),
    REQUEST("leg.request"),
    ENDING("leg.ending"),
    PROMPT("interrupt.prompt"),
    SETTLEMENT("interrupt.settlement"),
    HEADERS("outbox.headers"),
    VALUE("outbox.value"),
    REASON("outbox.reason"),
    SET_ASIDE("thread_set_aside.error");

    private final String word;

    SealedColumn(String word) {
        this.word = word;
    }

    /** Part of what is sealed: never to be changed. */
    String word() {
        return word;
    }
}
