package dev.threadwright.http;

import dev.threadwright.deadletter.Replay;
import dev.threadwright.deadletter.Replays;
import dev.threadwright.ingress.ForwardHeaders;
import dev.threadwright.ingress.KeyPartitions;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.query.DeadLetterReads.Whole;
import dev.threadwright.query.StoredDeadLetter;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Sends dead letters again, to the topic that they came from. */
@ApplicationScoped
public class DeadLetterSender {

    /** Of the headers that servers set. */
    static final String OWN_PREFIX = "tw_";

    /** Which dead letter a record was before. */
    static final String REPLAY_OF = "tw_replay_of";

    private final ReplayTargets targets;
    private final DeadLetterNames names;
    private final Replays replays;
    private final CommandSender sender;

    DeadLetterSender(ReplayTargets targets, DeadLetterNames names, Replays replays, CommandSender sender) {
        this.targets = targets;
        this.names = names;
        this.replays = replays;
        this.sender = sender;
    }

    int maxDataBytes() {
        return targets.maxDataBytes();
    }

    /**
     * The record to send: what the letter holds, but for what the request gives.
     *
     * @throws ProblemException if it must not or cannot be sent
     */
    ProducerRecord<byte[], byte[]> record(Whole whole, ReplayRequest request) {
        StoredDeadLetter letter = whole.letter();
        if (letter.isErased()) {
            throw notReplayable(StoredDeadLetter.ERASED);
        }
        String topic = letter.sourceTopic;
        RawHeaders kept = RawHeaders.parse(whole.content().headers);
        if (request.isCorrection() && topic.equals(targets.commands())) {
            // What a server only sent on is its sender's, and goes to where that wrote it.
            ForwardHeaders.Original original = ForwardHeaders.original(kept);
            if (original == null) {
                throw notReplayable("It was written by a server, in somebody's name: it is sent again as it was, or not"
                        + " at all. Send a request of your own instead");
            }
            topic = original.topic();
            kept = original.headers();
        }
        List<String> topics = targets.topics().apply(letter.tenant);
        if (!topics.contains(topic)) {
            throw notReplayable("Topic " + topic + ", which it came from, is none of those that this server consumes ("
                    + String.join(", ", topics) + "; see threadwright.topics)");
        }
        if (!letter.whole && !request.isWhole()) {
            throw notReplayable("It is too large to be kept whole here (see threadwright.dead-letters.body-bytes): send"
                    + " it from topic " + targets.deadLetters().apply(letter.tenant) + ", partition "
                    + letter.atPartition
                    + ", where header tw_dead_letter is " + names.of(letter.place())
                    + ", or give a key, a value and headers");
        }
        byte[] key = request.key() == null ? whole.content().key : request.key().bytes();
        byte[] value = request.value() == null
                ? whole.content().value
                : request.value().bytes();
        RawHeaders given = request.headers();
        RecordHeaders headers = new RecordHeaders();
        (given == null ? kept : given).forEach(headers::add);
        // Those of earlier replays are told by the letter that it was then.
        headers.remove(REPLAY_OF);
        headers.remove(SetAsideThread.RELEASE_HEADER);
        headers.add(REPLAY_OF, names.of(letter.place()).getBytes(StandardCharsets.US_ASCII));
        int partition = key == null ? letter.sourcePartition : KeyPartitions.of(key, targets.partitions());
        return new ProducerRecord<>(topic, partition, key, value, headers);
    }

    /** Which role it takes to send this in the letter's stead. */
    Role roleFor(ProducerRecord<byte[], byte[]> corrected) {
        TopicRole role = targets.roles().getOrDefault(corrected.topic(), TopicRole.COMMANDS);
        return CorrectedRecord.role(
                targets.decoder().decode(Commands.asConsumed(corrected), role, targets.partitions()));
    }

    /** Answers with the replay, and whether it was there before. Goes on if the caller goes away. */
    Uni<Sent> send(Replays.Request request, ProducerRecord<byte[], byte[]> record) {
        return replays.begin(request).flatMap(answer -> switch (answer) {
            case Replays.Answer.Begun(Replay begun) -> {
                CompletableFuture<Sent> sent = sent(request.letter(), begun, record)
                        .map(replay -> new Sent(replay, false))
                        .subscribeAsCompletionStage();
                yield Uni.createFrom().completionStage(sent.copy());
            }
            case Replays.Answer.Repeated(Replay before) -> Uni.createFrom().item(new Sent(before, true));
            case Replays.Answer.Refused(Replay before) ->
                Uni.createFrom().failure(alreadyReplayed(request.letter(), before));
            case Replays.Answer.KeyTaken() ->
                Uni.createFrom()
                        .failure(new ProblemException(Problem.of(
                                ProblemType.CONFLICT,
                                "The Idempotency-Key was used before to replay this dead letter in another way")));
            case Replays.Answer.Unknown() -> Uni.createFrom().failure(unknown(names.of(request.letter())));
        });
    }

    /** @param isRepeated whether it was sent by an earlier request with the same key */
    record Sent(Replay replay, boolean isRepeated) {}

    private Uni<Replay> sent(OutboxPlace letter, Replay begun, ProducerRecord<byte[], byte[]> record) {
        return sender.send(record)
                .onItemOrFailure()
                .transformToUni((ignored, failure) -> failure == null
                        ? replays.end(letter, begun, Replay.Status.SENT)
                        : notSent(letter, begun, failure));
    }

    private Uni<Replay> notSent(OutboxPlace letter, Replay begun, Throwable failure) {
        boolean isRefused =
                failure instanceof ProblemException known && known.problem().type() == ProblemType.OVERLOADED;
        Throwable told = isRefused ? failure : unsure(letter, failure);
        return replays.end(letter, begun, isRefused ? Replay.Status.FAILED : Replay.Status.UNSURE)
                .onItemOrFailure()
                .transformToUni((ended, lost) -> {
                    if (lost != null) {
                        told.addSuppressed(lost);
                    }
                    return Uni.createFrom().failure(told);
                });
    }

    private ProblemException unsure(OutboxPlace letter, Throwable failure) {
        ProblemException told = new ProblemException(Problem.of(
                ProblemType.KAFKA_UNAVAILABLE,
                "Kafka has not said that it took dead letter " + names.of(letter)
                        + "; it may be written nevertheless. Look at the"
                        + " topic that it came from, or send it again with \"force\": true"));
        told.addSuppressed(failure);
        return told;
    }

    private ProblemException alreadyReplayed(OutboxPlace letter, Replay before) {
        DeadLetterView.ReplayView view = DeadLetterView.ReplayView.of(before);
        String what = switch (before.status()) {
            case SENT -> "was sent again at " + view.at() + " by " + before.by();
            case SENDING ->
                "began to be sent again at " + view.at() + " by " + before.by()
                        + ", and it is not known yet whether it was; if that stays so, the server died over it";
            case UNSURE, FAILED ->
                "may have been sent again at " + view.at() + " by " + before.by() + ": Kafka has not said so";
        };
        return new ProblemException(Problem.of(
                        ProblemType.ALREADY_REPLAYED,
                        "Dead letter " + names.of(letter) + " " + what + ". \"force\": true sends it once more")
                .with(Map.of("replay", replayJson(view))));
    }

    private static Json replayJson(DeadLetterView.ReplayView view) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("number", Json.of(view.number()));
        fields.put("status", Json.of(view.status()));
        fields.put("at", Json.of(view.at().toString()));
        fields.put("by", Json.of(view.by()));
        return Json.object(fields);
    }

    static ProblemException unknown(String id) {
        return new ProblemException(Problem.of(
                ProblemType.DEAD_LETTER_NOT_FOUND,
                "Dead letter " + id + " does not exist; they are kept for a time only (threadwright.dead-letters)"));
    }

    private static ProblemException notReplayable(String detail) {
        return new ProblemException(Problem.of(ProblemType.NOT_REPLAYABLE, detail));
    }
}
