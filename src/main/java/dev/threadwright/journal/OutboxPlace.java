package dev.threadwright.journal;

/**
 * Where something stands in the outbox. Positions are shared by all tenants, so that they tell how much the others do: what
 * anybody is told of a dead letter's place is its {@link DeadLetterNames name}.
 */
public record OutboxPlace(int partition, long position) {

    /** As what is sealed there is bound to it. */
    @Override
    public String toString() {
        return partition + "-" + position;
    }
}
