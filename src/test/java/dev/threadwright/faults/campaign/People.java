package dev.threadwright.faults.campaign;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Two persons who answer every question, differently and at once, and click twice. */
final class People {
    private final Sender sender;
    private final AtomicInteger asked = new AtomicInteger();

    People(Sender sender) {
        this.sender = sender;
    }

    int asked() {
        return asked.get();
    }

    void ask(String thread, String interrupt) {
        asked.incrementAndGet();
        answer(thread, interrupt, "ann", "true");
        answer(thread, interrupt, "bob", "false");
        answer(thread, interrupt, "ann", "true");
    }

    private void answer(String thread, String interrupt, String who, String json) {
        sender.insist(
                Load.INPUT,
                thread,
                "{\"answer\":" + json + "}",
                Map.of(
                        "id",
                        who + "-" + interrupt,
                        "type",
                        "dev.threadwright.run.resume.v1",
                        "interruptid",
                        interrupt));
    }
}
