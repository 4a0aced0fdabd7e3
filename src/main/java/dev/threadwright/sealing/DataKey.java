package dev.threadwright.sealing;

import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** An AES-256 key in memory, which can be wiped out: the JDK's own cannot. */
final class DataKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    static final int BYTES = 32;

    private final transient byte[] key;
    private final int number;
    private boolean destroyed;

    /** @param key belongs to it from now on */
    DataKey(int number, byte[] key) {
        if (key.length != BYTES) {
            throw new SealedException(
                    SealedException.Reason.DAMAGED, "A data key has " + BYTES + " bytes, and not " + key.length);
        }
        this.number = number;
        this.key = key;
    }

    /** Which of its thread's keys it is; 1 for the first. */
    int number() {
        return number;
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy; the cipher wipes it out. */
    @Override
    public synchronized byte[] getEncoded() {
        if (destroyed) {
            throw new SealedException(SealedException.Reason.ERASED, "Its key was destroyed");
        }
        return key.clone();
    }

    @Override
    public synchronized void destroy() {
        Arrays.fill(key, (byte) 0);
        destroyed = true;
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataKey same && number == same.number && MessageDigest.isEqual(key, same.key);
    }

    @Override
    public int hashCode() {
        return number;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "data key " + number;
    }
}
