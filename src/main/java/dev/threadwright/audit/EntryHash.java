package dev.threadwright.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the hash of an entry is: SHA-256 of its parts, each as its length in bytes, a colon, its UTF-8, a comma. */
final class EntryHash {

    /** The first part: what the others are may change with it. */
    private static final String FORM = "threadwright-audit-1";

    private EntryHash() {}

    static String of(Entry entry) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (String part : List.of(
                FORM,
                entry.tenant(),
                entry.chain(),
                Long.toString(entry.number()),
                Long.toString(entry.timeMs()),
                entry.caller(),
                entry.known(),
                entry.act(),
                entry.outcome(),
                entry.thread(),
                entry.target(),
                entry.detail(),
                entry.previous())) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            text.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            text.writeBytes(bytes);
            text.write(',');
        }
        return Sha256.of(text.toByteArray());
    }
}
