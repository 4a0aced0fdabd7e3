package dev.threadwright.benchmark;

/**
 * One of the engines that are compared, and what belongs to it alone.
 *
 * @param database its own, on the one Postgres
 * @param prefix of its own topics, on the one broker
 * @param isolation how its records are read
 */
record Lane(String name, String database, String prefix, String isolation) {

    static final Lane SERVER = new Lane("server", "bench_server", "threadwright", "read_committed");
    static final Lane NULL_TRANSACTIONS = new Lane("null-tx", "bench_null_tx", "null-tx", "read_committed");
    static final Lane NULL_PLAIN = new Lane("null-plain", "bench_null_plain", "null-plain", "read_uncommitted");

    boolean isTransactional() {
        return this.equals(NULL_TRANSACTIONS);
    }

    String input() {
        return prefix + ".input";
    }

    String lifecycle() {
        return prefix + ".lifecycle";
    }

    String events() {
        return prefix + ".events";
    }
}
