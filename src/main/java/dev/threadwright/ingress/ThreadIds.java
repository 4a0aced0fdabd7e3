package dev.threadwright.ingress;

import org.jspecify.annotations.Nullable;

/** What a thread may be called. */
public final class ThreadIds {

    /** In UTF-16 units. */
    public static final int MAX_LENGTH = 255;

    private ThreadIds() {}

    /** @throws IllegalArgumentException saying what is wrong with it */
    public static String require(String thread) {
        try {
            return reachable("The thread id", AttributeText.check("The thread id", thread, MAX_LENGTH));
        } catch (InvalidRecordException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static String read(byte @Nullable [] key) throws InvalidRecordException {
        if (key == null) {
            throw new InvalidRecordException(
                    "The record has no key: the key is the thread id, without it no thread can be found;"
                            + " produce it with the thread id as its key");
        }
        String what = "The record's key (the thread id)";
        return reachable(what, AttributeText.read(what, key, MAX_LENGTH));
    }

    /** In a path these are directions. */
    private static String reachable(String what, String thread) throws InvalidRecordException {
        if (thread.equals(".") || thread.equals("..")) {
            throw new InvalidRecordException(what + " must not be . or ..: no address could name it");
        }
        return thread;
    }
}
