package dev.threadwright.ingress;

/** How fast the records of a tenant's own input topic are taken. What is not taken yet waits on Kafka, and nothing is lost. */
public interface Pace {

    /** As fast as they come. */
    Pace FREE = new Pace() {
        @Override
        public boolean isLimited(String tenant) {
            return false;
        }

        @Override
        public boolean tryTake(String tenant) {
            return true;
        }
    };

    /** Never changes for a tenant. */
    boolean isLimited(String tenant);

    /** Whether one more may be taken now, which then counts. */
    boolean tryTake(String tenant);
}
