package dev.threadwright.thread;

/**
 * What makes a command the same command when it comes again: on one thread, one (source, id) has one effect, ever. A
 * record without an id of its own is known by its coordinates.
 */
public record Identity(String source, String id) {}
