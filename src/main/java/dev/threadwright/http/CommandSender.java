package dev.threadwright.http;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/** Produces commands; a record counts as sent when all replicas have it. */
@ApplicationScoped
public class CommandSender {

    /** Records that may be on their way at once. */
    static final int MAX_IN_FLIGHT = 1_000;

    /** After which a caller is told that Kafka does not answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(6);

    private static final Logger LOG = Logger.getLogger(CommandSender.class);

    private final MutinyEmitter<byte[]> emitter;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean away;

    CommandSender(
            @Channel("commands") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = MAX_IN_FLIGHT)
                    MutinyEmitter<byte[]> emitter) {
        this.emitter = emitter;
    }

    /** Fails with a {@link ProblemException} if the record cannot be sent, or nobody can say whether it was. */
    Uni<Void> send(ProducerRecord<byte[], byte[]> record) {
        if (inFlight.incrementAndGet() > MAX_IN_FLIGHT) {
            inFlight.decrementAndGet();
            return Uni.createFrom()
                    .failure(new ProblemException(Problem.of(
                            ProblemType.OVERLOADED,
                            MAX_IN_FLIGHT + " commands wait to be written to Kafka already; send it again later")));
        }
        CompletableFuture<Void> sent;
        try {
            sent = emitter.sendMessage(message(record)).subscribeAsCompletionStage();
        } catch (IllegalStateException full) {
            inFlight.decrementAndGet();
            return Uni.createFrom().failure(unavailable(full));
        }
        // Whatever becomes of the caller, the record is on its way until it is acknowledged.
        sent.whenComplete((acknowledged, failure) -> inFlight.decrementAndGet());
        return Uni.createFrom()
                .completionStage(sent.copy())
                .ifNoItem()
                .after(TIMEOUT)
                .fail()
                .onItem()
                .invoke(() -> away = false)
                .onFailure()
                .transform(this::unavailable);
    }

    private static Message<byte[]> message(ProducerRecord<byte[], byte[]> record) {
        return Message.of(
                record.value(),
                Metadata.of(OutgoingKafkaRecordMetadata.<byte[]>builder()
                        .withTopic(record.topic())
                        .withPartition(record.partition())
                        .withKey(record.key())
                        .withHeaders(record.headers())
                        .build()));
    }

    private ProblemException unavailable(Throwable failure) {
        if (!away) {
            away = true;
            LOG.warnf("Commands cannot be written to Kafka: %s", cause(failure));
        }
        String reason = failure instanceof TimeoutException
                ? "Kafka did not answer within " + TIMEOUT.toSeconds() + " s"
                : "Kafka did not take the command (" + cause(failure) + ")";
        return new ProblemException(Problem.of(
                ProblemType.KAFKA_UNAVAILABLE,
                reason + ". It may be written nevertheless; to send it again safely, use the same Idempotency-Key"));
    }

    /** Where it all began: the connector wraps it in its own retries. */
    private static String cause(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return String.valueOf(first.getMessage());
    }
}
