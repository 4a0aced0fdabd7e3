package dev.threadwright.http;

/** Every kind of problem that a caller may be told of; its code is the end of the problem's type. */
enum ProblemType {
    INVALID_REQUEST("invalid-request", 400, "The request is not valid"),
    UNAUTHENTICATED("unauthenticated", 401, "It is not known who asks"),
    FORBIDDEN("forbidden", 403, "The caller may not do that"),
    THREAD_NOT_FOUND("thread-not-found", 404, "No such thread"),
    RUN_NOT_FOUND("run-not-found", 404, "No such run"),
    ACTION_NOT_FOUND("action-not-found", 404, "No such action that is not done"),
    INTERRUPT_NOT_FOUND("interrupt-not-found", 404, "No such interrupt"),
    CHECKPOINT_NOT_FOUND("checkpoint-not-found", 404, "No such checkpoint"),
    ASSISTANT_NOT_FOUND("assistant-not-found", 404, "No such assistant"),
    DEAD_LETTER_NOT_FOUND("dead-letter-not-found", 404, "No such dead letter"),
    NOT_SET_ASIDE("not-set-aside", 404, "The thread is not set aside"),
    CALLBACK_NOT_FOUND("callback-not-found", 404, "No such callback"),
    ITEM_NOT_FOUND("item-not-found", 404, "No such item"),
    ERASURE_NOT_FOUND("erasure-not-found", 404, "No such erasure"),
    NOT_FOUND("not-found", 404, "There is nothing here"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "Not that method"),
    NOT_ACCEPTABLE("not-acceptable", 406, "No representation that the Accept header allows"),
    REQUEST_TIMEOUT("request-timeout", 408, "The request did not come in time"),
    BUSY("busy", 409, "The thread is busy"),
    RUN_ENDED("run-ended", 409, "The run has ended"),
    INTERRUPT_EXPIRED("interrupt-expired", 409, "The interrupt has expired"),
    ALREADY_ANSWERED("already-answered", 409, "The interrupt was answered before"),
    AMBIGUOUS("ambiguous", 409, "It could be meant for several"),
    NOT_WAITING("not-waiting", 409, "Nothing waits for that"),
    IN_FLIGHT("in-flight", 409, "The run is at work"),
    NOTHING_TO_CONTINUE("nothing-to-continue", 409, "There is nothing to continue"),
    THREAD_EXISTS("thread-exists", 409, "The thread exists already"),
    PRECONDITION_FAILED("precondition-failed", 409, "The thread is not in a state that the request allows"),
    CONFLICT("conflict", 409, "The idempotency key was used before with other content"),
    ALREADY_REPLAYED("already-replayed", 409, "The dead letter was sent again before"),
    VERSION_CONFLICT("version-conflict", 409, "No document can become that version of the workflow"),
    ASSISTANT_EXISTS("assistant-exists", 409, "The assistant exists already"),
    SYSTEM_ASSISTANT("system-assistant", 409, "The assistant is a workflow"),
    CALLBACK_USED("callback-used", 409, "The callback was used before"),
    CALLBACK_OVER("callback-over", 410, "The callback is over"),
    TOO_LARGE("too-large", 413, "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The body is not of a type that is understood"),
    UNKNOWN_WORKFLOW("unknown-workflow", 422, "No such workflow"),
    INVALID_WORKFLOW("invalid-workflow", 422, "The document is no workflow"),
    INVALID_ANSWER("invalid-answer", 422, "The answer does not have the form that is asked for"),
    UNSUITABLE("unsuitable", 422, "It does not fit the state of the thread"),
    NOT_REPLAYABLE("not-replayable", 422, "The dead letter cannot be sent again"),
    POLICY_FAILED("policy-failed", 422, "The policy failed"),
    LIMIT_REACHED("limit-reached", 429, "A limit of the thread is reached"),
    QUOTA_EXCEEDED("quota-exceeded", 429, "A quota of the tenant is used up"),
    FAILED("failed", 500, "The server failed"),
    SET_ASIDE("set-aside", 500, "The input was set aside undecided"),
    NOT_SUPPORTED("not-supported", 501, "This server does not do that"),
    UNDECIDED("undecided", 503, "It has not been decided in time"),
    SHUTTING_DOWN("shutting-down", 503, "The server ends"),
    OVERLOADED("overloaded", 503, "Too much at once"),
    ISSUER_UNAVAILABLE("issuer-unavailable", 503, "The issuer of tokens cannot be reached"),
    KAFKA_UNAVAILABLE("kafka-unavailable", 503, "Kafka cannot be reached"),
    DATABASE_UNAVAILABLE("database-unavailable", 503, "The database cannot be reached"),
    KEYS_UNAVAILABLE("keys-unavailable", 503, "What is stored cannot be opened"),
    OTHER("other", 0, "The request cannot be answered");

    private final String code;
    private final int status;
    private final String title;

    ProblemType(String code, int status, String title) {
        this.code = code;
        this.status = status;
        this.title = title;
    }

    String uri() {
        return "urn:threadwright:problem:" + code;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
