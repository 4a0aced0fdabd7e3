package dev.threadwright.http;

import dev.threadwright.assistant.Assistants;
import dev.threadwright.cron.Cron;
import dev.threadwright.cron.CronChange;
import dev.threadwright.cron.Crons;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Makes crons, with a thread and without. */
@ApplicationScoped
public class NewCrons {

    private final Crons crons;
    private final Assistants assistants;

    NewCrons(Crons crons, Assistants assistants) {
        this.crons = crons;
        this.assistants = assistants;
    }

    /** @param thread null for a thread of its own for each run */
    Uni<Cron> create(CronBody body, @Nullable String thread) {
        CronChange content = body.change();
        String tenant = CurrentCaller.tenant();
        return assistants.resolve(tenant, body.assistant()).flatMap(assistant -> {
            if (assistant == null) {
                throw AssistantResource.noAssistant(body.assistant());
            }
            try {
                return crons.create(tenant, assistant.id(), thread, content);
            } catch (IllegalArgumentException e) {
                throw body.wrong("end_time", "is over before the schedule comes: " + e.getMessage());
            }
        });
    }
}
