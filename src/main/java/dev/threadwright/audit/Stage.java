package dev.threadwright.audit;

import java.util.Locale;

/** How far an act had come when its entry was written. */
public enum Stage {
    /** It is about to be done. Without an entry behind it that says how it went, nobody knows whether it was. */
    BEGUN,
    /** It took effect. */
    DONE,
    /** The server was asked and would not: what was asked is not there, not possible, or not understood. */
    REFUSED,
    /** The server could not, or does not know. */
    FAILED,
    /** The caller lacks the role. */
    DENIED,
    /** Something was shown, and nothing changed. */
    LOOKED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
