package dev.threadwright.workflow;

/**
 * A write together with the reducer that its channel declared, as events record it: a journal folds without the
 * workflow that wrote it.
 */
public record Change(String channel, Reducer reducer, Json value) {}
