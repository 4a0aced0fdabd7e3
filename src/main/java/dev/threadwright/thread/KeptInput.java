package dev.threadwright.thread;

/**
 * An event that came before anyone waited for it.
 *
 * @param run that it is kept for
 * @param isNamed whether it named that run itself; otherwise any run of the thread may take it
 * @param expiresAtMs when it is given up; milliseconds since 1970
 */
public record KeptInput(Input input, RunId run, boolean isNamed, long expiresAtMs) {}
