package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether two commands with one identity ask the same. */
class ContentHashTest {

    @Test
    void theSameContentInOtherWordsHasTheSameHash() {
        String hash = hash(
                input("{\"a\":1,\"b\":[true,{\"c\":\"\u00e9\",\"d\":100}]}").ce("policy", "queue"));

        assertThat(hash(input("{ \"b\" : [true, {\"d\":1e2,\"c\":\"\\u00e9\"} ], \"a\":1.0 }")
                        .ce("policy", "{\"max\":100,\"type\":\"queue\"}")))
                .isEqualTo(hash);
        assertThat(hash(input("{\"a\":1,\"b\":[true,{\"c\":\"\u00e9\",\"d\":100}]}")
                        .ce("policy", "queue")
                        .ce("id", "i2")
                        .ce("source", "/elsewhere")
                        .ce("time", "2026-01-01T00:00:00Z")
                        .at(5)))
                .as("who says it, and when, is not content")
                .isEqualTo(hash);
    }

    @Test
    void otherContentHasAnotherHash() {
        List<String> hashes = new ArrayList<>();
        hashes.add(hash(input("{\"a\":1}")));
        hashes.add(hash(event("external.event", "{\"a\":1}")));
        hashes.add(hash(event("external.event", "{\"a\":1}").ce("eventtype", "x")));
        hashes.add(hash(input("{\"a\":2}")));
        hashes.add(hash(input("{\"a\":\"1\"}")));
        hashes.add(hash(input("{\"a\":1,\"b\":null}")));
        hashes.add(hash(input("[1,2]")));
        hashes.add(hash(input("[2,1]")));
        hashes.add(hash(input("{\"a\":1}").ce("policy", "queue")));
        hashes.add(hash(input("{\"a\":1}").ce("policy", "merge")));
        hashes.add(hash(input("{\"a\":1}").ce("workflow", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("runid", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptid", "0123456789abcdef0123456789abcdef")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptbefore", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptafter", "x")));
        hashes.add(hash(event("run.cancel", "{}")));
        hashes.add(hash(event("run.cancel", "{}").ce("runid", "x")));
        hashes.add(hash(event("thread.update", "{}")));

        assertThat(hashes).doesNotHaveDuplicates();
    }

    private String hash(Sent sent) {
        return command(TopicRole.INPUT, sent).header().contentHash();
    }
}
