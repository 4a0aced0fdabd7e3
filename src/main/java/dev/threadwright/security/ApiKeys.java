package dev.threadwright.security;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that are configured, by their hashes. */
public final class ApiKeys {

    /** Longer ones are nobody's, and are not hashed. */
    static final int MAX_LENGTH = 512;

    private final List<Entry> entries;

    /** @param entries no two of one key */
    public ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** A key's hash, and whose it is. */
    public static final class Entry {
        private final byte[] hash;
        private final Caller caller;

        /**
         * @param hash {@code sha256:} and hexadecimal digits
         * @throws IllegalArgumentException if that is no hash
         */
        public Entry(String hash, Caller caller) {
            this.hash = ApiKey.parse(hash);
            this.caller = caller;
        }

        public boolean isOfSameKey(Entry other) {
            return Arrays.equals(hash, other.hash);
        }
    }

    /** Whose key it is; null if it is nobody's. Takes as long whichever it is, and however much of it is right. */
    public @Nullable Caller find(String key) {
        if (key.length() > MAX_LENGTH) {
            return null;
        }
        byte[] hash = ApiKey.digest(key);
        Caller found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.hash, hash)) {
                found = entry.caller;
            }
        }
        return found;
    }
}
