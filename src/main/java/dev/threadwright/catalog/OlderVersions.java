package dev.threadwright.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.threadwright.catalog.StoredWorkflows.Key;
import org.jspecify.annotations.Nullable;

/** Versions of documents that are not the newest, compiled: as many as fit, those that are asked for stay. */
final class OlderVersions {

    /** Of the documents that they were compiled from. */
    static final long MAX_BYTES = 8_388_608;

    /** What the smallest one takes, compiled. */
    private static final int LEAST_BYTES = 1_024;

    private final Cache<Key, Compiled> compiled;

    OlderVersions(long maxBytes) {
        this.compiled = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Compiled version) -> Math.max(LEAST_BYTES, version.bytes()))
                // Nothing else in the server waits for the common pool.
                .executor(Runnable::run)
                .build();
    }

    @Nullable Compiled find(Key key) {
        return compiled.getIfPresent(key);
    }

    void keep(Key key, Compiled version) {
        compiled.put(key, version);
    }

    /** How many there are. */
    long size() {
        compiled.cleanUp();
        return compiled.estimatedSize();
    }
}
