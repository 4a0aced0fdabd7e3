package dev.threadwright.http;

import dev.threadwright.deadletter.Replay;
import dev.threadwright.http.DeadLetterView.Content;
import dev.threadwright.http.DeadLetterView.ReplayView;
import dev.threadwright.http.DeadLetterView.Source;
import dev.threadwright.http.Paging.Page;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.query.DeadLetterReads.Place;
import dev.threadwright.query.DeadLetterReads.Whole;
import dev.threadwright.query.StoredDeadLetter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is told of dead letters: nothing that counts what other tenants do. */
@ApplicationScoped
public class DeadLetterViews {

    private final DeadLetterNames names;
    private final ReplayTargets targets;

    DeadLetterViews(DeadLetterNames names, ReplayTargets targets) {
        this.names = names;
        this.targets = targets;
    }

    DeadLettersPage page(Page<StoredDeadLetter> page) {
        return new DeadLettersPage(
                page.items().stream().map(letter -> view(letter, null)).toList(), page.next());
    }

    DeadLetterView view(Whole whole) {
        return view(whole.letter(), Content.of(whole.content()));
    }

    private DeadLetterView view(StoredDeadLetter letter, @Nullable Content content) {
        Replay replay = Replay.of(letter.replays, letter.replayStatus, letter.replayedAtMs, letter.replayedBy);
        return new DeadLetterView(
                names.of(letter.place()),
                letter.kind,
                letter.reason,
                letter.thread,
                Instant.ofEpochMilli(letter.deadAtMs),
                new Source(
                        letter.sourceTopic,
                        letter.sourcePartition,
                        // All tenants share that topic.
                        letter.sourceTopic.equals(targets.commands()) ? null : letter.sourceOffset,
                        Instant.ofEpochMilli(letter.sourceTimeMs)),
                letter.bytes,
                letter.whole,
                replay == null ? null : ReplayView.of(replay),
                content);
    }

    Cursor<StoredDeadLetter, Place> cursor(boolean newestFirst) {
        return Cursor.of(
                newestFirst,
                "(\\d{1,15})-(.+)",
                parts -> place(parts.group(1), names.place(parts.group(2))),
                last -> last.deadAtMs + "-" + names.of(last.place()));
    }

    private static @Nullable Place place(String deadAtMs, @Nullable OutboxPlace last) {
        return last == null ? null : new Place(Long.parseLong(deadAtMs), last);
    }
}
