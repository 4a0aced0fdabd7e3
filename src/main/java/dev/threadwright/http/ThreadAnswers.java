package dev.threadwright.http;

import dev.threadwright.query.ThreadReads;
import dev.threadwright.query.ThreadReads.ThreadWithRuns;
import dev.threadwright.query.ThreadSearch;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;

/** Threads as they are answered, read after what was asked for is committed. */
@ApplicationScoped
public class ThreadAnswers {

    private final ThreadSearch search;
    private final ThreadReads reads;

    ThreadAnswers(ThreadSearch search, ThreadReads reads) {
        this.search = search;
        this.reads = reads;
    }

    /** With its runs. Fails with a {@link ProblemException} if there is no such thread. */
    Uni<Map<String, Object>> one(ThreadKey thread, boolean withTtl) {
        return search.one(thread)
                .onItem()
                .ifNull()
                .failWith(() -> ThreadResource.noThread(thread))
                .flatMap(match -> reads.thread(thread)
                        .onItem()
                        .ifNull()
                        .failWith(() -> ThreadResource.noThread(thread))
                        .map(found -> body(ThreadView.of(match), found, withTtl)));
    }

    private static Map<String, Object> body(Map<String, Json> contract, ThreadWithRuns found, boolean withTtl) {
        Map<String, Object> fields = new LinkedHashMap<>(contract);
        if (!withTtl) {
            fields.remove("ttl");
        }
        fields.put("active_runs", found.thread().activeRuns);
        fields.put("queued_runs", found.thread().queuedRuns);
        String latest = found.thread().latestRun;
        fields.put("latest_run", latest == null ? Json.NULL : latest);
        fields.put("pending_interrupts", found.pending());
        fields.put("runs", found.runs().stream().map(RunView::of).toList());
        if (found.setAside() != null) {
            fields.put("set_aside", SetAsideView.of(found.setAside()));
        }
        return fields;
    }

    /** Fails with a {@link ProblemException} if there is no such thread. */
    Uni<Void> require(ThreadKey thread) {
        return reads.exists(thread).map(exists -> {
            if (!exists) {
                throw ThreadResource.noThread(thread);
            }
            return null;
        });
    }
}
