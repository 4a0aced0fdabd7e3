package dev.threadwright.deadletter;

import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Who may send a dead letter again. Asked before it is sent and told afterwards, so that a server that dies in between
 * leaves a replay that nobody is sure of, and never one that nobody knows of.
 */
@ApplicationScoped
public class Replays {

    private static final String LOCK = "select replays, replay_status, replayed_at_ms, replayed_by, replay_key,"
            + " replay_content from dead_letter where tenant = ? and partition = ? and position = ? for update";

    private static final String BEGIN = "update dead_letter set replays = replays + 1, replay_status = 'sending',"
            + " replayed_at_ms = ?, replayed_by = ?, replay_key = ?, replay_content = ?"
            + " where partition = ? and position = ?";

    private static final String END =
            "update dead_letter set replay_status = ? where partition = ? and position = ? and replays = ?";

    private final Tables tables;
    private final Clock clock;

    @Inject
    public Replays(Tables tables) {
        this(tables, Clock.systemUTC());
    }

    Replays(Tables tables, Clock clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /**
     * Somebody's wish.
     *
     * @param by who asks
     * @param key of the request, so that it may come again; null if it has none
     * @param content tells requests with the same key apart that want different things
     * @param isForced whether it may be sent though it was before
     */
    public record Request(
            String tenant,
            OutboxPlace letter,
            String by,
            @Nullable String key,
            String content,
            boolean isForced) {}

    /** What became of it. */
    public sealed interface Answer {

        /** It may be sent now, and how that goes is to be told to {@link #end}. */
        record Begun(Replay replay) implements Answer {}

        /** The same request was here before, and is done. */
        record Repeated(Replay replay) implements Answer {}

        /** It was sent before, or may have been. */
        record Refused(Replay replay) implements Answer {}

        /** The same key came with another content. */
        record KeyTaken() implements Answer {}

        /** There is no such letter. */
        record Unknown() implements Answer {}
    }

    private record Last(
            int number,
            @Nullable Replay replay,
            @Nullable String key,
            @Nullable String content) {

        static Last of(ResultSet row) throws SQLException {
            int number = row.getInt("replays");
            return new Last(
                    number,
                    Replay.of(
                            number,
                            row.getString("replay_status"),
                            Sql.longOrNull(row, "replayed_at_ms"),
                            row.getString("replayed_by")),
                    row.getString("replay_key"),
                    row.getString("replay_content"));
        }
    }

    public Uni<Answer> begin(Request request) {
        return tables.write(sql -> {
            Last last = sql.first(
                    LOCK,
                    Last::of,
                    request.tenant(),
                    request.letter().partition(),
                    request.letter().position());
            return last == null ? new Answer.Unknown() : answer(sql, request, last);
        });
    }

    private Answer answer(Sql sql, Request request, Last last) throws SQLException {
        Replay before = last.replay();
        if (before != null && before.status() != Replay.Status.FAILED) {
            if (request.key() != null && request.key().equals(last.key())) {
                if (!request.content().equals(last.content())) {
                    return new Answer.KeyTaken();
                }
                if (before.status() == Replay.Status.SENT) {
                    return new Answer.Repeated(before);
                }
            }
            if (!request.isForced()) {
                return new Answer.Refused(before);
            }
        }
        Replay replay = new Replay(last.number() + 1, Replay.Status.SENDING, clock.millis(), request.by());
        sql.update(
                BEGIN,
                replay.atMs(),
                replay.by(),
                request.key(),
                request.content(),
                request.letter().partition(),
                request.letter().position());
        return new Answer.Begun(replay);
    }

    /** Says how it went, unless somebody has begun another one meanwhile. */
    public Uni<Replay> end(OutboxPlace letter, Replay replay, Replay.Status status) {
        return tables.write(sql -> {
            sql.update(END, status.word(), letter.partition(), letter.position(), replay.number());
            return new Replay(replay.number(), status, replay.atMs(), replay.by());
        });
    }
}
