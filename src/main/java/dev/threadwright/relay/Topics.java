package dev.threadwright.relay;

/** The names of the topics that the relay writes to. */
public record Topics(String lifecycle, String events, String deadLetter, String commands) {}
