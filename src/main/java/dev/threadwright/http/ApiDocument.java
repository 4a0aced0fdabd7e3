package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import jakarta.ws.rs.core.Application;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/**
 * What the operations of the OpenAPI document have in common. A response without content is a problem: that is filled in by
 * {@link ApiDocumentFilter}. Responses that all operations of a resource have are declared on its class.
 */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Threadwright",
                        version = "0.1.0",
                        description = "Durable agent threads on Kafka and Postgres.",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")),
        components =
                @Components(
                        securitySchemes = {
                            @SecurityScheme(
                                    securitySchemeName = ApiDocument.API_KEY,
                                    type = SecuritySchemeType.APIKEY,
                                    in = SecuritySchemeIn.HEADER,
                                    apiKeyName = Identification.KEY_HEADER,
                                    description = "Of a caller, where callers have to say who they are."),
                            @SecurityScheme(
                                    securitySchemeName = ApiDocument.BEARER,
                                    type = SecuritySchemeType.HTTP,
                                    scheme = "bearer",
                                    description = "An API key, or a token of the issuer that the server knows.")
                        },
                        schemas = {
                            @Schema(
                                    name = "Wait",
                                    type = SchemaType.STRING,
                                    enumeration = {"decision", "completion"}),
                            @Schema(
                                    name = "Flag",
                                    type = SchemaType.STRING,
                                    enumeration = {"0", "1", "true", "false"},
                                    defaultValue = "0"),
                            @Schema(
                                    name = "TimeoutMs",
                                    type = SchemaType.INTEGER,
                                    minimum = "1",
                                    maximum = "" + WaitQuery.MAX_TIMEOUT_MS,
                                    defaultValue = "" + WaitQuery.DEFAULT_TIMEOUT_MS)
                        },
                        responses = {
                            @APIResponse(
                                    name = "Decided",
                                    description = "It is decided and committed, and with `wait=completion` the run has"
                                            + " ended; only with `wait`",
                                    headers =
                                            @Header(
                                                    name = "Location",
                                                    description = "The run, or the thread",
                                                    schema = @Schema(type = SchemaType.STRING)),
                                    content =
                                            @Content(
                                                    mediaType = "application/json",
                                                    schema = @Schema(implementation = CommandAnswer.class),
                                                    examples =
                                                            @ExampleObject(
                                                                    name = "started",
                                                                    value = ApiDocument.STARTED))),
                            @APIResponse(
                                    name = "Accepted",
                                    description = "It is written to Kafka; the body says what is known so far: with"
                                            + " `wait=completion` also that the run has stopped for somebody",
                                    headers =
                                            @Header(
                                                    name = "Location",
                                                    description = "The run if it is known, else the thread",
                                                    schema = @Schema(type = SchemaType.STRING)),
                                    content =
                                            @Content(
                                                    mediaType = "application/json",
                                                    schema = @Schema(implementation = CommandAnswer.class),
                                                    examples =
                                                            @ExampleObject(
                                                                    name = "accepted",
                                                                    value = ApiDocument.ACCEPTED))),
                            @APIResponse(
                                    name = "InvalidRequest",
                                    description = "The request is not valid; nothing was done",
                                    content =
                                            @Content(
                                                    mediaType = Problem.MEDIA_TYPE,
                                                    schema = @Schema(implementation = ApiDocument.ProblemSchema.class),
                                                    examples =
                                                            @ExampleObject(
                                                                    name = "null data",
                                                                    value = ApiDocument.INVALID))),
                            @APIResponse(name = "NotFound", description = "There is no such thread, run or interrupt"),
                            @APIResponse(
                                    name = "Conflict",
                                    description =
                                            "The thread is busy and its policy rejects, the run has ended, nothing"
                                                    + " waits for that, the interrupt has another answer or has expired, or"
                                                    + " the id was used before with other content; only with `wait`"),
                            @APIResponse(
                                    name = "Gone",
                                    description = "Its time is over, or nobody waits for it any more"),
                            @APIResponse(
                                    name = "RequestTimeout",
                                    description = "The body was not complete in time, and nothing was done"),
                            @APIResponse(name = "TooLarge", description = "The body or its data is too large"),
                            @APIResponse(
                                    name = "UnsupportedMediaType",
                                    description = "The body is not application/json"),
                            @APIResponse(
                                    name = "NotPossible",
                                    description =
                                            "No such workflow, step or channel, an answer that does not have the form"
                                                    + " that is asked for, or the policy failed; only with `wait`"),
                            @APIResponse(
                                    name = "InvalidFields",
                                    description =
                                            "A field is unknown, missing, of a wrong type or out of bounds, or names what"
                                                    + " there is not; nothing was done"),
                            @APIResponse(
                                    name = "LimitReached",
                                    description =
                                            "The queue or inbox is full, or too many runs are unfinished; only with"
                                                    + " `wait`. Or a quota of the tenant is used up, which `quota`"
                                                    + " names; come back after `Retry-After` seconds"),
                            @APIResponse(
                                    name = "Unauthenticated",
                                    description = "It is not known who asks; where callers have to say it"),
                            @APIResponse(
                                    name = "Forbidden",
                                    description =
                                            "The caller lacks the role that `missing_role` names, or its token says no tenant"
                                                    + " that there is, as `reason` has it"),
                            @APIResponse(
                                    name = "SetAside",
                                    description = "It cannot be decided, because its thread cannot be read, or the"
                                            + " server failed on it, or the store refuses it; it is kept in the"
                                            + " dead-letter topic. Only with `wait`, and only from the server that owns"
                                            + " the thread: others answer 202 when time is up"),
                            @APIResponse(
                                    name = "Unavailable",
                                    description =
                                            "Kafka, the database or the issuer of tokens cannot be reached, or too"
                                                    + " much is asked at once;"
                                                    + " come back after `Retry-After` seconds")
                        }))
public class ApiDocument extends Application {

    /** The names of the ways to say who asks. */
    static final String API_KEY = "apiKey";

    static final String BEARER = "bearer";

    /** Of the schema that all problems have. */
    static final String PROBLEM = "Problem";

    static final String STARTED = """
            {"thread_id": "case-4711", "input": {"source": "/http", "id": "order-1"}, "outcome": "started",
             "run_id": "019a2f6e-8c00-7d1b-9c3e-5a1f0b2c4d6e", "seq": 5, "duplicate": false}""";

    static final String ACCEPTED = """
            {"thread_id": "case-4711", "input": {"source": "/http", "id": "order-1"}}""";

    static final String INVALID = """
            {"type": "urn:threadwright:problem:invalid-request", "title": "The request is not valid", "status": 400,
             "detail": "/data is null: send a JSON value that is not null", "instance": "/threads/case-4711/inputs",
             "errors": [{"pointer": "/data", "detail": "is null: send a JSON value that is not null"}]}""";

    @Schema(
            name = PROBLEM,
            description = "RFC 9457. A refused command also has thread_id, input, reason, seq and duplicate.")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ProblemSchema(
            @Schema(required = true, examples = "urn:threadwright:problem:busy")
            String type,

            @Schema(required = true) String title,
            @Schema(required = true) int status,
            @Schema(required = true) String detail,
            @Schema(required = true) String instance,
            List<ErrorSchema> errors,

            @Schema(description = "Why, in a word: of a token that does not count, or of a command that was refused.")
            String reason,

            @Schema(description = "The role that the caller lacks.")
            String missingRole,

            @Schema(
                    description = "The quota that is used up.",
                    enumeration = {"inputs-per-second", "threads", "outstanding-runs"})
            String quota,

            @Schema(description = "When there is room again; milliseconds.")
            Long retryAfterMs) {}

    @Schema(name = "ProblemPlace")
    record ErrorSchema(
            @Schema(required = true, description = "JSON pointer into the body.")
            String pointer,

            @Schema(required = true) String detail) {}
}
