package dev.threadwright.workflow;

/** A step's intention to change one channel; the channel's reducer says what becomes of it. */
public record Write(String channel, Json value) {}
