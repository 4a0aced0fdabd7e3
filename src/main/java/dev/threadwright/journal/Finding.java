package dev.threadwright.journal;

/**
 * Something that verifying a thread found.
 *
 * @param seq the event at which; 0 if it is about the thread as a whole
 */
public record Finding(Kind kind, long seq, String message) {

    /** What can be wrong with a journal, or with what is derived from it. */
    public enum Kind {
        /** Events are missing, or there are more than the thread counts. */
        GAP,
        /** A decision is not as it was written. */
        ALTERED,
        /** A newer release wrote it, or it is damaged. */
        UNREADABLE,
        /** An event cannot have happened in the state that those before it left. */
        IMPOSSIBLE,
        /** What is stored beside the journal is not what the journal folds to. */
        DIFFERENCE
    }
}
