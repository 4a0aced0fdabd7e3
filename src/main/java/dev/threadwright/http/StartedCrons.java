package dev.threadwright.http;

import dev.threadwright.cron.CronFiring;
import dev.threadwright.cron.CronRefusedException;
import dev.threadwright.cron.CronRuns;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs of crons: asked for as if a client did, with the firing as the key. */
@ApplicationScoped
class StartedCrons implements CronRuns {

    private static final String KEY = "cron:";
    private static final String ON_COMPLETION = "on_completion";

    private final RunGate gate;

    StartedCrons(RunGate gate) {
        this.gate = gate;
    }

    @Override
    public Uni<Void> start(CronFiring firing) {
        return prepared(firing)
                .flatMap(gate::send)
                .onFailure(StartedCrons::isFinal)
                .transform(refused -> new CronRefusedException(String.valueOf(refused.getMessage())))
                .replaceWithVoid();
    }

    private Uni<RunGate.Prepared> prepared(CronFiring firing) {
        return Uni.createFrom().deferred(() -> {
            RunBody body = RunBody.read(RequestFields.of(request(firing), RunBody.FIELDS));
            String key = KEY + firing.id();
            String thread = firing.thread();
            return thread == null
                    ? gate.prepareAlone(firing.tenant(), body, key)
                    : gate.prepare(new ThreadKey(firing.tenant(), thread), body, key);
        });
    }

    private static Json.Obj request(CronFiring firing) {
        Map<String, Json> request = new LinkedHashMap<>(firing.request().fields());
        String onRunCompleted = firing.cron().onRunCompleted();
        if (onRunCompleted != null) {
            request.put(ON_COMPLETION, Json.of(onRunCompleted));
        }
        return Json.object(request);
    }

    /**
     * What was decided is stored under the firing's key, and is the answer however often that is asked: a full queue, too, and
     * a quota. Only who said when to come again has decided nothing.
     */
    private static boolean isFinal(Throwable failure) {
        return failure instanceof ProblemException refused
                && refused.problem().status() < 500
                && !refused.problem().more().containsKey(Problem.RETRY_AFTER_MS);
    }
}
