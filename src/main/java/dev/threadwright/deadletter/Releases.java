package dev.threadwright.deadletter;

import dev.threadwright.tables.Tables;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Lets threads go on that were set aside: their owners look for what is here no more. */
@ApplicationScoped
public class Releases {

    private static final String RELEASE = "delete from thread_set_aside where tenant = ? and thread = ? and id = ?";

    private final Tables tables;

    public Releases(Tables tables) {
        this.tables = tables;
    }

    /** Answers whether it was set aside still; not if it was set aside again since. */
    public Uni<Boolean> release(String tenant, String thread, String id) {
        return tables.write(sql -> sql.update(RELEASE, tenant, thread, id) > 0);
    }
}
