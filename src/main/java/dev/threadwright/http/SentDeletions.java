package dev.threadwright.http;

import dev.threadwright.assistant.AssistantThreads;
import dev.threadwright.lifetime.Deletions;
import dev.threadwright.query.ThreadSearch;
import dev.threadwright.query.ThreadSearch.Filter;
import dev.threadwright.query.ThreadSearch.Match;
import dev.threadwright.query.ThreadSearch.Page;
import dev.threadwright.query.ThreadSearch.SortBy;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** Deletions that nobody has asked for thread by thread, as commands like any other. */
@ApplicationScoped
public class SentDeletions implements Deletions, AssistantThreads {

    /** Threads that are found, and deleted, at once. */
    static final int PAGE = 100;

    /** For writing one request to Kafka. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int AT_ONCE = 16;

    private final Commands commands;
    private final CommandSender sender;
    private final CommandGate gate;
    private final ThreadSearch search;

    SentDeletions(Commands commands, CommandSender sender, CommandGate gate, ThreadSearch search) {
        this.commands = commands;
        this.sender = sender;
        this.gate = gate;
        this.search = search;
    }

    @Override
    public void delete(ThreadKey thread, long ifSeq) {
        sender.send(commands.expireThread(thread, ifSeq).record()).await().atMost(TIMEOUT);
    }

    /** Page by page, until there are none: what is deleted is not found again. */
    @Override
    public Uni<Void> delete(String tenant, String assistantId) {
        Filter ofAssistant = new Filter(null, null, Json.object("assistant_id", Json.of(assistantId)), null);
        return search.page(tenant, ofAssistant, new Page(SortBy.THREAD_ID, true, PAGE, 0, false))
                .flatMap(found -> deleted(found.matches())
                        .flatMap(done -> found.more()
                                ? delete(tenant, assistantId)
                                : Uni.createFrom().voidItem()));
    }

    private Uni<Void> deleted(List<Match> matches) {
        return Multi.createFrom()
                .iterable(matches)
                .onItem()
                .transformToUni(
                        match -> gate.decided(commands.deleteThread(match.row().key(), null))
                                .replaceWithVoid()
                                .onFailure(ThreadsResource::isUnknown)
                                .recoverWithNull())
                .merge(AT_ONCE)
                .collect()
                .last()
                .replaceWithVoid();
    }
}
