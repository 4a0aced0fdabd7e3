package dev.threadwright.deadletter;

import dev.threadwright.tables.Tables;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Lets threads go on that were set aside: their owners look for what is released here, and decide what was parked. */
@ApplicationScoped
public class Releases {

    private static final String PARKED = " from dead_letter d where d.tenant = s.tenant and d.thread = s.thread"
            + " and d.partition = s.partition and d.position > s.after_position"
            + " and d.kind in ('failed', 'not_stored', 'thread_unreadable', 'thread_set_aside')"
            + " and (d.replay_status is null or d.replay_status = 'failed')";

    private static final String RELEASE =
            "update thread_set_aside s set releasing = true where s.tenant = ? and s.thread = ?"
                    + " returning (select count(*)" + PARKED + ") as parked";

    /** What is parked by now is left where it is. */
    private static final String RELEASE_WITHOUT = "update thread_set_aside s set releasing = true,"
            + " after_position = greatest(s.after_position, coalesce((select max(d.position)" + PARKED + "), 0))"
            + " where s.tenant = ? and s.thread = ? returning 0 as parked";

    private final Tables tables;

    public Releases(Tables tables) {
        this.tables = tables;
    }

    /**
     * May be asked again. Answers how many commands are parked, which will be decided before anything newer; null if the
     * thread is not set aside.
     *
     * @param withParked whether those are decided at all
     */
    public Uni<@Nullable Long> release(String tenant, String thread, boolean withParked) {
        return tables.change(
                sql -> sql.first(withParked ? RELEASE : RELEASE_WITHOUT, row -> row.getLong("parked"), tenant, thread));
    }
}
