package dev.threadwright.http;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.ThreadKey;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A command that the loop will understand, ready to be produced.
 *
 * @param named whether the caller gave it its id: only then can it be a repetition
 * @param isInput whether it counts as an input, which a tenant may have so many of
 * @param outcomeKey under which what becomes of it is kept
 * @param conflictKey under which its refusal is kept if its id was used before with other content
 */
record CheckedCommand(
        ProducerRecord<byte[], byte[]> record,
        ThreadKey thread,
        Identity identity,
        String contentHash,
        boolean named,
        boolean isInput,
        OutcomeKey outcomeKey,
        OutcomeKey conflictKey) {

    static CheckedCommand of(
            ProducerRecord<byte[], byte[]> record,
            ThreadKey thread,
            Identity identity,
            String contentHash,
            boolean named,
            boolean isInput) {
        return new CheckedCommand(
                record,
                thread,
                identity,
                contentHash,
                named,
                isInput,
                new OutcomeKey(thread, IdentityHash.of(identity)),
                new OutcomeKey(thread, IdentityHash.ofConflict(identity, contentHash)));
    }

    /** That it has been counted as an input already. */
    CheckedCommand counted() {
        return new CheckedCommand(record, thread, identity, contentHash, named, false, outcomeKey, conflictKey);
    }

    /** The outcome of its id is its own only if the content is the same. */
    boolean isAnsweredBy(OutcomeRow row) {
        return row.key().equals(conflictKey) || row.key().equals(outcomeKey) && row.isOf(contentHash);
    }

    /** Whether it is this command's record that was set aside, or one like it in every byte. */
    boolean isIn(OutboxRow row) {
        if (!row.kind().isDeadLetter()
                || row.partition() != partition()
                || !Arrays.equals(row.key(), record.key())
                || !Arrays.equals(row.value(), record.value())) {
            return false;
        }
        for (Header header : record.headers()) {
            if (!Arrays.equals(row.headers().last(header.key()), header.value())) {
                return false;
            }
        }
        return true;
    }

    /** What its record holds in memory, as good as. */
    long bytes() {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }

    int partition() {
        return record.partition();
    }
}
