package dev.threadwright.journal;

/** Something committed that the relay owes to Kafka, in the order of its partition's positions. */
public sealed interface Publication permits DecisionRow, OutboxRow {

    int partition();

    long position();
}
