package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Sha256;
import dev.threadwright.audit.Stage;
import dev.threadwright.http.AuditTrail.Doing;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/**
 * Records what operators ask for. What changes something is recorded before it begins, and how it ended afterwards; what
 * cannot be recorded is not done. An entry that says {@code begun} and has none behind it is of a server that died over it.
 */
@Audited(Act.AUDIT_READ)
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
public class AuditInterceptor {

    private static final int REFUSED_FROM = 400;
    private static final int FAILED_FROM = 500;
    private static final int MAX_NAME = 255;
    private static final String THREAD = "thread_id";

    private final AuditTrail trail;

    AuditInterceptor(AuditTrail trail) {
        this.trail = trail;
    }

    @AroundInvoke
    Object around(InvocationContext call) throws Exception {
        Audited audited = call.getMethod().getAnnotation(Audited.class);
        if (audited == null) {
            audited = call.getMethod().getDeclaringClass().getAnnotation(Audited.class);
        }
        Act act = audited.value();
        return switch (act.recorded()) {
            case WHEN_LOOKED_AT -> looked(call, act);
            case BEFORE_AND_AFTER -> beforeAndAfter(call, act);
            // The commit of what comes of it has the entry, or there is none and nothing happened.
            case IN_THE_COMMIT, WHEN_REFUSED -> call.proceed();
        };
    }

    private Uni<?> looked(InvocationContext call, Act act) {
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return trail.looked(doing(call, act)).emitOn(context).flatMap(recorded -> proceed(call));
    }

    private Uni<?> beforeAndAfter(InvocationContext call, Act act) {
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        Doing doing = doing(call, act);
        return trail.begin(doing)
                .emitOn(context)
                .flatMap(begun -> proceed(call)
                        .onItem()
                        .call(answer -> trail.end(doing, begun, stage(answer), told(answer)))
                        .onFailure()
                        .call(failure -> trail.end(doing, begun, stage(failure), why(failure)))
                        .emitOn(context));
    }

    /** What is thrown before there is an answer to wait for is a failure like any other. */
    private static Uni<Object> proceed(InvocationContext call) {
        return Uni.createFrom().deferred(() -> {
            try {
                return ((Uni<?>) call.proceed()).map(answer -> (Object) answer);
            } catch (Exception e) {
                return Uni.createFrom().failure(e);
            }
        });
    }

    private static Doing doing(InvocationContext call, Act act) {
        String thread = "";
        String target = "";
        Map<String, Json> detail = new LinkedHashMap<>();
        Parameter[] parameters = call.getMethod().getParameters();
        for (int i = 0; i < parameters.length; i++) {
            Object value = call.getParameters()[i];
            RestPath path = parameters[i].getAnnotation(RestPath.class);
            if (path != null && value instanceof String text) {
                if (path.value().equals(THREAD)) {
                    thread = bounded(text);
                } else {
                    target = bounded(text);
                }
            } else if (value instanceof byte[] body && body.length > 0) {
                detail.put("body_sha256", Json.of(Sha256.of(body)));
            }
        }
        return new Doing(CurrentCaller.get(), act, thread, target, Json.object(detail));
    }

    /** No id is longer, so whoever asks for it is refused; and that is recorded. */
    private static String bounded(String text) {
        if (text.length() <= MAX_NAME) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_NAME - 1)) ? MAX_NAME - 1 : MAX_NAME;
        return text.substring(0, end) + "…";
    }

    private static Stage stage(@Nullable Object answer) {
        return answer instanceof Response response ? stage(response.getStatus()) : Stage.DONE;
    }

    private static Stage stage(Throwable failure) {
        return failure instanceof ProblemException refused
                ? stage(refused.problem().status())
                : Stage.FAILED;
    }

    private static Stage stage(int status) {
        return status >= FAILED_FROM ? Stage.FAILED : status >= REFUSED_FROM ? Stage.REFUSED : Stage.DONE;
    }

    private static Map<String, Json> told(@Nullable Object answer) {
        Object entity = answer instanceof Response response ? response.getEntity() : answer;
        return entity instanceof Audited.Told told ? told.told() : Map.of();
    }

    /** The kind of the problem and not its words, which may hold what was sent. */
    private static Map<String, Json> why(Throwable failure) {
        return failure instanceof ProblemException refused
                ? Map.of("problem", Json.of(refused.problem().type().uri()))
                : Map.of("failure", Json.of(failure.getClass().getSimpleName()));
    }
}
