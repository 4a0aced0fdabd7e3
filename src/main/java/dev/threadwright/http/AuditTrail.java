package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import dev.threadwright.workflow.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes down what is asked for over HTTP. */
@ApplicationScoped
public class AuditTrail {

    /** For how long a caller who looks at the same again is not recorded again. */
    static final Duration LOOKS_EVERY = Duration.ofHours(1);

    /** For how long a caller who is refused the same again is not recorded again. */
    static final Duration DENIALS_EVERY = Duration.ofMinutes(1);

    /** What is remembered of each kind, so as not to record it again. */
    static final int MAX_REMEMBERED = 10_000;

    /** Those without which nobody does what the log is about. */
    private static final Set<Role> RECORDED = Set.of(Role.RESOLVE, Role.OPERATE, Role.ADMINISTER);

    private static final Logger LOG = Logger.getLogger(AuditTrail.class);

    private final AuditLog log;
    private final Map<Stage, Counter> failures = new EnumMap<>(Stage.class);
    private final Sparing looks = new Sparing(LOOKS_EVERY, MAX_REMEMBERED, System::nanoTime);
    /** Entries on their way, by what they are remembered as: who looks at the same meanwhile waits for them, too. */
    private final Map<String, Uni<Long>> looking = new HashMap<>();

    private final Sparing denials = new Sparing(DENIALS_EVERY, MAX_REMEMBERED, System::nanoTime);

    AuditTrail(AuditLog log, MeterRegistry meters) {
        this.log = log;
        for (Stage stage : Stage.values()) {
            failures.put(
                    stage,
                    Counter.builder("threadwright.audit.failures")
                            .description("Entries of the audit log that could not be written")
                            .tag("outcome", stage.word())
                            .register(meters));
        }
    }

    /** So that there are numbers before anything is asked for. */
    void onStart(@Observes StartupEvent event) {}

    /** What is being asked for. */
    record Doing(Caller caller, Act act, String thread, String target, Json.Obj detail) {}

    /** Must be there before it is done. Its number in its chain. */
    Uni<Long> begin(Doing doing) {
        return log.append(entry(doing, Stage.BEGUN, doing.detail()))
                .onFailure()
                .transform(failure -> refused(doing, Stage.BEGUN, failure));
    }

    /** It is done or not by now, whatever becomes of its entry. */
    Uni<?> end(Doing doing, long begun, Stage stage, Map<String, Json> told) {
        Map<String, Json> detail = new LinkedHashMap<>();
        detail.put("begun", Json.of(begun));
        detail.putAll(told);
        return log.append(entry(doing, stage, Json.object(detail))).onFailure().recoverWithItem(failure -> {
            failed(stage);
            LOG.errorf(
                    failure,
                    "The audit log does not say how %s of %s ended, which entry %d says was begun: %s",
                    doing.act().word(),
                    doing.caller().name(),
                    begun,
                    stage.word());
            return -1L;
        });
    }

    /** Must be there before it is shown, unless it is from a while ago. */
    Uni<?> looked(Doing doing) {
        String key = String.join(
                "\n",
                doing.caller().tenant(),
                doing.caller().known().word(),
                doing.caller().name(),
                doing.act().word(),
                doing.thread(),
                doing.target());
        synchronized (looking) {
            Long skipped = looks.admit(key);
            if (skipped == null) {
                Uni<Long> written = looking.get(key);
                return written == null ? Uni.createFrom().voidItem() : written;
            }
            Uni<Long> written = log.append(entry(doing, Stage.LOOKED, withSkipped(doing.detail(), skipped)))
                    .onItemOrFailure()
                    .invoke((number, failure) -> looked(key, failure))
                    .onFailure()
                    .transform(failure -> refused(doing, Stage.LOOKED, failure))
                    .memoize()
                    .indefinitely();
            looking.put(key, written);
            return written;
        }
    }

    private void looked(String key, @Nullable Throwable failure) {
        synchronized (looking) {
            if (failure != null) {
                looks.forget(key);
            }
            looking.remove(key);
        }
    }

    /** Somebody was told that they may not. They are told in any case, so this is for nobody to wait for. */
    void denied(@Nullable Caller caller, Role role, String where) {
        if (caller == null || !RECORDED.contains(role)) {
            return;
        }
        String key = String.join("\n", caller.tenant(), caller.known().word(), caller.name(), where, role.word());
        Long skipped = denials.admit(key);
        if (skipped == null) {
            return;
        }
        Doing doing = new Doing(caller, Act.ACCESS_DENY, "", where, Json.object("missing_role", Json.of(role.word())));
        log.append(entry(doing, Stage.DENIED, withSkipped(doing.detail(), skipped)))
                .subscribe()
                .with(number -> {}, failure -> {
                    denials.forget(key);
                    failed(Stage.DENIED);
                    LOG.errorf(failure, "The audit log does not say that %s was refused %s", caller.name(), where);
                });
    }

    private void failed(Stage stage) {
        Counter counter = failures.get(stage);
        if (counter != null) {
            counter.increment();
        }
    }

    private static Json.Obj withSkipped(Json.Obj detail, long skipped) {
        if (skipped == 0) {
            return detail;
        }
        Map<String, Json> fields = new LinkedHashMap<>(detail.fields());
        fields.put("not_recorded_before", Json.of(skipped));
        return Json.object(fields);
    }

    private ProblemException refused(Doing doing, Stage stage, Throwable failure) {
        failed(stage);
        LOG.errorf(
                failure,
                "%s of %s is refused, because it cannot be recorded",
                doing.act().word(),
                doing.caller().name());
        return new ProblemException(Problem.of(
                ProblemType.DATABASE_UNAVAILABLE,
                "The audit log cannot be written just now, so nothing was done; try again"));
    }

    private static AuditLog.New entry(Doing doing, Stage stage, Json.Obj detail) {
        return new AuditLog.New(
                doing.caller().tenant(),
                doing.caller().name(),
                doing.caller().known().word(),
                doing.act(),
                stage,
                doing.thread(),
                doing.target(),
                detail);
    }
}
