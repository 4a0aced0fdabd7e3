package dev.threadwright.audit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is recorded; a closed list. docs/audit.md says what each is. */
public enum Act {
    INTERRUPT_RESOLVE(Recorded.IN_THE_COMMIT),
    INTERRUPT_REJECT(Recorded.IN_THE_COMMIT),
    INTERRUPT_EXPIRE(Recorded.IN_THE_COMMIT),
    RUN_RESUME(Recorded.IN_THE_COMMIT),
    ACTION_RETRY(Recorded.IN_THE_COMMIT),
    ACTION_COMPLETE(Recorded.IN_THE_COMMIT),
    ACTION_FAIL(Recorded.IN_THE_COMMIT),
    THREAD_DELETE(Recorded.IN_THE_COMMIT),
    THREAD_ERASE(Recorded.IN_THE_COMMIT),

    THREAD_RELEASE(Recorded.BEFORE_AND_AFTER),
    DEAD_LETTER_REPLAY(Recorded.BEFORE_AND_AFTER),
    WORKFLOW_REGISTER(Recorded.BEFORE_AND_AFTER),
    ERASURE_REQUEST(Recorded.BEFORE_AND_AFTER),

    DEAD_LETTER_LIST(Recorded.WHEN_LOOKED_AT),
    DEAD_LETTER_READ(Recorded.WHEN_LOOKED_AT),
    SET_ASIDE_LIST(Recorded.WHEN_LOOKED_AT),
    SET_ASIDE_READ(Recorded.WHEN_LOOKED_AT),
    ERASURE_READ(Recorded.WHEN_LOOKED_AT),
    JOURNAL_VERIFY(Recorded.WHEN_LOOKED_AT),
    AUDIT_READ(Recorded.WHEN_LOOKED_AT),
    AUDIT_VERIFY(Recorded.WHEN_LOOKED_AT),
    AUDIT_HEAD(Recorded.WHEN_LOOKED_AT),

    SERVER_RECOVER(Recorded.IN_THE_COMMIT),

    ACCESS_DENY(Recorded.WHEN_REFUSED);

    /**
     * The source of deletions that nobody asked for, thread by thread: they are no acts. Over Kafka anybody may give themselves
     * that name, so there it does not count.
     */
    public static final String LIFETIME_SOURCE = "/threadwright/lifetime";

    /** When and where it is. */
    public enum Recorded {
        /** With what it changes, in one transaction. */
        IN_THE_COMMIT,
        /** That it begins, and how it ended. */
        BEFORE_AND_AFTER,
        /** Once for a caller and what is looked at, for a while. */
        WHEN_LOOKED_AT,
        /** Once for a caller and a route, for a while. */
        WHEN_REFUSED
    }

    private final Recorded recorded;

    Act(Recorded recorded) {
        this.recorded = recorded;
    }

    public Recorded recorded() {
        return recorded;
    }

    /** As entries have it: {@code dead_letter.replay}; the verb is what stands behind the last underscore. */
    public String word() {
        String name = name().toLowerCase(Locale.ROOT);
        int verb = name.lastIndexOf('_');
        return name.substring(0, verb) + "." + name.substring(verb + 1);
    }

    /** Null if it is none. */
    public static @Nullable Act ofWord(String word) {
        for (Act act : values()) {
            if (act.word().equals(word)) {
                return act;
            }
        }
        return null;
    }
}
