package dev.threadwright.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.ThreadKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Opens what is stored, and says in the journal's words why it cannot. */
public final class Sealed {

    /** What of the content of a command is left when its thread is erased: it is as good as any. */
    public static final String ERASED_HASH = "0".repeat(64);

    /** As it is with the keys of dead letters, which say whose they are. */
    private static final int MAX_KEY_BYTES = 1_024;

    private static final int MAX_KEY_LENGTH = 255;

    private Sealed() {}

    /**
     * @throws JournalUnavailableException if it is the server that lacks what it needs
     * @throws UnreadableException naming the thread, if it is erased or damaged
     */
    static String open(Opening opening, Cell cell, String stored) {
        try {
            return opening.open(cell, stored);
        } catch (SealedException e) {
            throw meaning(cell.thread(), e);
        }
    }

    /** Learns the keys of these threads in one go. @throws JournalUnavailableException if whoever has the master keys is away */
    static void prepare(Sealing sealing, Connection connection, Collection<ThreadKey> threads) throws SQLException {
        try {
            sealing.prepare(connection, threads);
        } catch (SealedException e) {
            throw new JournalUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    static RuntimeException meaning(ThreadKey thread, SealedException e) {
        return e.isPassing()
                ? new JournalUnavailableException(String.valueOf(e.getMessage()), e)
                : new UnreadableException(thread, e);
    }

    /**
     * Whose a record is: of the thread that its key names, if it can name one, as the schema has it of dead letters; else of
     * none.
     */
    static ThreadKey threadOf(String tenant, byte @Nullable [] key) {
        String text = key == null || key.length > MAX_KEY_BYTES ? null : text(key);
        return new ThreadKey(
                tenant, text == null || text.codePointCount(0, text.length()) > MAX_KEY_LENGTH ? Cell.NO_THREAD : text);
    }

    /** Null for what Postgres has no text for. */
    private static @Nullable String text(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.indexOf('\0') >= 0 ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
