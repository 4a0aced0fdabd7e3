package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class CommandSenderTest {

    /** Whoever waits for an acknowledgement from Kafka. */
    private final List<UniEmitter<? super Void>> unacknowledged = new ArrayList<>();

    private final CommandSender sender = new CommandSender(Unacknowledged.emitter(unacknowledged));

    @Test
    void noMoreThanTheLimitAreOnTheirWay() {
        for (int i = 0; i < CommandSender.MAX_IN_FLIGHT; i++) {
            sent().assertNotTerminated();
        }
        assertThat(refusal(sent())).isEqualTo(ProblemType.OVERLOADED);
        assertThat(unacknowledged).hasSize(CommandSender.MAX_IN_FLIGHT);

        unacknowledged.getFirst().complete(null);
        sent().assertNotTerminated();
        assertThat(refusal(sent())).isEqualTo(ProblemType.OVERLOADED);
    }

    @Test
    void whoGoesAwayLeavesTheRecordOnItsWay() {
        for (int i = 0; i < CommandSender.MAX_IN_FLIGHT; i++) {
            sent().cancel();
        }
        assertThat(refusal(sent())).isEqualTo(ProblemType.OVERLOADED);
    }

    @Test
    void whatFailsMakesRoom() {
        List<UniAssertSubscriber<Void>> all = new ArrayList<>();
        for (int i = 0; i < CommandSender.MAX_IN_FLIGHT; i++) {
            all.add(sent());
        }
        unacknowledged.getFirst().fail(new IllegalStateException("no leader"));
        assertThat(refusal(all.getFirst())).isEqualTo(ProblemType.KAFKA_UNAVAILABLE);
        assertThatThrownBy(() -> {
                    throw all.getFirst().getFailure();
                })
                .hasMessageContaining("no leader");
        sent().assertNotTerminated();
    }

    private UniAssertSubscriber<Void> sent() {
        return sender.send(new ProducerRecord<>("commands", 0, new byte[1], new byte[1]))
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private static ProblemType refusal(UniAssertSubscriber<Void> sent) {
        return ((ProblemException) sent.assertFailed().getFailure()).problem().type();
    }
}
