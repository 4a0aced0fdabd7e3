package dev.threadwright.thread;

/** From whom the result of an attempt comes. */
public enum Awaited {
    /** A handler that a server runs, and that dies with it. */
    HANDLER,
    /** A worker, who was asked by a record and answers with one. */
    WORKER,
    /** Somebody whom a handler has asked and who has taken it on: by a callback, whatever becomes of the handler. */
    CALLBACK
}
