package dev.threadwright.faults.campaign;

/** A place in the talk of a server with Postgres or Kafka at which something can be made to happen. */
enum Point {
    /** A commit is on its way, and nothing of it has got through that could be executed. */
    COMMIT_HELD(Target.POSTGRES),
    /** All of a commit has got through but the message that ends its transaction: it is executed and holds its locks. */
    COMMIT_UNFINISHED(Target.POSTGRES),
    /** A commit has got through, and its answer has not. */
    COMMIT_SENT(Target.POSTGRES),
    /** Postgres has committed, and the server does not know. */
    COMMIT_STORED(Target.POSTGRES),
    /** The server knows that a commit is stored, and has not published it. */
    COMMIT_ANSWERED(Target.POSTGRES),
    /** Postgres has refused a commit. */
    COMMIT_REFUSED(Target.POSTGRES),
    /** Records, and mostly the published position with them, have got through to Kafka, in a transaction that is open. */
    PRODUCE_SENT(Target.KAFKA),
    /** The end of a transaction is on its way, and has not got through. */
    END_HELD(Target.KAFKA),
    /** The end of a transaction has got through, and its answer has not. */
    END_SENT(Target.KAFKA),
    /** Kafka has ended a transaction, and the server does not know. */
    END_STORED(Target.KAFKA),
    /** The server knows that its records are published, and has consumed nothing since. */
    END_ANSWERED(Target.KAFKA);

    private final Target target;

    Point(Target target) {
        this.target = target;
    }

    Target target() {
        return target;
    }

    /** As faults are called. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
