package dev.threadwright.http;

import dev.threadwright.query.RequestedRun;
import dev.threadwright.tables.Tables;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Takes runs off the lists. Nothing of the journal changes. */
@ApplicationScoped
public class RunDeletion {

    private static final String HIDE =
            "insert into hidden_run (tenant, thread, leg) values (?, ?, ?) on conflict do nothing";

    private final Tables tables;

    RunDeletion(Tables tables) {
        this.tables = tables;
    }

    Uni<Void> delete(RequestedRun run) {
        if (run.isOpen()) {
            throw new ProblemException(Problem.of(
                    ProblemType.IN_FLIGHT, "Run " + run.leg() + " is " + run.status() + "; cancel it first"));
        }
        return tables.write(sql -> sql.update(
                        HIDE,
                        run.thread().tenant(),
                        run.thread().thread(),
                        run.leg().value()))
                .replaceWithVoid();
    }
}
