package dev.threadwright.thread;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** An interrupt's name: 32 lower-case hexadecimal digits, derived from where it was raised. */
public record InterruptId(String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
    private static final int BYTES = 16;

    /** @param ordinal of the questions that this execution of the task has asked; 1 for the first */
    static InterruptId of(ThreadKey thread, RunId run, TaskId task, int ordinal) {
        byte[] hash =
                Fingerprint.of(thread.tenant(), thread.thread(), run.value(), task.value(), Integer.toString(ordinal));
        return new InterruptId(HexFormat.of().formatHex(hash, 0, BYTES));
    }

    /** Whether a text could be the name of one. */
    public static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
