package dev.threadwright.journal;

/** Something committed that the relay owes to Kafka, in the order of its partition's positions. */
public sealed interface Publication permits DecisionRow, OutboxRow, ErasedRow {

    int partition();

    long position();

    /** About how many it has as it is written, from the lengths of what it holds. */
    long bytes();
}
