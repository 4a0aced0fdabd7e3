package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Act;
import dev.threadwright.deadletter.Replays;
import dev.threadwright.http.DeadLetterView.ReplayView;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.query.DeadLetterReads;
import dev.threadwright.query.DeadLetterReads.Filter;
import dev.threadwright.query.DeadLetterReads.Whole;
import dev.threadwright.query.StoredDeadLetter;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Records that were set aside: looked at, and sent again. */
@Path("/dead-letters")
@Needs(Role.OPERATE)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Dead letters", description = "Records that could not be decided, as long as they are kept.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class DeadLetterResource {

    private final DeadLetterReads letters;
    private final DeadLetterNames names;
    private final DeadLetterViews views;
    private final DeadLetterSender sender;

    DeadLetterResource(DeadLetterReads letters, DeadLetterNames names, DeadLetterViews views, DeadLetterSender sender) {
        this.letters = letters;
        this.names = names;
        this.views = views;
        this.sender = sender;
    }

    @Schema(name = "DeadLetterReplay", description = "What became of a wish to send a dead letter again.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ReplayAnswer(
            @Schema(required = true, pattern = DeadLetterView.ID)
            String deadLetterId,

            @Schema(required = true) String topic,

            @Schema(required = true) ReplayView replay,

            @Schema(required = true, description = "Whether an earlier request with the same Idempotency-Key sent it.")
            boolean duplicate)
            implements Audited.Told {

        @Override
        public Map<String, Json> told() {
            return Map.of("topic", Json.of(topic), "replay", Json.of(replay.number()), "duplicate", Json.of(duplicate));
        }
    }

    @GET
    @Audited(Act.DEAD_LETTER_LIST)
    @Operation(operationId = "listDeadLetters", summary = "Dead letters, page by page")
    @APIResponse(
            responseCode = "200",
            description = "A page of them, without what they hold",
            content = @Content(schema = @Schema(implementation = DeadLettersPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<DeadLettersPage> list(
            @Parameter(description = "From this topic.") @RestQuery("topic") @Nullable String topic,
            @Parameter(description = "With this key, which is the id of the thread that it was for.")
                    @RestQuery("thread_id")
                    @Nullable String threadId,
            @Parameter(
                            description = "For this kind of reason.",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {
                                                "invalid",
                                                "refused",
                                                "failed",
                                                "not_stored",
                                                "thread_unreadable",
                                                "thread_set_aside"
                                            }))
                    @RestQuery("kind")
                    @Nullable String kind,
            @Parameter(
                            description = "Only those that were sent again, or may have been; or only the others.",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @RestQuery("replayed")
                    @Nullable String replayed,
            @Parameter(
                            description = "Which comes first, by the time at which it was set aside.",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"newest", "oldest"},
                                            defaultValue = "newest"))
                    @RestQuery("order")
                    @Nullable String order,
            @BeanParam PageQuery.OfMany page) {
        Filter filter = new Filter(
                QueryTexts.read("topic", topic),
                QueryTexts.read("thread_id", threadId),
                kind(kind),
                replayed == null ? null : (Boolean) QueryTexts.isFirst("replayed", replayed, "true", "false"));
        boolean newestFirst = QueryTexts.isFirst("order", order, "newest", "oldest");
        Paging<StoredDeadLetter, DeadLetterReads.Place> paging = page.of(views.cursor(newestFirst));
        return letters.page(CurrentCaller.tenant(), filter, newestFirst, paging.after(), paging.wanted())
                .map(found -> views.page(paging.page(found)));
    }

    @GET
    @Path("/{dead_letter_id}")
    @Audited(Act.DEAD_LETTER_READ)
    @Operation(operationId = "getDeadLetter", summary = "One dead letter, with what it holds")
    @APIResponse(
            responseCode = "200",
            description = "The dead letter",
            content = @Content(schema = @Schema(implementation = DeadLetterView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<DeadLetterView> letter(@RestPath("dead_letter_id") String id) {
        return known(id).map(views::view);
    }

    @POST
    @Path("/{dead_letter_id}/replay")
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.DEAD_LETTER_REPLAY)
    @Operation(
            operationId = "replayDeadLetter",
            summary = "Send a dead letter again",
            description =
                    "The same bytes, key and headers, or those that the body gives, go to the topic that it came from, with"
                            + " its id in the header `tw_replay_of`. It is sent once: a second time only with `force`. If it"
                            + " cannot be decided again, that is a new dead letter. What the body gives takes the role, too,"
                            + " that it takes to ask for the same in another way: `write`, or `resolve` for an answer.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.ReplayDeadLetter.class),
                            examples =
                                    @ExampleObject(
                                            name = "corrected",
                                            value = "{\"value\": {\"text\": \"{\\\"text\\\":\\\"hi\\\"}\"}}")))
    @APIResponse(
            responseCode = "200",
            description = "Kafka has it",
            content = @Content(schema = @Schema(implementation = ReplayAnswer.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "NotPossible", responseCode = "422")
    public Uni<ReplayAnswer> replay(
            @RestPath("dead_letter_id") String id,
            @Parameter(
                            description =
                                    "Makes a retry of this request safe: the same key with the same content sends nothing"
                                            + " again and is told so, as long as no other replay came between.")
                    @RestHeader(IdempotencyKey.HEADER)
                    @Nullable String key,
            byte @Nullable [] body) {
        ReplayRequest request = ReplayRequest.read(body, sender.maxDataBytes());
        Caller caller = CurrentCaller.get();
        String tenant = caller.tenant();
        String actor = Commands.actor();
        return known(id).flatMap(whole -> {
            ProducerRecord<byte[], byte[]> record = sender.record(whole, request);
            if (request.isCorrection()) {
                CurrentCaller.require(caller, sender.roleFor(record));
            }
            OutboxPlace letter = whole.letter().place();
            return sender.send(
                            new Replays.Request(tenant, letter, actor, key, request.content(), request.isForced()),
                            record)
                    .map(sent -> new ReplayAnswer(
                            names.of(letter), record.topic(), ReplayView.of(sent.replay()), sent.isRepeated()));
        });
    }

    private Uni<Whole> known(String id) {
        OutboxPlace place = names.place(id);
        if (place == null) {
            throw DeadLetterSender.unknown(id);
        }
        return letters.one(CurrentCaller.tenant(), place)
                .onItem()
                .ifNull()
                .failWith(() -> DeadLetterSender.unknown(id));
    }

    private static OutboxRow.@Nullable Kind kind(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return Arrays.stream(OutboxRow.Kind.values())
                .filter(kind -> kind.isDeadLetter() && kind.word().equals(text))
                .findFirst()
                .orElseThrow(() -> QueryTexts.wrong(
                        "kind",
                        "must be invalid, refused, failed, not_stored, thread_unreadable or" + " thread_set_aside"));
    }
}
