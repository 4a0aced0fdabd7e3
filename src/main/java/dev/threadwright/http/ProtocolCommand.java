package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command of the newer protocol, and what is answered to it.
 *
 * @param id the client's own, which the answer bears
 * @param params empty if there are none
 */
record ProtocolCommand(long id, String method, Json.Obj params) {

    /** Above it, numbers are not exact in all clients. */
    private static final BigDecimal MAX_ID = BigDecimal.valueOf(1L << 53);

    /** Fields that it does not know are a newer client's. @throws ProblemException if it is none */
    static ProtocolCommand read(byte @Nullable [] body, int maxDataBytes) {
        Json.Obj command = RequestFields.object(body, maxDataBytes);
        if (!(command.get("id") instanceof Json.Num id) || !isId(id.value())) {
            throw new ProblemException(Problem.at("/id", "must be a whole number from 0 on"));
        }
        if (!(command.get("method") instanceof Json.Text method)) {
            throw new ProblemException(Problem.at("/method", "must be the name of a command"));
        }
        return new ProtocolCommand(
                id.value().longValueExact(),
                method.value(),
                switch (command.get("params")) {
                    case null -> Json.EMPTY_OBJECT;
                    case Json.Null ignored -> Json.EMPTY_OBJECT;
                    case Json.Obj params -> params;
                    default -> throw new ProblemException(Problem.at("/params", "must be an object"));
                });
    }

    private static boolean isId(BigDecimal id) {
        return id.signum() >= 0
                && id.compareTo(MAX_ID) <= 0
                && id.stripTrailingZeros().scale() <= 0;
    }

    RequestFields fields(List<String> known) {
        return RequestFields.of(params, known);
    }

    /** @param appliedThroughSeq the last number of what was before the command */
    Json.Obj success(Json.Obj result, long appliedThroughSeq) {
        Map<String, Json> answer = answer("success", Json.of(id));
        answer.put("result", result);
        answer.put("meta", Json.object(Map.of("applied_through_seq", Json.of(appliedThroughSeq))));
        return Json.object(answer);
    }

    Json.Obj success(Json.Obj result) {
        Map<String, Json> answer = answer("success", Json.of(id));
        answer.put("result", result);
        return Json.object(answer);
    }

    Json.Obj error(ProtocolError error, String message) {
        return error(Json.of(id), error, message);
    }

    /** With what it is over HTTP, for who has to act on it: which role is missing, when there is room again. */
    Json.Obj error(Problem problem) {
        Map<String, Json> answer = new LinkedHashMap<>(
                error(ProtocolError.of(problem), problem.detail()).fields());
        answer.put("problem", Json.of(problem.type().uri()));
        problem.more().forEach(answer::putIfAbsent);
        return Json.object(answer);
    }

    /** What is answered to what is no command. */
    static Json.Obj error(Json id, ProtocolError error, String message) {
        Map<String, Json> answer = answer("error", id);
        answer.put("error", Json.of(error.code()));
        answer.put("message", Json.of(message));
        return Json.object(answer);
    }

    private static Map<String, Json> answer(String type, Json id) {
        Map<String, Json> answer = new LinkedHashMap<>();
        answer.put("type", Json.of(type));
        answer.put("id", id);
        return answer;
    }
}
